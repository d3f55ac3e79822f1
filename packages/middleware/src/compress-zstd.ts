import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'

/** What `node:zlib` has for Zstandard (RFC 8878) where it has it: Node 22.15 and newer. Its types are newer than our lowest version's. */
export interface Zstd {
  readonly compress: (
    bytes: Uint8Array,
    options: ZstdOptions,
    done: (error: Error | null, encoded: Uint8Array) => void,
  ) => void
  readonly compressSync: (bytes: Uint8Array, options: ZstdOptions) => Uint8Array
  readonly createCompress: (options: ZstdOptions) => Transform
  readonly createDecompress: (options: ZstdOptions) => Transform
  /** The numbers of parameters, and of the operation that flushes. */
  readonly parameters: {
    readonly compressionLevel: number
    readonly windowLog: number
    readonly hashLog: number
    readonly chainLog: number
    readonly windowLogMax: number
    readonly flush: number
  }
}

/** As those of `node:zlib`. */
export interface ZstdOptions {
  readonly params?: Readonly<Record<number, number>> | undefined
  readonly pledgedSrcSize?: number | undefined
  readonly flush?: number | undefined
  readonly highWaterMark?: number | undefined
  readonly chunkSize?: number | undefined
}

/** `undefined` where this version of Node has none. */
export const zstd: Zstd | undefined = read(zlib)

function read(source: object): Zstd | undefined {
  const given = source as Readonly<Record<string, unknown>>
  const numbers = zlib.constants as unknown as Readonly<Record<string, number>>
  if (typeof given.createZstdCompress !== 'function' || numbers.ZSTD_c_compressionLevel === undefined) {
    return undefined
  }
  return {
    compress: given.zstdCompress as Zstd['compress'],
    compressSync: given.zstdCompressSync as Zstd['compressSync'],
    createCompress: given.createZstdCompress as Zstd['createCompress'],
    createDecompress: given.createZstdDecompress as Zstd['createDecompress'],
    parameters: {
      compressionLevel: numbers.ZSTD_c_compressionLevel,
      windowLog: numbers.ZSTD_c_windowLog as number,
      hashLog: numbers.ZSTD_c_hashLog as number,
      chainLog: numbers.ZSTD_c_chainLog as number,
      windowLogMax: numbers.ZSTD_d_windowLogMax as number,
      flush: numbers.ZSTD_e_flush as number,
    },
  }
}
