import { isDotfile, isSafeName } from '@stapel/core/http'
import { checkOptions, flag, integer, type OptionCheck } from '../check-options.ts'
import type { Dotfiles } from './path.ts'

export interface StaticFilesOptions {
  /**
   * For how many seconds an answer may be used again without asking: `Cache-Control: public, max-age=N`, or `private` where the request
   * carried `Authorization`. With 0 it is `no-cache`: kept, and asked for each time whether it is still current.
   * @default 0
   */
  maxAge?: number
  /** Whether a file never changes under its name, so that it is not even asked for on a reload; needs a `maxAge`. @default false */
  immutable?: boolean
  /** The file of a directory that answers for it; `false` for none. @default 'index.html' */
  index?: string | false
  /**
   * Whether names that begin with a dot are served. `'ignore'` takes them for absent, in every segment and at the end of a link, but for
   * `.well-known` (RFC 8615). @default 'ignore'
   */
  dotfiles?: Dotfiles
}

/** The options with their defaults, checked. */
export interface StaticFilesSettings {
  readonly cacheControl: string
  /** For a request with `Authorization`, whose answer `public` would hand to everyone behind the same cache. */
  readonly authorizedCacheControl: string
  readonly index: string | false
  readonly dotfiles: Dotfiles
}

/** Checks the options; throws a TypeError that shows what it got. */
export function readOptions(options: StaticFilesOptions): StaticFilesSettings {
  checkOptions('staticFiles', options, checks)
  const { maxAge = 0, immutable = false, index = 'index.html', dotfiles = 'ignore' } = options
  if (immutable && maxAge === 0) {
    throw new TypeError(
      'staticFiles: got immutable without a maxAge; say for how many seconds, such as 31536000.',
    )
  }
  const age = `max-age=${maxAge}${immutable ? ', immutable' : ''}`
  return {
    cacheControl: maxAge === 0 ? 'no-cache' : `public, ${age}`,
    authorizedCacheControl: maxAge === 0 ? 'no-cache' : `private, ${age}`,
    index,
    dotfiles,
  }
}

// RFC 9111 section 1.2.2: what a cache need not count beyond.
const MAX_AGE_LIMIT = 2_147_483_648

const checks = {
  maxAge: integer(0, MAX_AGE_LIMIT, 'a number of seconds'),
  immutable: flag,
  index: {
    expected: 'the name of a file, or false',
    accepts: (index) =>
      index === false || (typeof index === 'string' && isSafeName(index) && !isDotfile(index)),
  },
  dotfiles: {
    expected: "'ignore' or 'allow'",
    accepts: (dotfiles) => dotfiles === 'ignore' || dotfiles === 'allow',
  },
} satisfies Record<keyof StaticFilesOptions, OptionCheck>
