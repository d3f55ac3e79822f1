import * as zlib from 'node:zlib'
import type { CodingName } from './compress-codings.ts'
import { zstd } from './compress-zstd.ts'

/** The codings that this version of Node has. */
export const present: readonly CodingName[] =
  zstd === undefined ? ['br', 'gzip', 'deflate'] : ['zstd', 'br', 'gzip', 'deflate']

type Decode = (content: Uint8Array, options: { finishFlush?: number }) => Buffer

const decoders: Readonly<Record<CodingName, Decode>> = {
  zstd: (zlib as unknown as { zstdDecompressSync: Decode }).zstdDecompressSync,
  br: zlib.brotliDecompressSync,
  gzip: zlib.gunzipSync,
  deflate: zlib.inflateSync,
}

/** Takes content back to what it was; throws where it is not whole. */
export function decode(coding: CodingName, content: Uint8Array): Buffer {
  return decoders[coding](content, {})
}

/** What a client can read of the beginning of a stream. */
export function decodeStart(coding: CodingName, content: Uint8Array): string {
  const { constants } = zlib
  // Flushing instead of finishing, they do not ask for the end.
  const flushes = {
    zstd: 0,
    br: constants.BROTLI_OPERATION_FLUSH,
    gzip: constants.Z_SYNC_FLUSH,
    deflate: constants.Z_SYNC_FLUSH,
  }
  return decoders[coding](content, { finishFlush: flushes[coding] }).toString()
}
