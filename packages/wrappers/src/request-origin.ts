/**
 * What a request says of where it comes from: the page, the user, the machines on the way.
 *
 * The threat: none of it is proven. A browser keeps pages from writing `Origin` and `Sec-Fetch-*`, other programs write what they like; the
 * addresses of `X-Forwarded-For` are whatever the client put there, but for those that a proxy of yours appended.
 *
 * @module
 */
import type { Environ } from '@stapel/core'
import { isToken, LIST_LIMIT, splitList } from '@stapel/core/http'

/** How the origin that makes a request stands to the one it goes to; `'none'`: the user did, by the address bar or a bookmark. */
export type SecFetchSite = 'cross-site' | 'same-site' | 'same-origin' | 'none'

/** The mode of the request, as fetch has it. */
export type SecFetchMode = 'cors' | 'navigate' | 'no-cors' | 'same-origin' | 'websocket'

/** `Sec-Fetch-Site`; `undefined` when absent or another word. */
export function secFetchSiteOf({ HTTP_SEC_FETCH_SITE: value }: Environ): SecFetchSite | undefined {
  return sites.find((site) => site === value)
}

/** `Sec-Fetch-Mode`; `undefined` when absent or another word. */
export function secFetchModeOf({ HTTP_SEC_FETCH_MODE: value }: Environ): SecFetchMode | undefined {
  return modes.find((mode) => mode === value)
}

/** `Access-Control-Request-Headers`: the names in lower case; empty when absent, what is no name left out. */
export function requestedHeadersOf(environ: Environ): readonly string[] {
  const names = splitList(environ.HTTP_ACCESS_CONTROL_REQUEST_HEADERS ?? '')
  return names.map((name) => name.toLowerCase()).filter(isToken)
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

const sites = ['cross-site', 'same-site', 'same-origin', 'none'] as const
const modes = ['cors', 'navigate', 'no-cors', 'same-origin', 'websocket'] as const
