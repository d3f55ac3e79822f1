/**
 * `Forwarded`: what each proxy on the way knew of the request (RFC 7239).
 *
 * The threat: the left end of the list is the client's word. It may hold a quote that never closes, so that what a proxy appended becomes
 * a part of it, or thousands of elements. A header that breaks the grammar anywhere is none, and of a long list the last
 * {@link FORWARDED_LIMIT} elements are given, which are those nearest. What is not stopped: that a client writes well-formed lies. Count from
 * the right as many proxies as you trust, as `proxyFix` does.
 *
 * @module
 */
import { isToken } from './field.ts'
import { joinMembers } from './join-members.ts'
import { splitList } from './list.ts'
import { endOfMember, SEMICOLON, trimSpace } from './scan.ts'
import { formatWord, parseWord } from './word.ts'

/** What one proxy knew of the request. */
export interface ForwardedElement {
  /** Who made the request: see {@link parseForwardedNode}. */
  readonly for?: string | undefined
  /** Where the proxy was reached: see {@link parseForwardedNode}. */
  readonly by?: string | undefined
  /** The `Host` that the proxy got; see `parseHost`. */
  readonly host?: string | undefined
  /** The scheme of the request, in lower case. */
  readonly proto?: 'http' | 'https' | (string & {}) | undefined
  /** Other parameters by name in lower case. */
  readonly extensions?: ReadonlyMap<string, string> | undefined
}

/** A node of `for` or `by` taken apart. */
export interface ForwardedNode {
  /** An IPv4 address, an IPv6 address without its brackets, `'unknown'`, or a name that hides one, as in `'_gazonk'`. */
  readonly name: string
  /** A number, or a name that hides one, as in `'_x'`; `undefined` when none is given. */
  readonly port: number | `_${string}` | undefined
}

/** The most elements that are given of one header: the last ones. */
export const FORWARDED_LIMIT = 100

/**
 * The elements of a `Forwarded` in their order: the last is by the nearest proxy. `undefined` when anything in it is malformed or a parameter
 * stands twice in one element.
 *
 * @example
 * ```ts
 * import { parseForwarded } from '@stapel/core/http'
 *
 * parseForwarded('for="[2001:db8::17]:4711";proto=https, for=192.0.2.43')
 * // [{ for: '[2001:db8::17]:4711', proto: 'https' }, { for: '192.0.2.43' }]
 * ```
 */
export function parseForwarded(header: string): ForwardedElement[] | undefined {
  const elements: ForwardedElement[] = []
  for (const member of splitList(header, Number.POSITIVE_INFINITY)) {
    const pairs = parsePairs(member)
    if (pairs === undefined) return undefined
    if (pairs.size > 0) elements.push(toElement(pairs))
  }
  return elements.slice(-FORWARDED_LIMIT)
}

/** The elements as a header. Throws a RangeError for a name that is no token, a name that stands twice, and text that no header can hold. */
export function formatForwarded(elements: Iterable<ForwardedElement>): string {
  return joinMembers(elements, formatElement)
}

/**
 * The parts of a node (RFC 7239 section 6); `undefined` when it is malformed: an IPv6 address without brackets, a port beyond 65535. That an
 * address is a possible one is not checked beyond its characters.
 */
export function parseForwardedNode(text: string): ForwardedNode | undefined {
  const match = node.exec(text)
  if (match === null) return undefined
  const [, plain, address, port] = match
  const name = plain ?? (address as string)
  if (port === undefined || port.startsWith('_')) return { name, port: port as `_${string}` | undefined }
  return Number(port) > 65_535 ? undefined : { name, port: Number(port) }
}

/** The node as a text, an IPv6 address with brackets. Throws a RangeError for what {@link parseForwardedNode} would not give back. */
export function formatForwardedNode({ name, port }: ForwardedNode): string {
  const text = `${name.includes(':') ? `[${name}]` : name}${port === undefined ? '' : `:${port}`}`
  const parsed = parseForwardedNode(text)
  if (parsed?.name === name && parsed.port === port) return text
  throw new RangeError(
    `Got the node ${JSON.stringify(name)} with the port ${String(port)}; expected an address, 'unknown' or '_name', and 0 to 65535 or '_name'.`,
  )
}

const node =
  /^(?:((?:[0-9]{1,3}\.){3}[0-9]{1,3}|unknown|_[A-Za-z0-9._-]+)|\[([0-9A-Fa-f:.]+)\])(?::([0-9]{1,5}|_[A-Za-z0-9._-]+))?$/i

function parsePairs(element: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>()
  for (let at = 0; at < element.length; ) {
    const end = endOfMember(element, at, SEMICOLON)
    const pair = trimSpace(element, at, end)
    at = end + 1
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const written = pair.slice(0, Math.max(0, equals))
    const name = written.toLowerCase()
    const value = parseWord(pair.slice(equals + 1))
    if (!isToken(written) || value === undefined || pairs.has(name)) return undefined
    pairs.set(name, value)
  }
  return pairs
}

function toElement(pairs: Map<string, string>): ForwardedElement {
  const element: { -readonly [Key in keyof ForwardedElement]: ForwardedElement[Key] } = {}
  const extensions = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (name === 'for' || name === 'by' || name === 'host') element[name] = value
    else if (name === 'proto') element.proto = value.toLowerCase()
    else extensions.set(name, value)
  }
  if (extensions.size > 0) element.extensions = extensions
  return element
}

function formatElement({ extensions = new Map(), ...known }: ForwardedElement): string {
  const seen = new Set<string>()
  const pairs: string[] = []
  for (const [name, value] of [...Object.entries(known), ...extensions]) {
    if (value === undefined) continue
    const lower = name.toLowerCase()
    if (!isToken(name) || seen.has(lower)) {
      throw new RangeError(`Got the parameter ${JSON.stringify(name)}; expected a token, and each once.`)
    }
    seen.add(lower)
    pairs.push(`${name}=${formatWord(value)}`)
  }
  if (pairs.length === 0) throw new RangeError('Got an element without parameters; expected at least one.')
  return pairs.join(';')
}
