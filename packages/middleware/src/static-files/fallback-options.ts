import type { Environ } from '@stapel/core'
import { isSafeName } from '@stapel/core/http'
import { checkOptions, flag, type OptionCheck } from '../check-options.ts'
import { compileExcept, type Except, exceptCheck } from '../except.ts'
import { type CacheControlPair, type ResponseCacheControl, readCacheControl } from './cache-control-rules.ts'

/** The page that answers where nothing was found. */
export interface StaticFallback {
  /** Its path below the mount, as in `'index.html'`. */
  file: string
  /** 200 for the page of an application that reads the path itself, 404 for one that says that there is nothing. @default 200 */
  status?: 200 | 404 | undefined
  /** Requests that are left to the application inside: `['/api']`. @default none */
  except?: Except | undefined
  /** Whether it answers for paths whose last name holds a dot, too, as those of scripts and images do. @default false */
  assets?: boolean | undefined
  /** Its `Cache-Control`, under every path that it answers for. @default 'no-cache' */
  cacheControl?: string | ResponseCacheControl | undefined
}

/** A fallback, checked. */
export interface FallbackSettings extends CacheControlPair {
  /** The names of its path. */
  readonly names: readonly string[]
  readonly status: 200 | 404
  readonly isExcepted: (environ: Environ) => boolean
  readonly assets: boolean
}

/** Whether an option is the path of a fallback, or says more of it. */
export function isFallback(option: unknown): boolean {
  return option === false || typeof option === 'string' || (typeof option === 'object' && option !== null)
}

/** Reads the option; `undefined` for none. Throws a TypeError that shows what it got. */
export function readFallback(option: string | StaticFallback | false): FallbackSettings | undefined {
  if (option === false) return undefined
  const given = typeof option === 'string' ? { file: option } : option
  checkOptions('staticFiles: fallback', given, checks)
  const { file, status = 200, assets = false, cacheControl = 'no-cache' } = given
  const names = namesOf(file)
  if (names === undefined) {
    throw new TypeError(`staticFiles: got a fallback without a file; expected ${checks.file.expected}.`)
  }
  return {
    names,
    status,
    isExcepted: compileExcept('staticFiles: fallback', given.except),
    assets,
    ...readCacheControl(cacheControl, 'cacheControl of fallback'),
  }
}

const checks = {
  file: {
    expected: "the path of a file below the mount, as in 'index.html'",
    accepts: (file) => namesOf(file) !== undefined,
  },
  status: { expected: '200 or 404', accepts: (status) => status === 200 || status === 404 },
  except: exceptCheck,
  assets: flag,
  cacheControl: {
    expected: "directives such as 'no-cache'",
    accepts: (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
  },
} satisfies Record<keyof StaticFallback, OptionCheck>

function namesOf(file: unknown): readonly string[] | undefined {
  if (typeof file !== 'string') return undefined
  const names = (file.startsWith('/') ? file.slice(1) : file).split('/')
  return names.every(isSafeName) ? names : undefined
}
