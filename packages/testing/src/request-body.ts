import { concat, toBytes } from '@stapel/core'

/** What may be sent as the body of a request; iterables are sent in chunked coding, everything else with its `Content-Length`. */
export type RequestBody =
  | string
  | Uint8Array
  | URLSearchParams
  | FormData
  | Iterable<Uint8Array>
  | AsyncIterable<Uint8Array>

/** A body as it travels: its chunks, and what the client says about it. */
export interface EncodedBody {
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** In bytes; `undefined` when it is sent in chunked coding. */
  readonly length: number | undefined
  readonly type: string | undefined
}

/** Encodes a body as a browser would: forms get their content type, a string is UTF-8 without one. */
export function encodeBody(body: RequestBody | undefined): EncodedBody {
  if (body === undefined) return { chunks: [], length: undefined, type: undefined }
  if (typeof body === 'string' || body instanceof Uint8Array) return whole(toBytes(body), undefined)
  if (body instanceof URLSearchParams) {
    return whole(toBytes(body.toString()), 'application/x-www-form-urlencoded;charset=UTF-8')
  }
  if (body instanceof FormData) {
    const encoded = new Response(body)
    return {
      chunks: encoded.body as AsyncIterable<Uint8Array> & typeof encoded.body,
      length: undefined,
      type: encoded.headers.get('content-type') ?? undefined,
    }
  }
  if (Symbol.asyncIterator in body || Symbol.iterator in body) {
    return { chunks: body, length: undefined, type: undefined }
  }
  throw new TypeError(
    `Got ${String(body)} for the body; expected a string, bytes, URLSearchParams, FormData, or an iterable of bytes.`,
  )
}

function whole(bytes: Uint8Array, type: string | undefined): EncodedBody {
  const copy = concat([bytes, new Uint8Array(0)])
  return { chunks: copy.byteLength === 0 ? [] : [copy], length: copy.byteLength, type }
}
