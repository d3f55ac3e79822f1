import { type Body, isChunk } from '@stapel/core'
import { isFieldValue } from '@stapel/core/http'

/**
 * The `Content-Type` of a media type: `; charset=utf-8` is added to `text/*`, XML and JavaScript, as strings are sent in it; JSON has no
 * such parameter (RFC 8259 section 11). What has parameters already is left as it is. Throws what {@link checkContentType} throws.
 */
export function contentTypeOf(mimetype: string): string {
  const known = contentTypes.get(mimetype)
  if (known !== undefined) return known
  checkContentType(mimetype)
  const value = textual.test(mimetype) ? `${mimetype}; charset=utf-8` : mimetype
  if (contentTypes.size < CACHE_LIMIT) contentTypes.set(mimetype, value)
  return value
}

/** The same text; throws a TypeError for what may not be sent. */
export function checkContentType(text: string): string {
  if (typeof text === 'string' && isFieldValue(text)) return text
  const got = typeof text === 'string' ? JSON.stringify(text.slice(0, 200)) : String(text)
  throw new TypeError(`Got ${got} for the type of a response; expected a media type, as in 'text/html'.`)
}

/**
 * The `Content-Type` of a body of which nothing is said: plain text for strings and iterables, so that no browser takes it for HTML;
 * `application/octet-stream` for bytes and streams; none for no body. Throws a TypeError for what is no body.
 */
export function defaultContentType(body: Body | null): string | undefined {
  if (typeof body === 'string') return TEXT
  if (body === null) return undefined
  if (isChunk(body)) return BINARY
  if (
    typeof body !== 'object' ||
    !(Symbol.iterator in body || Symbol.asyncIterator in body || 'getReader' in body)
  ) {
    throw notABody(body)
  }
  return 'getReader' in body || 'pipe' in body ? BINARY : TEXT
}

function notABody(value: unknown): TypeError {
  const got =
    value !== null && typeof value === 'object'
      ? `an object of class ${value.constructor?.name ?? 'null'}`
      : `the ${typeof value} ${String(value)}`
  return new TypeError(
    `Got ${got} for the body of a response; expected text, bytes, an iterable of those, a stream, a Blob or null. Response.json(…) sends a value.`,
  )
}

const BINARY = 'application/octet-stream'

const TEXT = 'text/plain; charset=utf-8'
const CACHE_LIMIT = 256
const contentTypes = new Map<string, string>()
const textual = /^(?:text\/[^;]*|application\/(?:xml|javascript)|[^;]*\+xml)$/i
