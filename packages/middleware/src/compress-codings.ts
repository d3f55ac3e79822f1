import type { Transform } from 'node:stream'
import { promisify } from 'node:util'
import { constants, createGzip, gzip, gzipSync, type ZlibOptions } from 'node:zlib'
import { chooseEncoding } from '@stapel/core/http'

/** A content coding (RFC 9110 section 8.4.1) that answers can be given in. `level` is on zlib's scale; without it, the coding's default. */
export interface Coding {
  /** As in `Accept-Encoding` and `Content-Encoding`. */
  readonly name: string
  /** A whole body, on the event loop. */
  encodeSync(bytes: Uint8Array, level: number | undefined): Uint8Array
  /** A whole body, on the thread pool. */
  encode(bytes: Uint8Array, level: number | undefined): Promise<Uint8Array>
  /** A stream that flushes after each write, and holds at least {@link SLICE_SIZE} bytes of output before it waits for its reader. */
  createStream(level: number | undefined): Transform
}

/** The most bytes that are written to a coding's stream at once. */
export const SLICE_SIZE = 65_536

/** What we can give, the one that we like best first: it decides between codings that the client likes equally. */
export const codings: readonly Coding[] = [
  {
    name: 'gzip',
    encodeSync: (bytes, level) => gzipSync(bytes, zlibOptions(level)),
    encode: (bytes, level) => gzipAsync(bytes, zlibOptions(level)),
    createStream: (level) => createGzip({ ...zlibOptions(level), ...streamOptions }),
  },
]

/** How many different `Accept-Encoding` headers have their choice remembered; browsers send about five. */
export const CHOICE_CACHE_LIMIT = 64

/**
 * Chooses a coding by `Accept-Encoding`: the one with the highest weight that is not 0, `undefined` for identity. Identity is chosen when
 * nothing else is acceptable, when its own weight is higher, and when there is no header.
 */
export function createCodingChoice(
  offered: readonly Coding[],
): (acceptEncoding: string | undefined) => Coding | undefined {
  const choices = new Map<string, Coding | undefined>()
  return (acceptEncoding) => {
    if (acceptEncoding === undefined) return undefined
    const known = choices.get(acceptEncoding)
    if (known !== undefined || choices.has(acceptEncoding)) return known
    const choice = chooseCoding(acceptEncoding, offered)
    if (choices.size < CHOICE_CACHE_LIMIT && acceptEncoding.length <= 256) choices.set(acceptEncoding, choice)
    return choice
  }
}

function chooseCoding(acceptEncoding: string, offered: readonly Coding[]): Coding | undefined {
  const names = offered.map((coding) => coding.name)
  const name = chooseEncoding(acceptEncoding, names)
  return offered.find((coding) => coding.name === name)
}

const gzipAsync = promisify<Uint8Array, ZlibOptions, Uint8Array>(gzip)

// Incompressible input grows by a few bytes per 16 KiB: twice the slice always has room for all output of one write.
const streamOptions = { flush: constants.Z_SYNC_FLUSH, highWaterMark: 2 * SLICE_SIZE }

function zlibOptions(level: number | undefined): ZlibOptions {
  return level === undefined ? {} : { level }
}
