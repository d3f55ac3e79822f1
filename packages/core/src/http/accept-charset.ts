import { bestMatch, parseAccept } from './accept.ts'

/**
 * Chooses a charset by the value of `Accept-Charset`, the first offer when there is no header or it names nothing; `undefined` when
 * nothing offered is acceptable. Browsers do not send the header and servers may disregard it: UTF-8 suits all (RFC 9110 section 12.5.2).
 */
export function chooseCharset(
  acceptCharset: string | undefined,
  offers: readonly string[],
): string | undefined {
  const ranges = acceptCharset === undefined ? [] : parseAccept(acceptCharset)
  return ranges.length === 0 ? offers[0] : bestMatch(ranges, offers)
}
