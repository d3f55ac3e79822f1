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
import type { Application, Body, Environ, Middleware, StartResponse } from '@stapel/core'
import { answerWith } from './static-files/answer.ts'
import { createMounts, pathBelow } from './static-files/mounts.ts'
import { readOptions, type StaticFilesOptions } from './static-files/options.ts'

export type { StaticFilesOptions } from './static-files/options.ts'
export type { Dotfiles } from './static-files/path.ts'

/** Paths, and the directory or the single file that each stands for: a path, relative to the current directory, or a `file:` URL. */
export type StaticMounts = Readonly<Record<string, string | URL>>

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

  return function staticFiles(app: Application): Application {
    return function staticFiles(environ, startResponse) {
      return respond(0, environ, startResponse)
    }

    /** Looks from the mount of this number on; no promise is made until a file has to be looked for. */
    function respond(from: number, environ: Environ, startResponse: StartResponse): Body | Promise<Body> {
      for (let i = from; i < table.length; i++) {
        const { prefix, source } = table[i] as (typeof table)[number]
        const path = pathBelow(prefix, environ.PATH_INFO)
        const looking = path === undefined ? undefined : source.find(path)
        if (looking === undefined) continue
        return looking.then((resource) =>
          resource === undefined
            ? respond(i + 1, environ, startResponse)
            : answerWith(resource, prefix + resource.path, environ, startResponse, settings),
        )
      }
      return app(environ, startResponse)
    }
  }
}
