import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { CodingName } from './compress-codings.ts'
import { zstd } from './compress-zstd.ts'

/** A stream of `node:zlib`: takes encoded bytes and gives what they stand for. */
export interface Decoder extends Transform {
  /** How many bytes it has taken; less than were written when the encoded content was at its end before. */
  readonly bytesWritten: number
}

/** How a content coding is undone. */
export interface Decoding {
  readonly name: CodingName
  /** Whether what follows the end of encoded content may be another one (RFC 8878 section 3.1); gzip does that by itself (RFC 1952 section 2.2). */
  readonly goesOn: boolean
  create(): Decoder
}

/** The most that a decoder gives at once, in bytes; so far a body goes beyond its limits before that is seen. */
const PIECE_SIZE = 65_536

/** What this version of Node can undo, in the order in which `Accept-Encoding` names it. */
export const decodings: ReadonlyMap<string, Decoding> = new Map(
  [...list()].map((decoding) => [decoding.name, decoding]),
)

function* list(): Generator<Decoding> {
  if (zstd !== undefined) {
    const { createDecompress, parameters } = zstd
    // RFC 9659: no client may ask for a window of more than 8 MiB; the decoder's own limit is 128 MiB.
    const params = { [parameters.windowLogMax]: 23 }
    const create = () => createDecompress({ params, chunkSize: PIECE_SIZE }) as Decoder
    yield { name: 'zstd', goesOn: true, create }
  }
  const options = { chunkSize: PIECE_SIZE }
  yield { name: 'br', goesOn: false, create: () => createBrotliDecompress(options) }
  yield { name: 'gzip', goesOn: false, create: () => createGunzip(options) }
  yield { name: 'deflate', goesOn: false, create: () => createInflate(options) }
}
