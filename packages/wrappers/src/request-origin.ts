/**
 * What a request says of where it comes from: the page, the user, the machines on the way.
 *
 * The threat: none of it is proven. A browser keeps pages from writing `Origin` and `Sec-Fetch-*`, other programs write what they like; the
 * addresses of `X-Forwarded-For` are whatever the client put there, but for those that a proxy of yours appended.
 *
 * @module
 */
import type { Environ } from '@stapel/core'
import {
  type FetchMetadata,
  LIST_LIMIT,
  parseFetchMetadata,
  parseFieldNames,
  parseOrigin,
  splitList,
} from '@stapel/core/http'

/** `Sec-Fetch-*`. */
export function fetchMetadataOf(environ: Environ): FetchMetadata {
  return parseFetchMetadata(environ)
}

/** `Origin`; `undefined` when absent or malformed. */
export function originOf({ HTTP_ORIGIN: header }: Environ): string | undefined {
  return header === undefined ? undefined : parseOrigin(header)
}

/** `Access-Control-Request-Headers`: the names in lower case; empty when absent, what is no name left out. */
export function requestedHeadersOf(environ: Environ): readonly string[] {
  const names = parseFieldNames(environ.HTTP_ACCESS_CONTROL_REQUEST_HEADERS ?? '')
  return names === '*' ? [names] : names
}

/**
 * `X-Forwarded-For` as it came, also where `proxyFix` has read and removed it, the client's own claim first; the peer alone without one. At
 * most the last 256 addresses: those nearest to this server.
 */
export function accessRouteOf(environ: Environ): readonly string[] {
  const original = environ['stapel.proxy_fix.orig'] as Partial<Environ> | undefined
  const header = environ.HTTP_X_FORWARDED_FOR ?? original?.HTTP_X_FORWARDED_FOR
  const addresses = splitList(header ?? '', Number.POSITIVE_INFINITY).slice(-LIST_LIMIT)
  if (addresses.length > 0) return addresses
  return environ.REMOTE_ADDR === undefined ? [] : [environ.REMOTE_ADDR]
}

/** `Max-Forwards` of TRACE and OPTIONS (RFC 9110 section 7.6.2); `undefined` when absent or no whole number. */
export function maxForwardsOf({ HTTP_MAX_FORWARDS: value }: Environ): number | undefined {
  return value !== undefined && /^[0-9]{1,15}$/.test(value) ? Number(value) : undefined
}
