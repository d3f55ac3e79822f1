/**
 * The body of a request in the forms that fetch has for it.
 *
 * The threat: a body as long as a client likes, also without `Content-Length`, and one that is small only while it is compressed. What is held
 * in memory has a limit that counts what arrives; a body with a content coding is given as it came, or refused where it would have to be
 * understood. What is not stopped: `body`, which is for whoever counts himself.
 *
 * @module
 */
import { ContentTooLarge, type Environ, type ReadOptions, UnsupportedMediaType } from '@stapel/core'
import { charsetOf, essenceOf, isJsonType, parseContentLength, parseMediaType } from '@stapel/core/http'
import { checkOptionNames } from './option-names.ts'
import type { JsonRequestOptions } from './request-types.ts'

/** The same options; throws a TypeError for one that is not known. */
export function checkReadOptions(options: ReadOptions | undefined): ReadOptions | undefined {
  if (options !== undefined) checkOptionNames(options, readNames, 'reading a request')
  return options
}

/** Throws a TypeError for an option of `json` that is not known. */
export function checkJsonOptions(options: JsonRequestOptions): void {
  checkOptionNames(options, jsonNames, 'json()')
}

/** The charset that the content type names, in lower case. */
export function bodyCharset(environ: Environ): string | undefined {
  const type = environ.CONTENT_TYPE
  const parsed = type === undefined ? undefined : parseMediaType(type)
  return parsed === undefined ? undefined : charsetOf(parsed)
}

/** Whether the content type is that of JSON. */
export function hasJsonType({ CONTENT_TYPE: type }: Environ): boolean {
  return type === 'application/json' || isJsonType(essenceOf(type ?? ''))
}

/** What is compressed would have to be inflated first, within a limit of its own; `bytes` gives it as it came. */
export function isCoded({ HTTP_CONTENT_ENCODING: coding }: Environ): boolean {
  return coding !== undefined && coding.toLowerCase() !== 'identity'
}

/** The refusal of a body with a content coding. */
export function coded(): UnsupportedMediaType {
  return new UnsupportedMediaType(
    'The content of the request has a content coding, which is not accepted; send it plain.',
    { headers: [['Accept-Encoding', 'identity']] },
  )
}

/** The refusal of a body that is not JSON. */
export function notJson(): UnsupportedMediaType {
  return new UnsupportedMediaType(
    'The request needs a Content-Type of application/json, or another that ends in +json.',
  )
}

/** `Content-Length` in bytes; `undefined` when absent or no plain number. */
export function contentLengthOf({ CONTENT_LENGTH: text }: Environ): number | undefined {
  return text === undefined ? undefined : parseContentLength(text)
}

/** The chunks of the body as they arrive; throws {@link ContentTooLarge} before the first that goes beyond `limit` bytes. */
export async function* limitedInput(
  environ: Environ,
  limit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  // Refused before it is read, so that a client that waits for 100 (Continue) need not send it.
  if ((contentLengthOf(environ) ?? 0) > limit) throw tooLarge(limit)
  let size = 0
  for await (const chunk of environ['wsgi.input']) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge(limit)
    yield chunk
  }
}

/** A copy of the bytes under their content type. */
export function toBlob(bytes: Uint8Array, contentType: string | undefined): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: contentType ?? '' })
}

const readNames: ReadonlySet<string> = new Set<keyof ReadOptions>(['limit'])
const jsonNames: ReadonlySet<string> = new Set<keyof JsonRequestOptions>([
  'limit',
  'depth',
  'prototypeKeys',
  'checkType',
  'schema',
])

function tooLarge(limit: number): ContentTooLarge {
  return new ContentTooLarge(`The content of the request is larger than ${limit} bytes.`)
}
