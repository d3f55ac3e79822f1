import { URITooLong } from '@stapel/core'

/** The most values of a query that is not refused, as of a form. */
export const ARGS_LIMIT = 1000

/**
 * A query decoded as forms are; only `&` separates, what cannot be decoded stays or becomes U+FFFD. Throws {@link URITooLong} for more than
 * {@link ARGS_LIMIT} values and for nothing else.
 */
export function parseArgs(query: string): URLSearchParams {
  // Each value but the last needs two characters, so that short queries, which are most, are not looked through.
  if (query.length > 2 * ARGS_LIMIT && countPieces(query) > ARGS_LIMIT) {
    throw new URITooLong(`The query of the request has more than ${ARGS_LIMIT} values.`)
  }
  // A question mark at its start, as of `/??a=1`, belongs to the first name; URLSearchParams would take it for that of the URL.
  return new URLSearchParams(query.startsWith('?') ? `&${query}` : query)
}

/** Empty pieces count as well: they are what a hostile query would be made of. */
function countPieces(query: string): number {
  let count = 1
  for (let at = query.indexOf('&'); at !== -1; at = query.indexOf('&', at + 1)) count++
  return count
}
