import { type Chunk, concat, toBytes } from '@stapel/core'
import { encodeMultipart } from './multipart.ts'
import { type FieldValue, fieldText, toSearchParams } from './request-target.ts'

/** What may be sent as the body of a request; iterables are sent in chunked coding, everything else with its `Content-Length`. */
export type RequestBody =
  | string
  | Uint8Array
  | Blob
  | URLSearchParams
  | FormData
  | Iterable<Chunk>
  | AsyncIterable<Chunk>

/** The fields of a form by name, lists as repeats; a `File` brings its name and its type. Those that are `undefined` are left out. */
export type FormInit = Readonly<
  Record<string, FieldValue | Blob | readonly (FieldValue | Blob)[] | undefined>
>

/** The three ways to give a body, of which a request has one. */
export interface BodyInit {
  body?: RequestBody | undefined
  json?: unknown
  form?: FormInit | undefined
}

/** A body as it travels: its chunks, and what the client says about it. */
export interface EncodedBody {
  readonly chunks: Iterable<Chunk> | AsyncIterable<Chunk>
  /** In bytes; `undefined` when there is none, or it is sent in chunked coding. */
  readonly length: number | undefined
  readonly type: string | undefined
}

/** Encodes a body as a browser would; `undefined` where there is none. Throws a TypeError for two, and for what cannot be sent. */
export function encodeBody(init: BodyInit): EncodedBody | undefined {
  const given = (['body', 'json', 'form'] as const).filter((name) => init[name] !== undefined)
  if (given.length > 1) throw new TypeError(`Got ${given.join(' and ')}; expected one body.`)
  if (init.json !== undefined) return encodeJson(init.json)
  if (init.form !== undefined) return encodeForm(init.form)
  return init.body === undefined ? undefined : encode(init.body)
}

/** Whether a body is gone when it was sent once; all but generators, streams and their kin can be sent again. */
export function isReadOnce(body: RequestBody | undefined): boolean {
  if (typeof body !== 'object' || body instanceof FormData || body instanceof URLSearchParams) return false
  if (Symbol.asyncIterator in body) return true
  return Symbol.iterator in body && (body[Symbol.iterator]() as unknown) === body
}

function encode(body: RequestBody): EncodedBody {
  if (typeof body === 'string' || body instanceof Uint8Array) return whole(toBytes(body), undefined)
  if (body instanceof URLSearchParams) {
    return whole(toBytes(body.toString()), 'application/x-www-form-urlencoded;charset=UTF-8')
  }
  if (body instanceof FormData) return encodeMultipart(body)
  if (body instanceof Blob) {
    const chunks = body.stream() as unknown as AsyncIterable<Uint8Array>
    return { chunks, length: body.size, type: body.type === '' ? undefined : body.type }
  }
  if (typeof body === 'object' && (Symbol.asyncIterator in body || Symbol.iterator in body)) {
    return { chunks: body, length: undefined, type: undefined }
  }
  throw new TypeError(
    `Got ${String(body)} for the body; expected a string, bytes, a Blob, URLSearchParams, FormData, or an iterable of chunks. Plain objects are sent by \`json\` or \`form\`.`,
  )
}

function encodeJson(value: unknown): EncodedBody {
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined) {
    throw new TypeError(`Got ${String(value)} for json; expected a value that JSON can hold.`)
  }
  return whole(toBytes(text), 'application/json')
}

/** Multipart where there is a file, urlencoded otherwise. */
function encodeForm(fields: FormInit): EncodedBody {
  const entries = Object.entries(fields).flatMap(([name, given]) =>
    [given].flat().map((value) => [name, value] as const),
  )
  if (!entries.some(([, value]) => value instanceof Blob)) {
    return encode(toSearchParams(fields as Parameters<typeof toSearchParams>[0]))
  }
  const form = new FormData()
  for (const [name, value] of entries) {
    if (value instanceof Blob) form.append(name, value)
    else if (value !== undefined) form.append(name, fieldText(name, value))
  }
  return encodeMultipart(form)
}

function whole(bytes: Uint8Array, type: string | undefined): EncodedBody {
  // A copy: the caller may use its buffer again.
  const copy = concat([bytes, new Uint8Array(0)])
  return { chunks: copy.byteLength === 0 ? [] : [copy], length: copy.byteLength, type }
}
