import { DELTA_SECONDS_LIMIT, isDotfile, isSafeName } from '@stapel/core/http'
import { checkOptions, flag, integer, type OptionCheck } from '../check-options.ts'
import { type CacheControlPair, type CacheControlRule, cacheControlPair } from './cache-control-rules.ts'
import { createContentTypes, type FileTypes } from './content-type.ts'
import { type FallbackSettings, isFallback, readFallback, type StaticFallback } from './fallback-options.ts'
import type { FileCacheLimits } from './file-cache.ts'
import { type FileCacheOptions, readFileCacheOptions } from './file-cache-options.ts'
import { createFileHeaders, type FileHeaders, type FileHeadersOption } from './file-headers.ts'
import type { Symlinks } from './open-named.ts'
import type { Dotfiles } from './path.ts'
import { areEndings, TRY_FILES_LIMIT } from './try-files.ts'
import {
  createVariantChoice,
  type Precompressed,
  precompressedCheck,
  type VariantChoice,
} from './variants.ts'

/** The entries of a directory that a listing looks at, unless the option `listing` says otherwise. */
export const LISTING_LIMIT = 1000

export interface StaticFilesOptions {
  /**
   * For how many seconds an answer may be used again without asking: `Cache-Control: public, max-age=N`, or `private` where the request
   * carried `Authorization`. With 0 it is `no-cache`: kept, and asked for each time whether it is still current.
   * @default 0
   */
  maxAge?: number | undefined
  /** Whether a file never changes under its name, so that it is not even asked for on a reload; needs a `maxAge`. @default false */
  immutable?: boolean | undefined
  /**
   * `Cache-Control` by patterns of paths, as in `[['/assets/**', { maxAge: 31536000, immutable: true }]]`: the first rule that matches
   * the file counts; `maxAge` and `immutable` are for those that none does.
   * @default []
   */
  cacheControl?: readonly CacheControlRule[] | undefined
  /** Further headers of files, and of their 304. @default [] */
  headers?: FileHeadersOption | undefined
  /** Media types of extensions and files, before those of the database. @default {} */
  types?: FileTypes | undefined
  /** The file of a directory that answers for it; `false` for none. @default 'index.html' */
  index?: string | false | undefined
  /**
   * Endings that a path may leave out, tried in this order: with `['.html']`, `/about` is `about.html`. Each file has one address: where it can be
   * had without its ending, the one with it redirects there. @default []
   */
  tryFiles?: readonly string[] | undefined
  /**
   * The page that answers GET and HEAD of clients that want HTML where nothing was found, by its path below the mount: for applications that read
   * the path in the browser, or, with `status: 404`, to say so in words. Not for paths whose last name holds a dot. `false` for none:
   * what is not found goes to the application inside. @default false
   */
  fallback?: string | StaticFallback | false | undefined
  /**
   * Whether a directory without an index is answered by a list of what is served of it, as a page or JSON. `{ limit }` says how
   * many entries are looked at. @default false
   */
  listing?: boolean | { limit?: number } | undefined
  /**
   * Whether names that begin with a dot are served. `'ignore'` takes them for absent, `'deny'` answers 403, in every segment and at the end of
   * a link, but for `.well-known` (RFC 8615). @default 'ignore'
   */
  dotfiles?: Dotfiles | undefined
  /**
   * Which links are followed below a directory: those that stay in it; with `'follow'` all, wherever they lead and whatever its name; with
   * `'refuse'` none. @default 'inside'
   */
  symlinks?: Symlinks | undefined
  /**
   * Whether a name must be spelled as it stands in its directory where the file system ignores case, so that a guard for `/Secret.txt` is not passed by
   * `/SECRET.TXT`. Whether it does is looked up for each directory when the layer is made. @default true
   */
  exactCase?: boolean | undefined
  /**
   * How much of the files is kept in memory, as an object of limits; `false` for nothing. It is never used in development, where an edit
   * shows at once. @default { maxBytes: 67108864, maxFileBytes: 262144, maxEntries: 10000, maxStaleMs: 1000 }
   */
  cache?: FileCacheOptions | false | undefined
  /**
   * The codings in which files lie compressed beside themselves (`'br'`: `app.js.br`, `'zstd'`: `.zst`, `'gzip'`: `.gz`), the one that is liked best
   * first. A neighbour is sent where the client accepts it and it is no older than its file. @default []
   */
  precompressed?: readonly Precompressed[] | undefined
}

