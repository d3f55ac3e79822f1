/**
 * The hosts that an application answers for.
 *
 * The threat: the `Host` of a request is chosen by the client. A link that is built from it and mailed, or kept in a cache, leads where an
 * attacker wants it to (a password reset is the classic). With a list, a request for any other host is refused before anything is built. What
 * is not stopped: a port that is not yours on a host that is, and names that you trust and do not own.
 *
 * @module
 */
import { BadHost } from '@stapel/core'
import { parseHost } from '@stapel/core/http'

/**
 * Throws {@link BadHost} unless a host, as in `'example.org:8080'`, is one of the list. Ports are not compared.
 *
 * A name of the list stands for itself, one with a leading dot for that name and all below it (`'.example.org'`: `example.org`,
 * `a.b.example.org`). Names of other scripts may be written as they are read. Throws a TypeError for a list that is none or empty, and for
 * what is no host name; a port is none of it.
 */
export function checkTrustedHost(host: string, trustedHosts: readonly string[]): void {
  if (!isTrusted(parseHost(host)?.name, compileTrustedHosts(trustedHosts))) {
    throw new BadHost('This server does not answer for the host of the request.')
  }
}

/** Checks a list, which is compiled once: what is added to it later is not seen. Throws as {@link checkTrustedHost} does. */
export function compileTrustedHosts(trustedHosts: readonly string[]): TrustedHosts {
  const known = compiled.get(trustedHosts)
  if (known !== undefined) return known
  if (!Array.isArray(trustedHosts) || trustedHosts.length === 0) {
    throw new TypeError(
      `Got ${JSON.stringify(trustedHosts)} for trustedHosts; expected a list of host names, as in ['example.org', '.example.net'].`,
    )
  }
  const hosts = { names: new Set<string>(), domains: new Set<string>() }
  for (const pattern of trustedHosts) addPattern(hosts, pattern)
  compiled.set(trustedHosts, hosts)
  return hosts
}

interface TrustedHosts {
  readonly names: Set<string>
  /** Trusted with all that is below them. */
  readonly domains: Set<string>
}

const compiled = new WeakMap<readonly string[], TrustedHosts>()

function addPattern({ names, domains }: TrustedHosts, pattern: string): void {
  const below = typeof pattern === 'string' && pattern.startsWith('.')
  const host = typeof pattern === 'string' ? asciiHost(below ? pattern.slice(1) : pattern) : undefined
  if (host === undefined || (below && host.startsWith('['))) {
    throw new TypeError(
      `Got ${JSON.stringify(pattern)} in trustedHosts; expected a host name without a port, as in 'example.org', or '.example.org' with all below it.`,
    )
  }
  if (below) domains.add(host)
  else names.add(host)
}

/** As a browser puts it into `Host`; `undefined` for what is no host. */
function asciiHost(name: string): string | undefined {
  const plain = parseHost(name)
  if (plain !== undefined) return plain.port === undefined ? plain.name : undefined
  // Only letters and digits of other scripts go to the parser of URLs, which would take much else for something.
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(name)) return undefined
  return URL.canParse(`http://${name}`) ? new URL(`http://${name}`).hostname : undefined
}

function isTrusted(name: string | undefined, { names, domains }: TrustedHosts): boolean {
  if (name === undefined) return false
  if (names.has(name) || domains.has(name)) return true
  if (domains.size === 0) return false
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    if (domains.has(name.slice(dot + 1))) return true
  }
  return false
}
