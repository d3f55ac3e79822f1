import { formatTokens, parseTokens } from './token-list.ts'

/**
 * The methods of an `Allow`, or of an `Access-Control-Allow-Methods`, in their order and each once (RFC 9110 section 10.2.1). Methods are told
 * apart by case. What is no token is left out; an empty list allows nothing.
 */
export function parseAllow(header: string): string[] {
  return [...new Set(parseTokens(header))]
}

/**
 * The methods as a header, each once: `'GET, HEAD'`; `''` for none. Throws a RangeError for what is no method.
 *
 * @example
 * ```ts
 * import { formatAllow } from '@stapel/core/http'
 *
 * formatAllow(['GET', 'HEAD', 'GET']) // 'GET, HEAD'
 * ```
 */
export function formatAllow(methods: Iterable<string>): string {
  return formatTokens(new Set(methods))
}
