/**
 * The one form of a host.
 *
 * The threat: a host that has two spellings, of which a rule guards only one. Hosts of requests and of patterns are compared in lower case, in the
 * ASCII form of IDNA, without port and without a dot at the end, IPv6 addresses in canonical form (RFC 5952). IPv4 addresses in other
 * spellings than four decimal numbers (`0x7f.1`) are taken for names.
 *
 * @module
 */
import { parseHost } from '@stapel/core/http'

/** The most characters of a host without its port (the 255 octets of RFC 1035 section 2.3.4, as text). */
export const HOST_LENGTH_LIMIT = 253

/**
 * The one form of a host or of the value of a `Host` header; `undefined` for what is malformed, holds anything but ASCII (no header does), or is
 * longer than {@link HOST_LENGTH_LIMIT}.
 */
export function normalizeHost(text: string): string | undefined {
  if (text.length > HOST_LENGTH_LIMIT + '.:65535'.length) return undefined
  const name = parseHost(text)?.name
  if (name === undefined) return undefined
  if (name.startsWith('[')) return canonicalAddress(name)
  const host = name.endsWith('.') ? name.slice(0, -1) : name
  const hasEmptyLabel = host === '' || host.startsWith('.') || host.endsWith('.') || host.includes('..')
  return hasEmptyLabel || host.length > HOST_LENGTH_LIMIT ? undefined : host
}

/** The one form of a label: `'Bücher'` is `'xn--bcher-kva'`; `undefined` for what is no label. */
export function normalizeLabel(text: string): string | undefined {
  if (!/^[\w~\u{80}-\u{10FFFF}-]+$/u.test(text)) return undefined
  const ascii = /[^\0-\x7F]/.test(text) ? toAscii(text) : text.toLowerCase()
  return ascii !== undefined && /^[a-z0-9_~-]+$/.test(ascii) ? ascii : undefined
}

/** Where the labels of a host in its one form begin and end, in turn; an IPv6 address is one label. */
export function labelBounds(host: string): number[] {
  const bounds = [0]
  if (!host.startsWith('[')) {
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) bounds.push(dot, dot + 1)
  }
  bounds.push(host.length)
  return bounds
}

/** `[::1]` for `[0:0::1]`; `undefined` for what is no IPv6 address in brackets. */
export function canonicalAddress(text: string): string | undefined {
  return /^\[[0-9A-Fa-f:.]+\]$/.test(text) ? hostOf(text) : undefined
}

function toAscii(label: string): string | undefined {
  // A label at the end that is a number would make an IPv4 address of it all.
  const host = hostOf(`${label}${TOP_LABEL}`)
  return host?.endsWith(TOP_LABEL) ? host.slice(0, -TOP_LABEL.length) : undefined
}

const TOP_LABEL = '.example'

/** What the URL standard makes of a host, which has IDNA and addresses in it. */
function hostOf(text: string): string | undefined {
  try {
    return new URL(`http://${text}`).hostname
  } catch {
    return undefined
  }
}
