/**
 * The content codings of `node:zlib`, with their levels and with bounded memory.
 *
 * What a coder may hold is set here and not left to its defaults: brotli's are made for files (22 MiB for a stream at quality 9), and zstd's grow with
 * the level (83 MiB at 19). A window of 8 MiB is the most that a client of zstd has to have (RFC 9659).
 *
 * @module
 */
import type { Transform } from 'node:stream'
import { promisify } from 'node:util'
import {
  type BrotliOptions,
  brotliCompress,
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  deflate,
  deflateSync,
  gzip,
  gzipSync,
  type ZlibOptions,
} from 'node:zlib'
import { zstd } from './compress-zstd.ts'

/** A content coding by its name in `Accept-Encoding` and `Content-Encoding` (RFC 9110 section 8.4.1, RFC 7932, RFC 8878). */
export type CodingName = 'zstd' | 'br' | 'gzip' | 'deflate'

/** A content coding at a level. */
export interface Coding {
  readonly name: CodingName
  readonly level: number
  /** The largest body, in bytes, that is encoded on the event loop. */
  readonly syncLimit: number
  /** A whole body, on the event loop. */
  encodeSync(bytes: Uint8Array): Uint8Array
  /** A whole body, on the thread pool. */
  encode(bytes: Uint8Array): Promise<Uint8Array>
  /** A stream that flushes after each write, and holds at least {@link SLICE_SIZE} bytes of output before it waits for its reader. */
  createStream(): Transform
}

/** What there is to know of a coding before it has a level. */
export interface CodingKind {
  readonly minLevel: number
  readonly maxLevel: number
  readonly defaultLevel: number
  /** Whether this version of Node has it. */
  readonly available: boolean
  create(level: number): Coding
}

/** The most bytes that are written to a coding's stream at once. */
export const SLICE_SIZE = 65_536

/**
 * The largest body, in bytes, that is compressed on the event loop at the default level or below: 64 KiB of JSON take gzip 0.6 to 0.9 ms there, and
 * twice the processor's time with the way to the thread pool and back.
 */
export const SYNC_LIMIT = 65_536

/** The same above the default level, where the last percent takes several times as long. */
export const SYNC_LIMIT_ABOVE_DEFAULT = 8192

/** All codings in the order in which they are offered unless that is told otherwise; `docs/decisions/compression.md` has the figures. */
export const codingKinds: ReadonlyMap<CodingName, CodingKind> = new Map<CodingName, CodingKind>([
  ['zstd', { minLevel: 1, maxLevel: 19, defaultLevel: 5, available: zstd !== undefined, create: createZstd }],
  // At 10 brotli takes 150 ms for 64 KiB, at 11 half a second: that is for files which are compressed beforehand.
  ['br', { minLevel: 0, maxLevel: 9, defaultLevel: 4, available: true, create: createBrotli }],
  ['gzip', { minLevel: 1, maxLevel: 9, defaultLevel: 6, available: true, create: createGzipCoding }],
  ['deflate', { minLevel: 1, maxLevel: 9, defaultLevel: 6, available: true, create: createDeflateCoding }],
])

/** Levels by coding; what is not named has its default. */
export type CompressLevels = { readonly [Name in CodingName]?: number | undefined }

/** The codings with these names that this version of Node has, in that order, each at its level. */
export function createCodings(names: Iterable<CodingName>, level: number | CompressLevels = {}): Coding[] {
  const codings: Coding[] = []
  for (const name of names) {
    const kind = codingKinds.get(name) as CodingKind
    if (!kind.available) continue
    codings.push(kind.create((typeof level === 'number' ? level : level[name]) ?? kind.defaultLevel))
  }
  return codings
}

// Incompressible input grows by a few bytes per 16 KiB: twice the slice always has room for all output of one write.
const streamRoom = { highWaterMark: 2 * SLICE_SIZE }

function syncLimitOf(name: CodingName, level: number): number {
  return level > (codingKinds.get(name) as CodingKind).defaultLevel ? SYNC_LIMIT_ABOVE_DEFAULT : SYNC_LIMIT
}

interface ZlibCoder {
  readonly sync: (bytes: Uint8Array, options: ZlibOptions) => Uint8Array
  readonly later: (bytes: Uint8Array, options: ZlibOptions) => Promise<Uint8Array>
  readonly stream: (options: ZlibOptions) => Transform
}

