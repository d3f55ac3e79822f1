import { isHTTPError } from '../http-error.ts'

/**
 * An error as the error handlers of Express and connect read it. Their headers are an object of values by name, and a list of pairs would be
 * sent under the names `0`, `1` …; everything else of an HTTPError is what they expect, and stays the error's own.
 */
export function toConnectError(error: unknown): unknown {
  if (!isHTTPError(error) || error.headers.length === 0) return error
  const headers: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of error.headers) {
    const before = headers[name]
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  return Object.create(error, { headers: { value: headers, enumerable: true } })
}
