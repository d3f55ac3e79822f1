/**
 * The values of forwarding headers, each checked before it may replace what the gateway knows. Everything here gives `undefined` for
 * a value that is not well-formed, and looks at each character a fixed number of times.
 *
 * @module
 */
import { normalizePath, parseForwardedNode, parseHost } from '@stapel/core/http'
import { normalizeAddress } from './proxy-fix-address.ts'

/** A client's or a proxy's address, and its port where one was given. */
export interface ForwardedAddress {
  readonly address: string
  readonly port: string | undefined
}

/**
 * The values of a comma-separated list from the right, at most `limit`, without surrounding space and quotes; none without a list.
 *
 * An empty value counts as a place: were it skipped, a proxy that adds nothing would move the count on to what the client wrote. A
 * comma within quotes separates too, so that a quote that a client opens swallows nothing.
 */
export function valuesFromRight(list: string | undefined, limit: number): string[] {
  const values: string[] = []
  if (list === undefined) return values
  for (let end = list.length; end !== -1 && values.length < limit; ) {
    // From -1 on, lastIndexOf would look at the first character again.
    const comma = end === 0 ? -1 : list.lastIndexOf(',', end - 1)
    values.push(unquote(list.slice(comma + 1, end).trim()))
    end = comma
  }
  return values
}

/** A value of `X-Forwarded-For`: `192.0.2.7`, `192.0.2.7:567`, `2001:db8::1`, `[2001:db8::1]:567`. */
export function parseForwardedAddress(value: string | undefined): ForwardedAddress | undefined {
  if (value === undefined) return undefined
  const match = bracketed.exec(value) ?? /^([^:]*):([^:]*)$/.exec(value)
  const text = match?.[1] ?? value
  const address = normalizeAddress(text)
  if (address === undefined || (value.startsWith('[') && !text.includes(':'))) return undefined
  if (match?.[2] === undefined) return { address, port: undefined }
  const port = parseForwardedPort(match[2])
  return port === undefined ? undefined : { address, port }
}

/**
 * The `for` of an element of `Forwarded` (RFC 7239 section 6). `undefined` also for `unknown` and for a name that hides an address
 * (`_hidden`); a port that is hidden (`:_port`) is none.
 */
export function parseForwardedFor(value: string | undefined): ForwardedAddress | undefined {
  const node = value === undefined ? undefined : parseForwardedNode(value)
  const address = node === undefined ? undefined : normalizeAddress(node.name)
  if (node === undefined || address === undefined) return undefined
  if (value?.startsWith('[') && !node.name.includes(':')) return undefined
  if (typeof node.port !== 'number') return { address, port: undefined }
  return node.port === 0 ? undefined : { address, port: String(node.port) }
}

/** `http` or `https`; a WebSocket's `ws` and `wss`, which some proxies send, are the same connections. */
export function parseForwardedScheme(value: string | undefined): 'http' | 'https' | undefined {
  return value === undefined ? undefined : schemes.get(value.toLowerCase())
}

/**
 * What `parseHost` takes and a client may have asked for: an IPv6 address that is one, a name that does not begin with `.` or `-` and has no
 * `~`, a port as {@link parseForwardedPort} takes it.
 */
export function parseForwardedHost(value: string | undefined): string | undefined {
  if (value === undefined || value.length > HOST_LIMIT) return undefined
  const host = parseHost(value)
  if (host === undefined) return undefined
  const { name, port } = host
  if (name.startsWith('[') ? !isIPv6(name.slice(1, -1)) : /^[.-]|~/.test(name)) return undefined
  return port === undefined || parseForwardedPort(value.slice(name.length + 1)) !== undefined
    ? value
    : undefined
}

/** A port from 1 to 65535, without leading zeros. */
export function parseForwardedPort(value: string | undefined): string | undefined {
  if (value === undefined || !/^[1-9][0-9]{0,4}$/.test(value)) return undefined
  return Number(value) <= 65_535 ? value : undefined
}

/**
 * The prefix that a proxy stripped, in the path's normal form and without a slash at its end: `''`, or a path that starts with one `/`.
 * Two would make every link built on it point to another host; dot segments would lead out of it.
 */
export function parseForwardedPrefix(value: string | undefined): string | undefined {
  if (value === undefined || !/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/.test(value))
    return undefined
  if (value !== '' && !/^\/(?!\/)/.test(value)) return undefined
  if (/\/(?:\.|%2e){1,2}(?:\/|$)/i.test(value)) return undefined
  const path = normalizePath(value)
  if (path === undefined) return undefined
  let end = path.length
  while (path.charCodeAt(end - 1) === SLASH) end--
  return path.slice(0, end)
}

/** A host with another port, left out where it is the default of the scheme. Without a port: the host as it is. */
export function withPort(host: string, port: string | undefined, scheme: string): string {
  if (port === undefined) return host
  const name = host.replace(/:[0-9]*$/, '')
  return port === (scheme === 'https' ? '443' : '80') ? name : `${name}:${port}`
}

const SLASH = 47
const bracketed = /^\[([^\]]*)\](?::(.*))?$/

/** The longest host that is accepted, in characters: a DNS name has 253 at most, a port 6. */
const HOST_LIMIT = 259

const schemes = new Map<string, 'http' | 'https'>([
  ['http', 'http'],
  ['https', 'https'],
  ['ws', 'http'],
  ['wss', 'https'],
])

function isIPv6(text: string): boolean {
  return text.includes(':') && normalizeAddress(text) !== undefined
}

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
}
