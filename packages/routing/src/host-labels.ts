/**
 * The labels of hosts, in the one form in which hosts are compared (`normalizeHost` of `@stapel/core/http`).
 *
 * @module
 */

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
