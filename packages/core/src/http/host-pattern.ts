/**
 * Lists of hosts that are one's own, to compare the host of a request with.
 *
 * The threat: the `Host` of a request is chosen by the client, and a link that is built from it leads where an attacker wants it to. A comparison
 * is passed by whatever it and the reader of the link see differently: a name that ends like ours (`notexample.org`), user
 * information, a port that is cut off at the wrong colon (of an IPv6 address), another case. So only what `parseHost` has taken apart is
 * compared, in whole labels, and never a name with an empty one. What is not stopped: names that are trusted and belong to somebody else.
 *
 * @module
 */
import { type Host, parseHost } from './host.ts'
import { normalizeHostName } from './host-name.ts'
import { urlHostname } from './url-hostname.ts'

/** What hosts are meant by an entry of a list. */
export interface HostPattern {
  /** In lower case, in ASCII, without a dot at its end; an IPv6 address has its brackets. */
  readonly name: string
  /** The only port that is meant; `undefined` means any. */
  readonly port: number | undefined
  /** Whether names below this one are meant as well, or none but these. */
  readonly subdomains: 'none' | 'also' | 'only'
}

/** Whether a host is one of a list. Where it names no port, it has the usual one of the scheme, by default that of `http`. */
export type HostMatcher = (host: Host, scheme?: 'http' | 'https') => boolean

/**
 * Takes an entry of a list apart: `example.org`, `*.example.org` for all below it, `.example.org` for both, each with any port or with that
 * named (`example.org:8080`); an IPv4 address, an IPv6 address in brackets. Names of other scripts may be written as they are read.
 * `undefined` for anything else, `*` alone among it.
 *
 * @example
 * ```ts
 * import { parseHostPattern } from '@stapel/core/http'
 *
 * parseHostPattern('*.Example.org:8080') // { name: 'example.org', port: 8080, subdomains: 'only' }
 * ```
 */
export function parseHostPattern(text: string): HostPattern | undefined {
  const mark = /^(?:\*\.|\.)?/.exec(text)?.[0] ?? ''
  const host = parseAnyHost(text.slice(mark.length))
  if (host === undefined || host.port === 0) return undefined
  const name = normalizeHostName(host.name)
  if (name === undefined || (mark !== '' && name.startsWith('['))) return undefined
  return { name, port: host.port, subdomains: marks.get(mark) ?? 'none' }
}

/**
 * Makes a check of hosts, which takes no longer for a longer list. Names are compared without regard to case and to one dot at the end (that
 * of the root: `example.org.`), IPv6 addresses in any of their spellings.
 *
 * @example
 * ```ts
 * import { compileHostPatterns, parseHost, parseHostPattern } from '@stapel/core/http'
 *
 * const patterns = ['example.org', '*.example.org:443'].map((text) => parseHostPattern(text))
 * const isOurs = compileHostPatterns(patterns.filter((pattern) => pattern !== undefined))
 * const host = parseHost('www.example.org')
 * host !== undefined && isOurs(host, 'https') // true
 * ```
 */
export function compileHostPatterns(patterns: Iterable<HostPattern>): HostMatcher {
  const names = new Map<string, Ports>()
  const domains = new Map<string, Ports>()
  for (const { name, port, subdomains } of patterns) {
    if (subdomains !== 'only') addPort(names, name, port)
    if (subdomains !== 'none') addPort(domains, name, port)
  }

  return function isListed(host, scheme = 'http') {
    const port = host.port ?? (scheme === 'https' ? 443 : 80)
    const name = normalizeHostName(host.name)
    if (name === undefined) return false
    if (hasPort(names.get(name), port)) return true
    if (domains.size === 0) return false
    for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
      if (hasPort(domains.get(name.slice(dot + 1)), port)) return true
    }
    return false
  }
}

/** A set of ports, or any. */
type Ports = Set<number> | 'any'

const marks = new Map<string, 'also' | 'only'>([
  ['.', 'also'],
  ['*.', 'only'],
])

function addPort(ports: Map<string, Ports>, name: string, port: number | undefined): void {
  const known = ports.get(name)
  if (port === undefined) ports.set(name, 'any')
  else if (known === undefined) ports.set(name, new Set([port]))
  else if (known !== 'any') known.add(port)
}

function hasPort(ports: Ports | undefined, port: number): boolean {
  return ports !== undefined && (ports === 'any' || ports.has(port))
}

/** A host, a name beyond ASCII as a browser puts it into `Host`. */
function parseAnyHost(text: string): Host | undefined {
  const [, name = '', port = ''] = /^([^:]*)(:[0-9]{1,5})?$/.exec(text) ?? []
  // Only letters and digits of other scripts go to the parser of URLs, which would take much else for something.
  if (!/[^\0-\x7f]/.test(name) || !/^[\p{L}\p{M}\p{N}.-]{1,255}$/u.test(name)) return parseHost(text)
  const ascii = urlHostname(name)
  return ascii === undefined ? undefined : parseHost(ascii + port)
}
