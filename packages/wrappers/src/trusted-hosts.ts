/**
 * The hosts that an application answers for.
 *
 * The threat: the `Host` of a request is chosen by the client. A link that is built from it and mailed, or kept in a cache, leads where an
 * attacker wants it to (a password reset is the classic). With a list, a request for any other host is refused before anything is built. What
 * is not stopped: where no port is named, a port that is not yours on a host that is; names that you trust and do not own.
 *
 * @module
 */
import { BadHost } from '@stapel/core'
import {
  compileHostPatterns,
  type HostMatcher,
  type HostPattern,
  parseHost,
  parseHostPattern,
} from '@stapel/core/http'

/**
 * Throws {@link BadHost} unless a host, as in `'example.org:8080'`, is one of the list.
 *
 * An entry stands for itself (`'example.org'`), for all names below it (`'*.example.org'`), or for both (`'.example.org'`), with any port or the
 * one that it names (`'example.org:8080'`); where the host names none, it has the usual one of `scheme`, by default that of `http`. Names of
 * other scripts may be written as they are read. Throws a TypeError for a list that is none or empty, and for what is no such entry.
 */
export function checkTrustedHost(
  host: string,
  trustedHosts: readonly string[],
  scheme?: 'http' | 'https',
): void {
  const isTrusted = compileTrustedHosts(trustedHosts)
  const parsed = parseHost(host)
  if (parsed === undefined || !isTrusted(parsed, scheme)) {
    throw new BadHost('This server does not answer for the host of the request.')
  }
}

/** Checks a list, which is compiled once: what is added to it later is not seen. Throws as {@link checkTrustedHost} does. */
export function compileTrustedHosts(trustedHosts: readonly string[]): HostMatcher {
  const known = compiled.get(trustedHosts)
  if (known !== undefined) return known
  if (!Array.isArray(trustedHosts) || trustedHosts.length === 0) {
    throw new TypeError(
      `Got ${JSON.stringify(trustedHosts)} for trustedHosts; expected a list of host names, as in ['example.org', '.example.net'].`,
    )
  }
  const matcher = compileHostPatterns(trustedHosts.map(parseEntry))
  compiled.set(trustedHosts, matcher)
  return matcher
}

const compiled = new WeakMap<readonly string[], HostMatcher>()

function parseEntry(entry: unknown): HostPattern {
  const pattern = typeof entry === 'string' ? parseHostPattern(entry) : undefined
  if (pattern !== undefined) return pattern
  throw new TypeError(
    `Got ${JSON.stringify(entry)} in trustedHosts; expected a host name, as in 'example.org', or '.example.org' with all below it.`,
  )
}
