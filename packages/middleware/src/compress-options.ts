import { callback, integer, type OptionChecks } from './check-options.ts'
import type { CompressCacheOptions } from './compress-cache.ts'
import { type CodingName, type CompressLevels, codingKinds } from './compress-codings.ts'
import { type Except, exceptCheck } from './except.ts'

export interface CompressOptions {
  /**
   * The codings that are offered, the one liked best first: it decides between those that the client likes equally. What this version of Node does
   * not have (zstd before 22.15) is left out.
   *
   * @default ['zstd', 'br', 'gzip', 'deflate']
   */
  codings?: readonly CodingName[] | undefined
  /**
   * How hard to try: one number from 1 (fast) to 9 (small) for all codings, or numbers by coding: zstd 1 to 19, br 0 to 9, gzip and deflate 1 to 9.
   *
   * @default { zstd: 5, br: 4, gzip: 6, deflate: 6 }
   */
  level?: number | CompressLevels | undefined
  /** Answers whose size is known and below this many bytes are left alone: they fit one packet anyway. @default 1024 */
  threshold?: number | undefined
  /** Whether content of this type is worth compressing; gets it in lower case and without parameters. @default isCompressibleType */
  compressible?: ((type: string) => boolean) | undefined
  /** Requests whose answers are left alone, such as pages with a secret beside what the client may choose (BREACH). @default none */
  except?: Except | undefined
  /**
   * Keeps what was compressed, by URL and `ETag`; `{}` for the default bounds. Files up to 1 MiB are then read whole before they are sent.
   *
   * @default none is kept
   */
  cache?: CompressCacheOptions | undefined
}

/** What `checkOptions` checks them with. */
export const compressChecks: OptionChecks<CompressOptions> = {
  codings: {
    expected: `a list of names, each once, of which Node ${process.version} has one at least: ${[...codingKinds.keys()].join(', ')}`,
    accepts: areCodings,
  },
  level: {
    expected: `one level: an integer from 1 to 9; or levels by coding: ${levelRanges()}`,
    accepts: (value) => (typeof value === 'object' ? areLevels(value) : isBetween(value, 1, 9)),
  },
  threshold: integer(0, Number.MAX_SAFE_INTEGER, 'a number of bytes'),
  compressible: callback('a function from a content type to true or false'),
  except: exceptCheck,
  cache: {
    expected: 'an object with maxBytes and maxEntries, integers from 1 up',
    accepts: isCacheOptions,
  },
}

function areCodings(value: unknown): boolean {
  if (!Array.isArray(value) || new Set(value).size !== value.length) return false
  return (
    value.every((name) => codingKinds.has(name)) && value.some((name) => codingKinds.get(name)?.available)
  )
}

function areLevels(value: object | null): boolean {
  if (value === null || Array.isArray(value)) return false
  return Object.entries(value).every(([name, level]) => {
    const kind = codingKinds.get(name as CodingName)
    return kind !== undefined && (level === undefined || isBetween(level, kind.minLevel, kind.maxLevel))
  })
}

function levelRanges(): string {
  return Array.from(
    codingKinds,
    ([name, { minLevel, maxLevel }]) => `${name} ${minLevel} to ${maxLevel}`,
  ).join(', ')
}

function isCacheOptions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(value).every(
    ([name, bound]) =>
      (name === 'maxBytes' || name === 'maxEntries') &&
      (bound === undefined || isBetween(bound, 1, Number.MAX_SAFE_INTEGER)),
  )
}

function isBetween(value: unknown, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
}
