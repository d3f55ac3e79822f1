import { isToken } from './field.ts'
import { splitList } from './list.ts'

/**
 * The methods of an `Allow`, or of an `Access-Control-Allow-Methods`, in their order and each once (RFC 9110 section 10.2.1). Methods are told
 * apart by case. What is no token is left out; an empty list allows nothing.
 */
export function parseAllow(header: string): string[] {
  return [...new Set(splitList(header).filter(isToken))]
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
  const unique = [...new Set(methods)]
  const refused = unique.find((method) => !isToken(method))
  if (refused === undefined) return unique.join(', ')
  throw new RangeError(`Got the method ${JSON.stringify(refused)}; expected a token, as in 'GET'.`)
}
