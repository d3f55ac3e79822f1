/**
 * The values of forwarding headers, each checked before it may replace what the gateway knows. Everything here gives `undefined` for
 * a value that is not well-formed, and looks at each character a fixed number of times.
 *
 * @module
 */
import { isIP, SocketAddress } from 'node:net'
import { normalizePath, parseHost } from '@stapel/core/http'

/**
 * The n-th value from the right of a comma-separated list, without surrounding space and quotes; `undefined` for a shorter list and for
 * `n` of 0.
 *
 * An empty value counts as a place: were it skipped, a proxy that adds nothing would move the count on to what the client wrote.
 */
export function fromRight(list: string | undefined, n: number): string | undefined {
  if (list === undefined || n === 0) return undefined
  let end = list.length
  for (let place = 1; place < n; place++) {
    end = list.lastIndexOf(',', end - 1)
    // A comma at the very start has an empty value before it, where lastIndexOf would begin again from 0.
    if (end === -1) return undefined
    if (end === 0) return place + 1 === n ? '' : undefined
  }
  return unquote(list.slice(list.lastIndexOf(',', end - 1) + 1, end).trim())
}

/** A client's address, and its port where one was given: `192.0.2.7`, `192.0.2.7:567`, `2001:db8::1`, `[2001:db8::1]:567`. */
export function parseForwardedAddress(
  value: string | undefined,
): { address: string; port: string | undefined } | undefined {
  if (value === undefined) return undefined
  const match = /^\[([^\]]*)\](?::(.*))?$/.exec(value) ?? /^([^:]*):([^:]*)$/.exec(value)
  const address = normalizeAddress(match?.[1] ?? value)
  if (address === undefined) return undefined
  if (value.startsWith('[') && isIP(match?.[1] ?? '') !== 6) return undefined
  if (match?.[2] === undefined) return { address, port: undefined }
  const port = parseForwardedPort(match[2])
  return port === undefined ? undefined : { address, port }
}

/**
 * An IP address in its one spelling: IPv6 in lower case and compressed (RFC 5952), IPv4-mapped IPv6 as IPv4, so that allow lists and
 * counters see one client once. `undefined` for anything else; also for a zone (`fe80::1%eth0`), which means nothing on another machine.
 */
export function normalizeAddress(text: string): string | undefined {
  const family = isIP(text)
  if (family === 4) return text
  if (family !== 6 || text.includes('%')) return undefined
  const { address } = new SocketAddress({ address: text, family: 'ipv6' })
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
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
  if (name.startsWith('[') ? isIP(name.slice(1, -1)) !== 6 : /^[.-]|~/.test(name)) return undefined
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

/** The longest host that is accepted, in characters: a DNS name has 253 at most, a port 6. */
const HOST_LIMIT = 259

const schemes = new Map<string, 'http' | 'https'>([
  ['http', 'http'],
  ['https', 'https'],
  ['ws', 'http'],
  ['wss', 'https'],
])

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
}