function createGzipCoding(level: number): Coding {
  return createZlibCoding('gzip', level, { sync: gzipSync, later: promisify(gzip), stream: createGzip })
}

/** The zlib format, which is what `deflate` names (RFC 9110 section 8.4.1.2), and not the raw one that some took it for. */
function createDeflateCoding(level: number): Coding {
  return createZlibCoding('deflate', level, {
    sync: deflateSync,
    later: promisify(deflate),
    stream: createDeflate,
  })
}

function createZlibCoding(name: 'gzip' | 'deflate', level: number, coder: ZlibCoder): Coding {
  // A body in a window that it fits into comes out as small, and 8 kB take up to 7 % less time; by the bits of the window, which are 9 to 15. Output is
  // got in pieces of half the window, where Node would take 16 KiB for each answer.
  const byWindow = Array.from({ length: 16 }, (_, windowBits) => ({
    level,
    windowBits,
    chunkSize: Math.max(2 ** (windowBits - 1), constants.Z_MIN_CHUNK),
  }))
  const optionsFor = (bytes: Uint8Array) =>
    byWindow[windowBitsFor(bytes.byteLength + ZLIB_LOOKAHEAD, 9, 15)] as ZlibOptions
  return {
    name,
    level,
    syncLimit: syncLimitOf(name, level),
    encodeSync: (bytes) => coder.sync(bytes, optionsFor(bytes)),
    encode: (bytes) => coder.later(bytes, optionsFor(bytes)),
    createStream: () => coder.stream({ level, flush: constants.Z_SYNC_FLUSH, ...streamRoom }),
  }
}

/** So much of its window zlib does not look back into. */
const ZLIB_LOOKAHEAD = 262

function createBrotli(level: number): Coding {
  const later = promisify<Uint8Array, BrotliOptions, Uint8Array>(brotliCompress)
  const optionsFor = (size: number): BrotliOptions => ({
    params: {
      [constants.BROTLI_PARAM_QUALITY]: level,
      [constants.BROTLI_PARAM_SIZE_HINT]: size,
      // 16 bytes of a brotli window are not used.
      [constants.BROTLI_PARAM_LGWIN]: windowBitsFor(size + 16, 16, 20),
    },
  })
  // A window of 64 KiB: at quality 9 a stream takes 1.7 MiB with it, and 22 MiB with one of 4 MiB.
  const streamOptions: BrotliOptions = {
    params: { [constants.BROTLI_PARAM_QUALITY]: level, [constants.BROTLI_PARAM_LGWIN]: 16 },
    flush: constants.BROTLI_OPERATION_FLUSH,
    finishFlush: constants.BROTLI_OPERATION_FINISH,
  }
  return {
    name: 'br',
    level,
    syncLimit: syncLimitOf('br', level),
    encodeSync: (bytes) => brotliCompressSync(bytes, optionsFor(bytes.byteLength)),
    encode: (bytes) => later(bytes, optionsFor(bytes.byteLength)),
    createStream: () => createBrotliCompress({ ...streamOptions, ...streamRoom }),
  }
}

function createZstd(level: number): Coding {
  if (zstd === undefined) throw new TypeError(`Node ${process.version} has no zstd.`)
  const { compressSync, compress, createCompress, parameters } = zstd
  const later = promisify(compress)
  const params = { [parameters.compressionLevel]: level }
  // The default of level 5 takes 3 MiB a stream, that of 19 takes 83 MiB; with these, no level takes more than 2 MiB.
  const streamParams = {
    ...params,
    [parameters.windowLog]: 17,
    [parameters.hashLog]: 16,
    [parameters.chainLog]: 16,
  }
  return {
    name: 'zstd',
    level,
    syncLimit: syncLimitOf('zstd', level),
    // The size lets it choose tables and a window that are not larger than the body.
    encodeSync: (bytes) => compressSync(bytes, { params, pledgedSrcSize: bytes.byteLength }),
    encode: (bytes) => later(bytes, { params, pledgedSrcSize: bytes.byteLength }),
    createStream: () => createCompress({ params: streamParams, flush: parameters.flush, ...streamRoom }),
  }
}

/** The bits of the smallest window that so many bytes fit into. */
function windowBitsFor(size: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, 32 - Math.clz32(size - 1)))
}
