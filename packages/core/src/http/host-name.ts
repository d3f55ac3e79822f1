/**
 * The one form of a host.
 *
 * The threat: a host that has two spellings, of which a rule guards only one. Hosts are compared in lower case, in ASCII, without port and without the
 * dot of the root at the end, IPv6 addresses in canonical form (RFC 5952). IPv4 addresses in other spellings than four decimal numbers (`0x7f.1`)
 * are taken for names.
 *
 * @module
 */
import { parseHost } from './host.ts'
import { urlHostname } from './url-hostname.ts'

/** The most characters of a host without its port (the 255 octets of RFC 1035 section 2.3.4, as text). */
export const HOST_LENGTH_LIMIT = 253

/**
 * The one form of the value of a `Host` header; `undefined` for what is malformed, holds anything but ASCII (no header does), has an empty label, or is
 * longer than {@link HOST_LENGTH_LIMIT}.
 *
 * @example
 * ```ts
 * import { normalizeHost } from '@stapel/core/http'
 *
 * normalizeHost('WWW.Example.org.:8080') // 'www.example.org'
 * normalizeHost('[0:0::1]:80') // '[::1]'
 * ```
 */
export function normalizeHost(text: string): string | undefined {
  if (text.length > HOST_LENGTH_LIMIT + '.:65535'.length) return undefined
  const host = parseHost(text)
  return host && normalizeHostName(host.name)
}

/** The same for a host that `parseHost` has taken apart. */
export function normalizeHostName(name: string): string | undefined {
  if (name.startsWith('[')) return canonicalAddress(name)
  const host = name.endsWith('.') ? name.slice(0, -1) : name
  const hasEmptyLabel = host === '' || host.startsWith('.') || host.endsWith('.') || host.includes('..')
  return hasEmptyLabel || host.length > HOST_LENGTH_LIMIT ? undefined : host
}

/** `[::1]` for `[0:0::1]` (RFC 5952); `undefined` for what is no IPv6 address in brackets. */
export function canonicalAddress(text: string): string | undefined {
  if (!/^\[[0-9A-Fa-f:.]{2,45}\]$/.test(text)) return undefined
  return urlHostname(text)
}
