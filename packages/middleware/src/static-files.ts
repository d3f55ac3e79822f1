/**
 * Serves files from directories.
 *
 * The threats: a path, a link or a special file that leads out of the directory (see `static-files/path.ts`, and `openBelow` of `@stapel/core/files`),
 * a redirect that leads to another host, content that a browser takes for another type than it was sent as, and a client that holds files
 * open. What lies in the directory is served to everyone who may ask: whoever must not see a file is stopped by a layer outside of this
 * one, and no upload belongs there whose name and type nobody checked.
 *
 * @module
 */
import {
  type Application,
  type Body,
  type Environ,
  type Middleware,
  type StartResponse,
  traceOf,
} from '@stapel/core'
import { answerWith } from './static-files/answer.ts'
import { answerKept } from './static-files/answer-kept.ts'
import { FileCache, type Found } from './static-files/file-cache.ts'
import { createMounts, pathBelow, type StaticMounts } from './static-files/mounts.ts'
import { readOptions, type StaticFilesOptions } from './static-files/options.ts'
import { createOtherwise } from './static-files/otherwise.ts'

export type { Except } from './except.ts'
export type { CacheControlRule, ResponseCacheControl } from './static-files/cache-control-rules.ts'
export type { FileTypes } from './static-files/content-type.ts'
export type { StaticFallback } from './static-files/fallback-options.ts'
export type { FileCacheOptions } from './static-files/file-cache-options.ts'
export type { FileHeadersOption, FileHeadersRule } from './static-files/file-headers.ts'
export type { StaticMounts, StaticPlace } from './static-files/mounts.ts'
export type { Symlinks } from './static-files/open-named.ts'
export type { StaticFilesOptions } from './static-files/options.ts'
export { packageAssets } from './static-files/package-assets.ts'
export type { Dotfiles } from './static-files/path.ts'
export type { PathPatterns } from './static-files/path-pattern.ts'
export type { Precompressed } from './static-files/variants.ts'

/**
 * Answers requests for files that exist below a mount, by GET and HEAD, with validators, conditional requests and byte ranges; every other
 * request goes to the application inside, as it came. A file that is asked for by another method is answered 405.
 *
 * Where mounts lie within each other, the longest prefix is looked at first. A directory is looked up once, when this is called, and its own link
 * followed then. Throws a TypeError for a mount where there is neither directory nor file, and for wrong options.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { staticFiles } from '@stapel/middleware/static-files'
 *
 * export const app = stack(
 *   (_environ, startResponse) => {
 *     startResponse('404 Not Found', [['Content-Type', 'text/plain']])
 *     return 'There is no such page.'
 *   },
 *   staticFiles({ '/static': new URL('.', import.meta.url) }, { maxAge: 3600 }),
 * )
 * ```
 */
export function staticFiles(mounts: StaticMounts, options: StaticFilesOptions = {}): Middleware {
  const settings = readOptions(options)
  const table = createMounts(mounts, settings)
  const cache = settings.cache === false ? undefined : new FileCache(settings.cache, settings.precompressed)
  const files = { cache, find, chooseVariant: settings.chooseVariant }
  const otherwise = createOtherwise(table, settings, cache)

  return function staticFiles(app: Application): Application {
    return function staticFiles(environ, startResponse) {
      return answerKept(files, environ.PATH_INFO, environ, startResponse, respond)
    }

    function respond(environ: Environ, startResponse: StartResponse): Body | Promise<Body> {
      const looking = find(environ.PATH_INFO)
      if (looking === undefined) return otherwise(app, environ, startResponse)
      const keeper = traceOf(environ) === undefined ? cache?.keeper() : undefined
      return looking.then((found) =>
        found === undefined
          ? otherwise(app, environ, startResponse)
          : answerWith(found.resource, found.pathInfo, environ, startResponse, settings, keeper),
      )
    }
  }

  /** The file for a path in the mounts from this number on; `undefined` at once where no file has to be looked for. */
  function find(pathInfo: string, from = 0): Promise<Found | undefined> | undefined {
    for (let i = from; i < table.length; i++) {
      const { prefix, source } = table[i] as (typeof table)[number]
      const path = pathBelow(prefix, pathInfo)
      const looking = path === undefined ? undefined : source.find(path)
      if (looking === undefined) continue
      return looking.then((resource) =>
        resource === undefined ? find(pathInfo, i + 1) : { resource, pathInfo: prefix + resource.path },
      )
    }
    return undefined
  }
}
