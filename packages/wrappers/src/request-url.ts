import { BadHost, type Environ } from '@stapel/core'
import { formatHost, parseHost } from '@stapel/core/http'
import { checkTrustedHost } from './trusted-hosts.ts'

/**
 * The host that a request is for, as in `'example.org:8080'`: `Host`, or the listening address where there is none; in lower case, without the
 * port that is usual for the scheme. Throws {@link BadHost} for one that is malformed, or not among `trustedHosts` where they are given.
 */
export function hostOf(environ: Environ, trustedHosts?: readonly string[]): string {
  const host = parseHost(environ.HTTP_HOST || serverHost(environ))
  // A gateway lets none of these through; a middleware may have set one.
  if (host === undefined) throw new BadHost('The Host of the request is malformed.')
  const usual = environ['wsgi.url_scheme'] === 'https' ? 443 : 80
  const text = host.port === undefined || host.port === usual ? host.name : formatHost(host)
  if (trustedHosts !== undefined) checkTrustedHost(text, trustedHosts, environ['wsgi.url_scheme'])
  return text
}

/** Scheme and host: `'https://example.org'`. Throws as {@link hostOf} does; so do the others. */
export function hostUrlOf(environ: Environ, trustedHosts?: readonly string[]): string {
  return `${environ['wsgi.url_scheme']}://${hostOf(environ, trustedHosts)}`
}

/** The place where the application is mounted, with a slash at its end: `'https://example.org/admin/'`. */
export function rootUrlOf(environ: Environ, trustedHosts?: readonly string[]): string {
  return `${hostUrlOf(environ, trustedHosts)}${environ.SCRIPT_NAME}/`
}

/** The URL without its query, percent-encoded. */
export function baseUrlOf(environ: Environ, trustedHosts?: readonly string[]): string {
  return `${hostUrlOf(environ, trustedHosts)}${environ.SCRIPT_NAME}${environ.PATH_INFO}`
}

/** The whole URL, percent-encoded, as environ has it now: what `proxyFix` changed is in it. */
export function urlOf(environ: Environ, trustedHosts?: readonly string[]): string {
  return `${baseUrlOf(environ, trustedHosts)}${searchOf(environ)}`
}

/** The path below the mount with the query: `'/users?page=2'`. */
export function fullPathOf(environ: Environ): string {
  return `${environ.PATH_INFO}${searchOf(environ)}`
}

/** The listening side. */
export function serverOf({ SERVER_NAME: name, SERVER_PORT: port }: Environ): {
  readonly name: string
  readonly port: number | undefined
} {
  return { name, port: port === '' ? undefined : Number(port) }
}

function searchOf({ QUERY_STRING: query }: Environ): string {
  return query === '' ? '' : `?${query}`
}

function serverHost({ SERVER_NAME, SERVER_PORT: port }: Environ): string {
  // A link-local address has a zone (`fe80::1%eth0`), which means nothing beyond this machine (RFC 6874).
  const name = SERVER_NAME.replace(/%.*/s, '')
  const host = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
  return port === '' ? host : `${host}:${port}`
}
