import type { Environ } from '@stapel/core'

/** The URL of a request, as its client sees it; the host is `localhost` where that of the environ is none. */
export function urlOf(environ: Environ): URL {
  const { SCRIPT_NAME, PATH_INFO, QUERY_STRING } = environ
  const scheme = environ['wsgi.url_scheme']
  const path = `${SCRIPT_NAME}${PATH_INFO}` || '/'
  const query = QUERY_STRING === '' ? '' : `?${QUERY_STRING}`
  const host = environ.HTTP_HOST ?? 'localhost'
  const origin = URL.canParse(`${scheme}://${host}`)
    ? new URL(`${scheme}://${host}`).origin
    : `${scheme}://localhost`
  return new URL(origin + path + query)
}
