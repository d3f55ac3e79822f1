/**
 * Undoes the content codings of an answer, for `--compressed`.
 *
 * The threat: a small answer that stands for a very large one. It is decoded as it is written, so that little of it is in memory, and cut at
 * {@link DECODED_LIMIT}.
 *
 * @module
 */
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import { parseList } from '@stapel/core/http'

/** So many bytes a decoded answer may have. */
export const DECODED_LIMIT: number = 1024 * 1024 * 1024

/** So many codings an answer may have, one over the other. */
export const CODING_LIMIT = 5

/** An answer cannot be decoded, or is too large decoded. */
export class DecodeError extends Error {
  static {
    DecodeError.prototype.name = 'DecodeError'
  }
}

/** The codings that this version of Node can undo, as `Accept-Encoding` names them. */
export function acceptEncoding(): string {
  return [...decoders.keys()].filter((name) => name !== 'x-gzip').join(', ')
}

/**
 * A body without its content codings, which `contentEncoding` names in the order in which they were applied (RFC 9110 section 8.4). Throws a
 * {@link DecodeError} where it is read, and for a coding that is not known.
 */
export async function* decodeBody(
  body: AsyncIterable<Uint8Array>,
  contentEncoding: string,
  limit: number = DECODED_LIMIT,
): AsyncGenerator<Uint8Array> {
  const names = parseList(contentEncoding.toLowerCase()).filter((name) => name !== 'identity')
  if (names.length > CODING_LIMIT)
    throw new DecodeError(`The answer has ${names.length} content codings; expected ${CODING_LIMIT} at most.`)
  let decoded = body
  for (const name of names.reverse()) {
    const create = decoders.get(name)
    if (create === undefined) throw new DecodeError(`The content coding ${name} is not known.`)
    decoded = through(decoded, create(), name)
  }
  let size = 0
  for await (const chunk of decoded) {
    size += chunk.byteLength
    if (size > limit) throw new DecodeError(`The answer has more than ${limit} bytes when it is decoded.`)
    yield chunk
  }
}

/** A body of no bytes stays one: HEAD has the coding, and nothing that is coded. */
async function* through(
  body: AsyncIterable<Uint8Array>,
  decoder: Transform,
  name: string,
): AsyncGenerator<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done === true) return
  let failure: { readonly error: unknown } | undefined
  const source = Readable.from(
    (async function* () {
      try {
        yield first.value
        for (let step = await iterator.next(); step.done !== true; step = await iterator.next())
          yield step.value
      } catch (error) {
        failure = { error }
        throw error
      }
    })(),
  )
  pipeline(source, decoder).catch(() => {})
  try {
    for await (const chunk of decoder) yield chunk as Uint8Array
  } catch (cause) {
    if (failure !== undefined) throw failure.error
    throw new DecodeError(`The answer is not coded as ${name}: ${(cause as Error).message}.`, { cause })
  }
}

// Node has zstd from 22.15 on.
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform }

const decoders: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['deflate', () => zlib.createInflate()],
  ['gzip', () => zlib.createGunzip()],
  ['x-gzip', () => zlib.createGunzip()],
  ['br', () => zlib.createBrotliDecompress()],
  ...(createZstdDecompress === undefined
    ? []
    : ([['zstd', () => createZstdDecompress()]] satisfies [string, () => Transform][])),
])
