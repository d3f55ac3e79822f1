import { type Body, isChunk } from '@stapel/core'

/**
 * The `Content-Type` of a media type: `; charset=utf-8` is added to `text/*`, XML and JavaScript, as strings are sent in it; JSON has no
 * such parameter (RFC 8259 section 11). What has parameters already is left as it is.
 */
export function contentTypeOf(mimetype: string): string {
  const known = contentTypes.get(mimetype)
  if (known !== undefined) return known
  const value = textual.test(mimetype) ? `${mimetype}; charset=utf-8` : mimetype
  if (contentTypes.size < CACHE_LIMIT) contentTypes.set(mimetype, value)
  return value
}

/**
 * The `Content-Type` of a body of which nothing is said: plain text for strings and iterables, so that no browser takes it for HTML;
 * `application/octet-stream` for bytes and streams; none for no body.
 */
export function defaultContentType(body: Body | null): string | undefined {
  if (typeof body === 'string') return TEXT
  if (body === null) return undefined
  return isChunk(body) || 'getReader' in body || 'pipe' in body ? 'application/octet-stream' : TEXT
}

const TEXT = 'text/plain; charset=utf-8'
const CACHE_LIMIT = 256
const contentTypes = new Map<string, string>()
const textual = /^(?:text\/[^;]*|application\/(?:xml|javascript)|[^;]*\+xml)$/i
