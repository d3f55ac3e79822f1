import type { Environ } from '@stapel/core'

/**
 * The URL of a request as text: scheme, host, path and query as environ has them, percent-encoded. The host is the client's word
 * (`Host`), or the listening address where there is none; check it against a list before a link that it builds is sent by mail.
 */
export function formatUrl(environ: Environ): string {
  const { QUERY_STRING: query } = environ
  const path = `${environ.SCRIPT_NAME}${environ.PATH_INFO}`
  return `${environ['wsgi.url_scheme']}://${hostOf(environ)}${path}${query === '' ? '' : `?${query}`}`
}

function hostOf(environ: Environ): string {
  if (environ.HTTP_HOST) return environ.HTTP_HOST
  const { SERVER_NAME: name, SERVER_PORT: port } = environ
  const host = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
  const usual = environ['wsgi.url_scheme'] === 'https' ? '443' : '80'
  return port === usual || port === '' ? host : `${host}:${port}`
}
