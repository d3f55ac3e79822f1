import { describeValue, quote } from './quote.ts'

/** Values of a query string, by name or in pairs: lists are repeated, `null` and `undefined` left out. */
export type QueryInit =
  | URLSearchParams
  | Iterable<readonly [name: string, value: QueryValue | readonly QueryValue[] | null | undefined]>
  | Readonly<Record<string, QueryValue | readonly QueryValue[] | null | undefined>>

/** One value of a query string. */
export type QueryValue = string | number | bigint | boolean

/**
 * A query string with its question mark; `''` when there is nothing to say. `unknown` comes behind `query`; sorted by name, values of one name
 * stay in their order.
 *
 * Throws a TypeError for what holds no values, and for a value that is no text, number or boolean.
 */
export function buildQuery(
  query: QueryInit | undefined,
  unknown: Readonly<Record<string, unknown>> | undefined,
  sorted: boolean,
): string {
  if (query !== undefined && (typeof query !== 'object' || query === null)) {
    throw new TypeError(
      `Got ${describeValue(query)} for a query; expected an object, as in { page: 2 }, a list of pairs, or URLSearchParams.`,
    )
  }
  // A copy, because sorting and appending would change the caller's.
  const pairs = new URLSearchParams(query instanceof URLSearchParams ? query : undefined)
  if (query !== undefined && !(query instanceof URLSearchParams)) {
    append(pairs, isIterable(query) ? checkPairs([...query]) : Object.entries(query))
  }
  if (unknown !== undefined) append(pairs, Object.entries(unknown))
  if (sorted) pairs.sort()
  const text = String(pairs)
  return text === '' ? '' : `?${text}`
}

function append(pairs: URLSearchParams, values: readonly (readonly [string, unknown])[]): void {
  for (const [name, value] of values) {
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (each !== null && each !== undefined) pairs.append(name, textOf(each, name))
    }
  }
}

function isIterable(query: object): query is Iterable<unknown> {
  return typeof (query as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
}

function checkPairs(pairs: readonly unknown[]): readonly (readonly [string, unknown])[] {
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string') {
      throw new TypeError(
        `Got ${Array.isArray(pair) ? 'another list' : describeValue(pair)} in a list for a query; expected pairs, as in [['page', 2]].`,
      )
    }
  }
  return pairs as [string, unknown][]
}

function textOf(value: unknown, name: string): string {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      throw new TypeError(
        `Got ${describeValue(value)} for ${quote(name)} in a query; expected a text, a number, a boolean, or a list of them.`,
      )
  }
}
