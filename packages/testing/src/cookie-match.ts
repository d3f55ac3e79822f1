/**
 * Which cookies belong to which URLs (RFC 6265bis section 5).
 *
 * @module
 */
import { isIP } from 'node:net'

/** Whether a host is a domain or one of its subdomains; an address is itself alone (section 5.1.3). Both in lower case. */
export function matchesDomain(host: string, domain: string): boolean {
  if (host === domain) return true
  return host.endsWith(`.${domain}`) && isIP(host) === 0
}

/** Whether a cookie of one path is sent to another (section 5.1.4). */
export function matchesPath(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false
  return path.length === cookiePath.length || cookiePath.endsWith('/') || path[cookiePath.length] === '/'
}

/** The path of a cookie that names none: the folder of the URL that set it (section 5.1.4). */
export function defaultPath(url: URL): string {
  const end = url.pathname.lastIndexOf('/')
  return end <= 0 ? '/' : url.pathname.slice(0, end)
}

/** Whether cookies for TLS only may go there: to https, and to the machine itself, as in browsers ("Secure Contexts", section 3.1). */
export function isSecure(url: URL): boolean {
  if (url.protocol === 'https:') return true
  return /(?:^|\.)localhost$|^127(?:\.\d+){3}$|^\[::1\]$/.test(url.hostname)
}
