/**
 * Sees the client behind reverse proxies: takes its address, the scheme, the host, the port and the prefix from `X-Forwarded-*`.
 *
 * The threat: these headers are ordinary request headers. Whoever can reach the application directly writes into them what he likes, and
 * whoever comes through a proxy writes what the proxy then appends to: the left end of such a list belongs to the client. So nothing is
 * trusted that is not counted: each header has its number of proxies that set it, and the value is that many places from the **right**.
 * With `peers`, nothing is read at all unless the other end of the connection is one of them.
 *
 * What it trusts: that each counted proxy sets or appends to that header in every request. What it does not stop: without `peers`, a
 * client that reaches the port past the proxy; keep that port closed, or name the peers.
 *
 * @module
 */
import type { Application, Environ, Middleware, StartResponse } from '@stapel/core'
import { checkOptions, flag, integer, type OptionCheck } from './check-options.ts'
import { createPeerCheck } from './proxy-fix-peers.ts'
import {
  fromRight,
  parseForwardedAddress,
  parseForwardedHost,
  parseForwardedPort,
  parseForwardedPrefix,
  parseForwardedScheme,
  withPort,
} from './proxy-fix-values.ts'

export interface ProxyFixOptions {
  /** How many proxies set `X-Forwarded-For`; 0 ignores it. @default 1 */
  for?: number
  /** How many proxies set `X-Forwarded-Proto`; 0 ignores it. @default 1 */
  proto?: number
  /** How many proxies set `X-Forwarded-Host`; 0 ignores it. @default 0 */
  host?: number
  /** How many proxies set `X-Forwarded-Port`; 0 ignores it. @default 0 */
  port?: number
  /** How many proxies set `X-Forwarded-Prefix`; 0 ignores it. @default 0 */
  prefix?: number
  /**
   * Whose headers are read at all: addresses (`'192.0.2.7'`), networks (`'10.0.0.0/8'`), `'loopback'` (127.0.0.0/8, ::1), `'private'`
   * (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7) and `'unix'` (a connection over a unix socket).
   *
   * @default undefined, which is everybody
   */
  peers?: readonly string[]
  /** Leave the forwarding headers in environ for the layers inside, which then must not trust them. @default false */
  keepHeaders?: boolean
}

declare module '@stapel/core' {
  interface Environ {
    /** Set by `proxyFix`: each key that it changed or removed, with the value before (`undefined` where there was none). */
    'stapel.proxy_fix.orig'?: Readonly<Record<string, string | undefined>>
  }
}

/**
 * Restores what reverse proxies know of the request, each header by its own count of trusted proxies.
 *
 * Sets `REMOTE_ADDR` and `REMOTE_PORT`, `wsgi.url_scheme`, `HTTP_HOST`, and puts the prefix before `SCRIPT_NAME`, in a copy of environ.
 * `SERVER_NAME` and `SERVER_PORT` stay the listening side. A list shorter than its count and a value that is not well-formed change
 * nothing. The forwarding headers themselves are removed, so that nothing inside reads them again; what was there before is under
 * `'stapel.proxy_fix.orig'`. Throws a TypeError for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { proxyFix } from '@stapel/middleware/proxy-fix'
 *
 * export const app = stack(
 *   (environ, startResponse) => {
 *     startResponse('200 OK', [['Content-Type', 'text/plain']])
 *     return `You are ${environ.REMOTE_ADDR}`
 *   },
 *   proxyFix({ for: 1, proto: 1, peers: ['loopback', 'unix'] }),
 * )
 * ```
 */
export function proxyFix(options: ProxyFixOptions = {}): Middleware {
  checkOptions('proxyFix', options, checks)
  const { for: address = 1, proto = 1, host = 0, port = 0, prefix = 0, keepHeaders = false } = options
  const counts: Counts = { for: address, proto, host, port, prefix }
  const isTrusted = options.peers === undefined ? undefined : createPeerCheck(options.peers)

  function fix(environ: Environ): Environ {
    const present = forwardingKeys.filter((key) => environ[key] !== undefined)
    if (present.length === 0) return environ
    const trusted = isTrusted === undefined || isTrusted(environ.REMOTE_ADDR)
    const changes: Change[] = trusted ? readForwarded(environ, counts) : []
    if (!keepHeaders) for (const key of present) changes.push([key, undefined])
    return applyChanges(environ, changes)
  }

  return function proxyFix(app: Application): Application {
    return function proxyFix(environ: Environ, startResponse: StartResponse) {
      return app(fix(environ), startResponse)
    }
  }
}

