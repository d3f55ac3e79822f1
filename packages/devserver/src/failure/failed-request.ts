import type { Environ, Trace } from '@stapel/core'
import { maskQuery, maskValue } from './secrets.ts'
import { cut, describeValue } from './value-text.ts'

/** The request during which something failed, without what is secret. */
export interface FailedRequest {
  readonly method: string
  /** The request target as sent. */
  readonly target: string
  /** Whether its answer had begun, so that no page could take the place of it. */
  readonly begun: boolean
  readonly headers: readonly Entry[]
  /** Everything else of environ. */
  readonly environ: readonly Entry[]
  /** The layers that were called, the outermost first. */
  readonly layers: readonly FailedLayer[]
  /** The rules that matched: `'GET example.org/users/:id (user)'`. */
  readonly rules: readonly string[]
  /** What the router took from the path. */
  readonly params: readonly Entry[]
}

export type Entry = readonly [name: string, value: string]

export interface FailedLayer {
  readonly name: string
  /** Milliseconds, with what lies inside of it; absent where it has given nothing yet. */
  readonly ms?: number | undefined
  /** Whether the error came out of this one, and of none further inside. */
  readonly threw: boolean
}

/** So many characters of a target, a header and another value are shown. */
export const REQUEST_VALUE_LIMIT = 1000
/** So many headers, and so many other keys of environ, are shown. */
export const ENTRY_LIMIT = 100

/** What is told of a request; `error` is what is looked for among the layers. */
export function describeRequest(
  environ: Environ,
  trace: Trace,
  error: unknown,
  begun: boolean,
): FailedRequest {
  const keys = Object.keys(environ)
  const headers = keys.filter((key) => key.startsWith('HTTP_') || contentKeys.has(key))
  return {
    method: cut(environ.REQUEST_METHOD, 100),
    target: cut(maskQuery(environ.REQUEST_URI), REQUEST_VALUE_LIMIT),
    begun,
    headers: entries(environ, headers).map(([key, value]) => [headerName(key), value]),
    environ: entries(
      environ,
      keys.filter((key) => !headers.includes(key) && !elsewhere.has(key)),
    ),
    layers: layersOf(trace, error),
    rules: trace.rules.map(({ methods, host = '', pattern, name }) =>
      cut(
        `${methods === undefined ? '' : `${methods.join(', ')} `}${host}${pattern}${name === undefined ? '' : ` (${name})`}`,
        REQUEST_VALUE_LIMIT,
      ),
    ),
    params: trace.rules
      .flatMap(({ params = {} }) => Object.entries(params))
      .slice(0, ENTRY_LIMIT)
      .map(([name, value]) => [cut(name, 100), maskValue(name, describeValue(value))]),
  }
}

const contentKeys = new Set(['CONTENT_TYPE', 'CONTENT_LENGTH'])
// Told in places of their own.
const elsewhere = new Set(['REQUEST_METHOD', 'stapel.params', 'stapel.context'])
const withQuery = new Set(['REQUEST_URI', 'QUERY_STRING', 'HTTP_REFERER'])

function entries(environ: Environ, keys: readonly string[]): Entry[] {
  return keys.slice(0, ENTRY_LIMIT).map((key) => {
    const value = environ[key as keyof Environ] as unknown
    if (typeof value !== 'string') return [cut(key, 100), maskValue(key, describeValue(value))]
    const shown = withQuery.has(key) ? maskQuery(key === 'QUERY_STRING' ? `?${value}` : value) : value
    const text = key === 'QUERY_STRING' ? shown.slice(1) : shown
    return [cut(key, 100), cut(maskValue(key, text), REQUEST_VALUE_LIMIT)]
  })
}

/** `HTTP_ACCEPT_LANGUAGE` as `Accept-Language`. */
function headerName(key: string): string {
  return key
    .replace(/^HTTP_/, '')
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

function layersOf({ layers, times, thrown }: Trace, error: unknown): FailedLayer[] {
  const thrower = thrown !== undefined && Object.is(thrown.error, error) ? thrown.layer : -1
  return layers.map((name, index) => {
    const ms = times[index]
    return { name: cut(name, 100), ...(ms !== undefined && { ms }), threw: index === thrower }
  })
}
