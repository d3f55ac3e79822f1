/**
 * Sees the client behind reverse proxies: takes its address, the scheme, the host, the port and the prefix from `X-Forwarded-*`, or from
 * `Forwarded` (RFC 7239).
 *
 * The threat: these headers are ordinary request headers. Whoever can reach the application directly writes into them what he likes, and
 * whoever comes through a proxy writes what the proxy then appends to: the left end of such a list belongs to the client. So values are
 * taken from the **right**, and only as far as they were written by somebody trusted: by count, each header having its number of proxies
 * that set it, or by walking past the addresses of `peers`. With `peers`, nothing is read at all unless the other end of the connection is
 * one of them. A proxy that sets headers of the one kind hands on those of the other as the client wrote them: only one kind is read.
 *
 * What it trusts: that each counted proxy sets or appends to that header in every request, and that each of `peers` is a proxy that does. What
 * it does not stop: without `peers`, a client that reaches the port past the proxy; keep that port closed, or name the peers. A client
 * whose own address is among `peers` is taken for a proxy, and its word for true.
 *
 * @module
 */
import {
  type Application,
  copyWithout,
  type Environ,
  type Middleware,
  type StartResponse,
} from '@stapel/core'
import { checkOptions, flag, type OptionCheck, type OptionChecks } from './check-options.ts'
import {
  type ForwardedRequest,
  HOPS_LIMIT,
  type Hops,
  type HopsByHeader,
  readForwarded,
  readXForwarded,
} from './proxy-fix-chain.ts'
import { createPeerCheck } from './proxy-fix-peers.ts'
import { withPort } from './proxy-fix-values.ts'

export interface ProxyFixOptions {
  /**
   * Which kind of headers the proxies set: `X-Forwarded-For` and its kin, or `Forwarded` (RFC 7239), which has neither port nor prefix. The
   * other kind is never read.
   *
   * @default 'x-forwarded'
   */
  headers?: 'x-forwarded' | 'forwarded' | undefined
  /**
   * The proxies, whose headers alone are read: addresses (`'192.0.2.7'`), networks (`'10.0.0.0/8'`), `'loopback'` (127.0.0.0/8, ::1),
   * `'private'` (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7) and `'unix'` (a connection over a unix socket, and `unix:`
   * in `X-Forwarded-For`, as nginx writes it).
   *
   * @default undefined, which is everybody
   */
  peers?: readonly string[] | undefined
  /**
   * How many proxies set `X-Forwarded-For` (0 ignores it), or `'peers'`: the address is the first from the right that is none of `peers`, or
   * the last.
   *
   * @default 1, with `peers` 'peers'
   */
  for?: number | 'peers' | undefined
  /**
   * How many proxies set `X-Forwarded-Proto` (0 ignores it), or `'peers'`: as many as were found on the way to the address, or the last.
   *
   * @default 1, with `peers` 'peers'
   */
  proto?: number | 'peers' | undefined
  /** The same for `X-Forwarded-Host`. @default 0 */
  host?: number | 'peers' | undefined
  /** The same for `X-Forwarded-Port`. @default 0 */
  port?: number | 'peers' | undefined
  /** The same for `X-Forwarded-Prefix`, of which all values so far are joined: each is what one proxy stripped. @default 0 */
  prefix?: number | 'peers' | undefined
  /** Leave the forwarding headers in environ for the layers inside, which then must not trust them. @default false */
  keepHeaders?: boolean | undefined
}

declare module '@stapel/core' {
  interface Environ {
    /** Set by `proxyFix`: each key that it changed or removed, with the value before (`undefined` where there was none). */
    'stapel.proxy_fix.orig'?: Readonly<Record<string, string | undefined>>
  }
}

/**
 * Restores what reverse proxies know of the request, from as many as are trusted.
 *
 * Sets `REMOTE_ADDR` and `REMOTE_PORT`, `wsgi.url_scheme`, `HTTP_HOST`, and puts the prefix before `SCRIPT_NAME`, in a copy of environ.
 * `SERVER_NAME` and `SERVER_PORT` stay the listening side. A list shorter than its count and a value that is not well-formed change
 * nothing. The forwarding headers of both kinds are removed, so that nothing inside reads them again; what was there before is under
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
 *   proxyFix({ peers: ['loopback', '10.1.0.0/16'] }),
 * )
 * ```
 */
export function proxyFix(options: ProxyFixOptions = {}): Middleware {
  checkOptions('proxyFix', options, checks)
  const { headers = 'x-forwarded', keepHeaders = false } = options
  const hops = hopsOf(options)
  const isPeer = options.peers === undefined ? undefined : createPeerCheck(options.peers)
  const walksPast = Object.values(hops).includes('peers') ? isPeer : undefined
  const read = headers === 'forwarded' ? readForwarded : readXForwarded

  function fix(environ: Environ): Environ {
    if (!isForwarded(environ)) return environ
    const present = forwardingKeys.filter((key) => environ[key] !== undefined)
    const trusted = isPeer === undefined || isPeer(environ.REMOTE_ADDR)
    const changes = trusted ? changesOf(environ, read(environ, hops, walksPast)) : []
    if (!keepHeaders) return applyChanges(environ, withoutHeaders(environ), changes, present)
    return changes.length === 0 ? environ : applyChanges(environ, withoutPort(environ), changes, [])
  }

  return function proxyFix(app: Application): Application {
    return function proxyFix(environ: Environ, startResponse: StartResponse) {
      return app(fix(environ), startResponse)
    }
  }
}