type Counts = Readonly<Record<'for' | 'proto' | 'host' | 'port' | 'prefix', number>>

/** The key of environ, and its new value; `undefined` removes it. */
type Change = [key: string, value: string | undefined]

const hops = integer(0, 100, 'a number of proxies')
const checks: Readonly<Record<string, OptionCheck>> = {
  for: hops,
  proto: hops,
  host: hops,
  port: hops,
  prefix: hops,
  peers: {
    expected: 'a list of texts',
    accepts: (value) => Array.isArray(value) && value.every((peer) => typeof peer === 'string'),
  },
  keepHeaders: flag,
}

/** What is removed: the headers that are read here, and their kin that other programs read. */
const forwardingKeys = [
  'HTTP_X_FORWARDED_FOR',
  'HTTP_X_FORWARDED_PROTO',
  'HTTP_X_FORWARDED_HOST',
  'HTTP_X_FORWARDED_PORT',
  'HTTP_X_FORWARDED_PREFIX',
  'HTTP_X_FORWARDED_BY',
  'HTTP_X_FORWARDED_SERVER',
  'HTTP_X_FORWARDED_SCHEME',
  'HTTP_X_FORWARDED_SSL',
  'HTTP_FORWARDED',
] as const

function readForwarded(environ: Environ, counts: Counts): Change[] {
  const changes: Change[] = []
  const client = parseForwardedAddress(fromRight(environ.HTTP_X_FORWARDED_FOR, counts.for))
  if (client !== undefined) {
    changes.push(['REMOTE_ADDR', client.address], ['REMOTE_PORT', client.port])
  }
  const scheme = parseForwardedScheme(fromRight(environ.HTTP_X_FORWARDED_PROTO, counts.proto))
  if (scheme !== undefined) changes.push(['wsgi.url_scheme', scheme])
  const host = parseForwardedHost(fromRight(environ.HTTP_X_FORWARDED_HOST, counts.host))
  const port = parseForwardedPort(fromRight(environ.HTTP_X_FORWARDED_PORT, counts.port))
  const authority = host ?? environ.HTTP_HOST
  if (authority !== undefined && (host !== undefined || port !== undefined)) {
    changes.push(['HTTP_HOST', withPort(authority, port, scheme ?? environ['wsgi.url_scheme'])])
  }
  const prefix = parseForwardedPrefix(fromRight(environ.HTTP_X_FORWARDED_PREFIX, counts.prefix))
  if (prefix !== undefined) changes.push(['SCRIPT_NAME', prefix + environ.SCRIPT_NAME])
  return changes
}

/**
 * A copy of environ with the changes and what was there before; environ itself where nothing changes.
 *
 * Keys are left out as the copy is made, not deleted from it: an object that keys were deleted from is slow to read, and ten times slower
 * to copy for every mount and router inside.
 */
function applyChanges(environ: Environ, changes: readonly Change[]): Environ {
  const before = environ as Environ & Record<string, string | undefined>
  const effective = changes.filter(([key, value]) => before[key] !== value)
  if (effective.length === 0) return environ
  const orig: Record<string, string | undefined> = {}
  const removed = new Set<string>()
  for (const [key, value] of effective) {
    orig[key] = before[key]
    if (value === undefined) removed.add(key)
  }
  const copy: Record<string, unknown> = {}
  for (const key in before) if (!removed.has(key)) copy[key] = before[key]
  for (const [key, value] of effective) if (value !== undefined) copy[key] = value
  copy['stapel.proxy_fix.orig'] = orig
  return copy as unknown as Environ
}
