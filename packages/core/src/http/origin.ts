import { parseHost } from './host.ts'

/**
 * Who made a request, by its `Origin` (RFC 6454 section 7): `scheme://host` or `scheme://host:port` in lower case, or `'null'` for somebody who
 * has no origin or does not tell it; `undefined` for anything else. Equal origins are equal texts, as long as browsers leave out the port
 * that a scheme has anyway, which they do. `'null'` is equal to nobody: any page can have it sent.
 *
 * @example
 * ```ts
 * import { parseOrigin } from '@stapel/core/http'
 *
 * parseOrigin('https://app.example') // 'https://app.example'
 * parseOrigin('https://app.example/path') // undefined
 * ```
 */
export function parseOrigin(header: string): string | undefined {
  if (header === 'null') return header
  const colon = header.indexOf('://')
  const host = parseHost(header.slice(colon + 3))
  return colon === -1 || host === undefined || !scheme.test(header.slice(0, colon))
    ? undefined
    : header.toLowerCase()
}

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*$/
