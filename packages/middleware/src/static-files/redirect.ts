import type { Environ, HeaderList } from '@stapel/core'

/**
 * The headers of a redirect to another path of this application: `pathInfo` below `SCRIPT_NAME`, with the query string of the request.
 *
 * The threat: a `Location` of two slashes, or of a slash and a backslash, names another host. It begins with exactly one slash here.
 */
export function redirectHeaders(environ: Environ, pathInfo: string): HeaderList {
  const path = `/${environ.SCRIPT_NAME}${pathInfo}`.replace(/^[/\\]+/, '/')
  const query = environ.QUERY_STRING === '' ? '' : `?${environ.QUERY_STRING}`
  return [
    ['Location', path + query],
    ['Content-Length', '0'],
  ]
}
