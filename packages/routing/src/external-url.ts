/**
 * Puts a path where it can be followed: below the mount of a request, and behind a scheme and a host where it must have them.
 *
 * The threat: a URL that leads to another site than the program means. The host of a request is the client's word, so it stands in what is
 * built only where a whole URL is asked for; where the request is given as a `Request`, its class' `trustedHosts` are checked then. A link that
 * is mailed should name its `host` instead.
 *
 * @module
 */
import { BadHost, type Environ } from '@stapel/core'
import { formatHost, type Host, normalizeHost, parseHost } from '@stapel/core/http'
import { BuildError } from './build-error.ts'
import { describeValue, quote } from './quote.ts'
import type { SlashOptions } from './slash-redirect.ts'

/** A request as wrappers give it. */
export interface UrlRequest {
  readonly environ: Environ
  /** Checked by the class; without it, that of environ is taken. */
  readonly host?: string | undefined
}

/** Where a URL is to be put. */
export interface PlaceOptions {
  /** Whether scheme and host stand before the path in any case. @default where `scheme` is given, or the host is not that of the request */
  external?: boolean | undefined
  /**
   * The scheme of a URL with a host; `''` leaves it to the page the URL stands in (`//example.org/`). For WebSockets, `http` and `https` are taken as
   * `ws` and `wss`. @default that of the request, 'https' without one
   */
  scheme?: string | undefined
  /**
   * The host, with a port if it has one, in place of that of the request. A rule that has a host of its own only takes the port from it.
   * @default that of the request
   */
  host?: string | undefined
  /** The request that the URL is built for: it is put below the mount that the request came through. @default none */
  request?: Environ | UrlRequest | undefined
}

/** A path, and what its rule asks for. */
export interface Unplaced {
  /** Below the mount of the router, percent-encoded. */
  readonly path: string
  /** The host of the rule; `undefined` where it answers on every host. */
  readonly host: string | undefined
  readonly websocket: boolean
}

/** What an outer router that mounted something left in environ, the innermost first. */
export interface Mounts {
  readonly router: object
  /** What the router itself was mounted under. */
  readonly scriptName: string
  /** What rules inside do about slashes that say nothing themselves. */
  readonly slashes: SlashOptions
  readonly outer: Mounts | undefined
}

/**
 * The URL of a path: `/mount/path` where the host is that of the request or none is known, `https://host/mount/path` otherwise.
 *
 * Throws a {@link BuildError} for a scheme or host that is malformed, and where a host is needed and none is given; a BadHost for a request whose host is
 * malformed.
 */
export function placeUrl(unplaced: Unplaced, options: PlaceOptions, router: object): string {
  const { external = false, host, request } = options
  const environ = environOf(request)
  const path = environ === undefined ? unplaced.path : mountOf(environ, router) + unplaced.path
  const whole = external || options.scheme !== undefined
  if (!whole && host === undefined && unplaced.host === undefined && !unplaced.websocket) return path
  const own = environ?.['wsgi.url_scheme'] === 'http' ? 'http' : 'https'
  const scheme = options.scheme === undefined ? own : parseScheme(options.scheme)
  const requested =
    environ === undefined ? undefined : hostOfRequest(environ, request as Environ | UrlRequest)
  const given = host === undefined ? requested : withoutUsualPort(parseGiven(host), scheme)
  const wanted = unplaced.host === undefined ? given : { name: unplaced.host, port: given?.port }
  if (wanted === undefined) {
    if (!whole) return path
    throw new BuildError(
      `Got no host for the URL of ${quote(path)}; expected \`host\`, or the \`request\` that it is for.`,
    )
  }
  const elsewhere = wanted.name !== requested?.name || wanted.port !== requested.port
  if (!whole && !elsewhere && !unplaced.websocket) return path
  const prefix = unplaced.websocket ? (socketSchemes.get(scheme) ?? scheme) : scheme
  return `${prefix}${prefix === '' ? '' : ':'}//${formatHost(wanted)}${path === '' ? '/' : path}`
}

function environOf(request: Environ | UrlRequest | undefined): Environ | undefined {
  if (request === undefined) return undefined
  const given = request as Partial<Environ & UrlRequest> | null
  if (typeof given?.environ === 'object') return given.environ
  if (typeof given?.SCRIPT_NAME === 'string') return request as Environ
  throw new BuildError(
    `Got ${describeValue(request)} for the request of a URL; expected an environ, or an object that has one.`,
  )
}

/** Where the router was reached. */
function mountOf(environ: Environ, router: object): string {
  for (
    let mounts = environ['stapel.mounts'] as Mounts | undefined;
    mounts !== undefined;
    mounts = mounts.outer
  ) {
    if (mounts.router === router) return mounts.scriptName
  }
  return environ.SCRIPT_NAME
}

function hostOfRequest(environ: Environ, request: Environ | UrlRequest): Host {
  const checked = (request as Partial<UrlRequest>).host
  const text = checked ?? (environ.HTTP_HOST || serverHostOf(environ))
  const host = parse(text)
  // A gateway lets none of these through; a middleware may have set one.
  if (host === undefined) throw new BadHost('The Host of the request is malformed.')
  return withoutUsualPort(host, environ['wsgi.url_scheme'])
}

function serverHostOf({ SERVER_NAME, SERVER_PORT: port }: Environ): string {
  // A link-local address has a zone (`fe80::1%eth0`), which means nothing beyond this machine (RFC 6874).
  const name = SERVER_NAME.replace(/%.*/s, '')
  const host = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
  return port === '' ? host : `${host}:${port}`
}

function parseGiven(text: string): Host {
  const host = typeof text === 'string' ? parse(text) : undefined
  if (host !== undefined) return host
  throw new BuildError(
    `Got ${describeValue(text)} for the host of a URL; expected a name in ASCII or an address, with a port if it has one, as in 'example.org:8080'.`,
  )
}

function parse(text: string): Host | undefined {
  const name = normalizeHost(text)
  return name === undefined ? undefined : { name, port: parseHost(text)?.port }
}

function withoutUsualPort({ name, port }: Host, scheme: string): Host {
  return { name, port: port === usualPorts.get(scheme) ? undefined : port }
}

/** In lower case, as schemes are told apart without regard to it (RFC 3986 section 3.1). */
function parseScheme(scheme: string): string {
  if (typeof scheme === 'string' && /^(?:[a-z][a-z0-9+.-]*)?$/i.test(scheme)) return scheme.toLowerCase()
  throw new BuildError(
    `Got ${describeValue(scheme)} for the scheme of a URL; expected one without a colon, as in 'https', or ''.`,
  )
}

const usualPorts: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
])

/** What WebSockets have in place of the schemes of HTTP (RFC 6455 section 3). */
const socketSchemes: ReadonlyMap<string, string> = new Map([
  ['http', 'ws'],
  ['https', 'wss'],
])
