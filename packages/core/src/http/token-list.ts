import { isToken } from './field.ts'
import { splitList } from './list.ts'

/**
 * The tokens of a list as they stand, in their order and with repeats, as of `Connection`, `Content-Encoding` and `Content-Language`. What is no
 * token is left out; at most `LIST_LIMIT` members are read.
 *
 * @example
 * ```ts
 * import { parseTokens } from '@stapel/core/http'
 *
 * parseTokens('de, en-GB, "fr"') // ['de', 'en-GB']
 * ```
 */
export function parseTokens(header: string): string[] {
  return splitList(header).filter(isToken)
}

/** The tokens with commas between; `''` for none. Throws a RangeError for what is no token. */
export function formatTokens(tokens: Iterable<string>): string {
  const list = [...tokens]
  const refused = list.find((token) => !isToken(token))
  if (refused === undefined) return list.join(', ')
  throw new RangeError(`Got ${JSON.stringify(refused)}; expected a token (RFC 9110 section 5.6.2).`)
}

/**
 * Whether a token is a member of a list, without regard to case; never of a header that is absent.
 *
 * @example
 * ```ts
 * import { hasToken } from '@stapel/core/http'
 *
 * hasToken('keep-alive, Upgrade', 'upgrade') // true
 * ```
 */
export function hasToken(header: string | undefined, token: string): boolean {
  if (header === undefined) return false
  const lower = token.toLowerCase()
  return parseTokens(header).some((member) => member.toLowerCase() === lower)
}