type ChangedKey = 'REMOTE_ADDR' | 'REMOTE_PORT' | 'wsgi.url_scheme' | 'HTTP_HOST' | 'SCRIPT_NAME'

/** The key of environ, and its new value; `undefined` removes it, which happens to `REMOTE_PORT` alone. */
type Change = readonly [key: ChangedKey, value: string | undefined]

const hopsCheck: OptionCheck = {
  expected: `a number of proxies, an integer from 0 to ${HOPS_LIMIT}, or 'peers'`,
  accepts: (value) =>
    value === 'peers' ||
    (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= HOPS_LIMIT),
}
const checks: OptionChecks<ProxyFixOptions> = {
  headers: {
    expected: "'x-forwarded' or 'forwarded'",
    accepts: (value) => value === 'x-forwarded' || value === 'forwarded',
  },
  peers: {
    expected: 'a list of texts',
    accepts: (value) => Array.isArray(value) && value.every((peer) => typeof peer === 'string'),
  },
  for: hopsCheck,
  proto: hopsCheck,
  host: hopsCheck,
  port: hopsCheck,
  prefix: hopsCheck,
  keepHeaders: flag,
}

/** The hops of each header. Throws a TypeError for `'peers'` without peers, and for what `Forwarded` does not have. */
function hopsOf({ headers, peers, ...options }: ProxyFixOptions): HopsByHeader {
  const usual: Hops = peers === undefined ? 1 : 'peers'
  const { for: address = usual, proto = usual, host = 0, port = 0, prefix = 0 } = options
  const hops: HopsByHeader = { for: address, proto, host, port, prefix }
  for (const [name, count] of Object.entries(hops)) {
    if (count === 'peers' && peers === undefined) {
      throw new TypeError(
        `proxyFix: got 'peers' for the option ${name} without the option peers; expected a list of trusted addresses there, or a number here.`,
      )
    }
    if (count !== 0 && headers === 'forwarded' && (name === 'port' || name === 'prefix')) {
      throw new TypeError(
        `proxyFix: got ${count} for the option ${name}; expected none with headers: 'forwarded', which has no ${name} (RFC 7239). A port is part of its host.`,
      )
    }
  }
  return hops
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

/** One key after the other: a loop over the list takes 300 ns, this 10, for each request that nobody forwarded. */
function isForwarded(environ: Environ): boolean {
  return (
    environ.HTTP_X_FORWARDED_FOR !== undefined ||
    environ.HTTP_X_FORWARDED_PROTO !== undefined ||
    environ.HTTP_X_FORWARDED_HOST !== undefined ||
    environ.HTTP_X_FORWARDED_PORT !== undefined ||
    environ.HTTP_X_FORWARDED_PREFIX !== undefined ||
    environ.HTTP_X_FORWARDED_BY !== undefined ||
    environ.HTTP_X_FORWARDED_SERVER !== undefined ||
    environ.HTTP_X_FORWARDED_SCHEME !== undefined ||
    environ.HTTP_X_FORWARDED_SSL !== undefined ||
    environ.HTTP_FORWARDED !== undefined
  )
}

/** What is known otherwise than it is in environ. */
function changesOf(environ: Environ, { client, scheme, host, port, prefix }: ForwardedRequest): Change[] {
  const changes: Change[] = []
  const change = (key: ChangedKey, value: string | undefined): void => {
    if (environ[key] !== value) changes.push([key, value])
  }
  if (client !== undefined) {
    change('REMOTE_ADDR', client.address)
    change('REMOTE_PORT', client.port)
  }
  if (scheme !== undefined) change('wsgi.url_scheme', scheme)
  const authority = host ?? environ.HTTP_HOST
  if (authority !== undefined && (host !== undefined || port !== undefined)) {
    change('HTTP_HOST', withPort(authority, port, scheme ?? environ['wsgi.url_scheme']))
  }
  if (prefix !== undefined) change('SCRIPT_NAME', prefix + environ.SCRIPT_NAME)
  return changes
}

/** The copy with the changes and what was there before. */
function applyChanges(
  environ: Environ,
  copy: Environ,
  changes: readonly Change[],
  removed: readonly (typeof forwardingKeys)[number][],
): Environ {
  const orig: Record<string, string | undefined> = {}
  const target: Record<string, unknown> = copy as unknown as Record<string, unknown>
  for (const key of removed) orig[key] = environ[key]
  for (const [key, value] of changes) {
    orig[key] = environ[key]
    if (value !== undefined) target[key] = value
  }
  if (environ.REMOTE_PORT !== undefined && !('REMOTE_PORT' in orig)) copy.REMOTE_PORT = environ.REMOTE_PORT
  copy['stapel.proxy_fix.orig'] = orig
  return copy
}

// Left out as a copy is made, and not deleted from it.
const withoutHeaders = copyWithout([...forwardingKeys, 'REMOTE_PORT'])
const withoutPort = copyWithout(['REMOTE_PORT'])
