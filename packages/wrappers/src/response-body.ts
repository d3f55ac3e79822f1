import { type Body, type Chunk, type Closeable, collect, isChunk, toBytes, withClose } from '@stapel/core'
import { encodeBase64Url } from './base64url.ts'
import { isSeekable } from './seekable-body.ts'

/** The most bytes that `bytes`, `text` and `freeze` of a response read unless they are told otherwise: 16 MiB. */
export const RESPONSE_READ_LIMIT = 16_777_216

/** What is called when nobody reads a body any more. */
export type CloseCallback = () => void | Promise<void>

/** Whether a body is there as a whole, and not made while it is sent. */
export function isWhole(body: Body | null): body is Chunk | Chunk[] | null {
  return body === null || isChunk(body) || (Array.isArray(body) && body.every(isChunk))
}

/** The size of a body in bytes, where it is known without reading it. */
export function sizeOfBody(body: Body | null): number | undefined {
  if (isSeekable(body)) return body.size
  return isWhole(body) ? chunksOf(body).reduce((sum, chunk) => sum + sizeOf(chunk), 0) : undefined
}

/** The bytes of a body, which is read and closed; more than `limit` throw a RangeError where they are not in memory already. */
export async function readBody(body: Body | null, limit: number): Promise<Uint8Array> {
  if (body === null) return new Uint8Array(0)
  return isChunk(body) ? toBytes(body) : collect(body, limit)
}

/** The same body, and the callbacks called in their order once it is closed; what is there whole stays so, for the gateway to count. */
export function closingBody(body: Body, callbacks: readonly CloseCallback[]): Body {
  const closing = callbacks.reduce<Body & Closeable>(withClose, body)
  if (!isWhole(body)) return closing
  return Object.assign([...chunksOf(body)], { close: () => closing.close?.() })
}

/**
 * Throws a TypeError for a body that was sent already and can be read only once: a generator, an iterator or a stream. The second time it
 * would be an empty answer that looks whole.
 */
export function checkUnsent(body: object): void {
  const once = body as { next?: unknown; getReader?: unknown; pipe?: unknown }
  const isOnce = [once.next, once.getReader, once.pipe].some((member) => typeof member === 'function')
  if (!isOnce) return
  if (sent.has(body)) {
    throw new TypeError(
      'The response was sent already, and its body can be read only once; make a new Response for each request, or freeze() it.',
    )
  }
  sent.add(body)
}

const sent = new WeakSet<object>()

/** A tag of content: its SHA-256 in base64url, so that the same bytes have the same tag on every machine. */
export async function hashContent(content: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', content as Uint8Array<ArrayBuffer>)
  return encodeBase64Url(new Uint8Array(digest))
}

function chunksOf(body: Chunk | readonly Chunk[] | null): readonly Chunk[] {
  if (body === null) return []
  return isChunk(body) ? [body] : body
}

function sizeOf(chunk: Chunk): number {
  return toBytes(chunk).byteLength
}
