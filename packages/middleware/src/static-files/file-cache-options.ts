import { checkOptions, integer, type OptionCheck } from '../check-options.ts'
import { FILE_CACHE_LIMITS, type FileCacheLimits } from './file-cache.ts'

/** How much of the files is kept in memory, and for how long it is believed. */
export interface FileCacheOptions {
  /** The most memory, in bytes, of all that is kept: contents, headers, names. @default 67108864 (64 MiB) */
  maxBytes?: number | undefined
  /** The largest content that is kept, in bytes; of a larger file only the headers are. @default 262144 (256 KiB) */
  maxFileBytes?: number | undefined
  /** The most files. @default 10000 */
  maxEntries?: number | undefined
  /** The most milliseconds for which what is kept is used without a look at the file; 0 looks each time. @default 1000 */
  maxStaleMs?: number | undefined
}

/** The limits with their defaults, checked; `false` for no cache. Throws a TypeError that shows what it got. */
export function readFileCacheOptions(options: FileCacheOptions | false = {}): FileCacheLimits | false {
  if (options === false) return false
  checkOptions('staticFiles, cache', options, checks)
  const {
    maxBytes = FILE_CACHE_LIMITS.maxBytes,
    maxFileBytes = Math.min(FILE_CACHE_LIMITS.maxFileBytes, maxBytes),
    maxEntries = FILE_CACHE_LIMITS.maxEntries,
    maxStaleMs = FILE_CACHE_LIMITS.maxStaleMs,
  } = options
  if (maxFileBytes > maxBytes) {
    throw new TypeError(
      `staticFiles, cache: got ${maxFileBytes} for maxFileBytes and ${maxBytes} for maxBytes; expected that one file is no more than all.`,
    )
  }
  return { maxBytes, maxFileBytes, maxEntries, maxStaleMs }
}

const DAY_MS = 86_400_000

const checks = {
  maxBytes: integer(0, Number.MAX_SAFE_INTEGER, 'a number of bytes'),
  maxFileBytes: integer(0, 2 ** 31 - 1, 'a number of bytes'),
  maxEntries: integer(0, 16_000_000, 'a number of files'),
  maxStaleMs: integer(0, DAY_MS, 'a number of milliseconds'),
} satisfies Record<keyof FileCacheOptions, OptionCheck>