/** The options with their defaults, checked. */
export interface StaticFilesSettings extends CacheControlPair {
  readonly fileHeaders: (path: string) => FileHeaders
  readonly contentTypeOf: (fileName: string) => string
  readonly index: string | false
  readonly tryFiles: readonly string[]
  readonly fallback: FallbackSettings | undefined
  readonly listing: { readonly limit: number } | undefined
  readonly dotfiles: Dotfiles
  readonly symlinks: Symlinks
  readonly exactCase: boolean
  readonly cache: FileCacheLimits | false
  readonly precompressed: readonly Precompressed[]
  readonly chooseVariant: VariantChoice
}

/** Checks the options; throws a TypeError that shows what it got. */
export function readOptions(options: StaticFilesOptions): StaticFilesSettings {
  checkOptions('staticFiles', options, checks)
  const { maxAge = 0, immutable = false, index = 'index.html', dotfiles = 'ignore' } = options
  const { tryFiles = [], fallback = false, listing = false, symlinks = 'inside', exactCase = true } = options
  const { cacheControl: rules = [], headers = [], types = {} } = options
  const { cache, precompressed = [] } = options
  if (immutable && maxAge === 0) {
    throw new TypeError(
      'staticFiles: got immutable without a maxAge; say for how many seconds, such as 31536000.',
    )
  }
  const pair = cacheControlPair(maxAge === 0 ? { noCache: true } : { public: true, maxAge, immutable })
  return {
    ...pair,
    fileHeaders: createFileHeaders({ ...pair, rules, headers }),
    contentTypeOf: createContentTypes(types),
    index,
    tryFiles,
    fallback: readFallback(fallback),
    listing: readListing(listing),
    dotfiles,
    symlinks,
    exactCase,
    cache: readFileCacheOptions(cache),
    precompressed: [...precompressed],
    chooseVariant: createVariantChoice(),
  }
}

function readListing(listing: boolean | { limit?: number }): { limit: number } | undefined {
  if (listing === false) return undefined
  const given = listing === true ? {} : listing
  checkOptions('staticFiles: listing', given, listingChecks)
  return { limit: given.limit ?? LISTING_LIMIT }
}

const listingChecks = {
  limit: integer(1, 100_000, 'a number of entries'),
} satisfies Record<'limit', OptionCheck>

const checks = {
  maxAge: integer(0, DELTA_SECONDS_LIMIT, 'a number of seconds'),
  immutable: flag,
  cacheControl: {
    expected: "a list of rules, as in [['*.html', 'no-cache']]",
    accepts: Array.isArray,
  },
  headers: {
    expected: 'a list of pairs, a list of rules, or a function of the path',
    accepts: (headers) => Array.isArray(headers) || typeof headers === 'function',
  },
  types: {
    expected: "an object of media types by extension, as in { '.glb': 'model/gltf-binary' }",
    accepts: (types) => typeof types === 'object' && types !== null && !Array.isArray(types),
  },
  index: {
    expected: 'the name of a file, or false',
    accepts: (index) =>
      index === false || (typeof index === 'string' && isSafeName(index) && !isDotfile(index)),
  },
  tryFiles: {
    expected: `a list of at most ${TRY_FILES_LIMIT} endings such as ['.html'], none of them the end of another`,
    accepts: areEndings,
  },
  fallback: {
    expected: 'the path of a file below the mount, an object that says more of it, or false',
    accepts: isFallback,
  },
  listing: {
    expected: 'true, false or an object such as { limit: 1000 }',
    accepts: (listing) => typeof listing === 'boolean' || (typeof listing === 'object' && listing !== null),
  },
  dotfiles: {
    expected: "'ignore', 'deny' or 'allow'",
    accepts: (dotfiles) => ['ignore', 'deny', 'allow'].includes(dotfiles as string),
  },
  symlinks: {
    expected: "'inside', 'follow' or 'refuse'",
    accepts: (symlinks) => ['inside', 'follow', 'refuse'].includes(symlinks as string),
  },
  exactCase: flag,
  cache: {
    expected: 'an object of limits, or false',
    accepts: (cache) => cache === false || (typeof cache === 'object' && cache !== null),
  },
  precompressed: precompressedCheck,
} satisfies Record<keyof StaticFilesOptions, OptionCheck>
