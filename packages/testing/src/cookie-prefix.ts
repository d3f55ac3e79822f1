/**
 * What the names of cookies promise (RFC 6265bis section 4.1.3).
 *
 * The threat: a subdomain, or a page without TLS, sets a cookie that the application takes for its own. A prefix lets it tell them apart, as long as
 * every client refuses cookies that do not keep what their name says. Letters count in either case, and so does a cookie without a name
 * whose value would read as one.
 *
 * @module
 */
import type { ReceivedCookie } from './received-cookie.ts'

/** Whether a cookie breaks the rules of its name's prefix. */
export function breaksPrefix(cookie: ReceivedCookie): boolean {
  const prefix = prefixOf(cookie.name)
  if (prefix === undefined) return cookie.name === '' && prefixOf(cookie.rawValue) !== undefined
  if (!cookie.secure) return true
  if (prefix.includes('host') && (cookie.path !== '/' || (cookie.domain ?? '') !== '')) return true
  return prefix.includes('http-') && !cookie.httpOnly
}

function prefixOf(text: string): string | undefined {
  return /^__(?:secure|host-http|host|http)-/.exec(text.slice(0, 12).toLowerCase())?.[0]
}
