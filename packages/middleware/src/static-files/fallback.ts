/**
 * Answers with a page where nothing was found: for an application that reads the path in the browser, or to say that there is nothing.
 *
 * The threat: a page under an address that is not meant: a script, an image or an answer of an API for which a client gets HTML with status 200,
 * keeps it, and takes it for what it asked for. Only those get the page who want HTML, by `Accept` alone, which every browser sends when it is
 * led to an address; caches are told that answers depend on it, those of the application inside, too.
 *
 * @module
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Application,
  type Body,
  type Environ,
  errorForm,
  type StartResponse,
  traceOf,
} from '@stapel/core'
import { varyOn } from '@stapel/core/http'
import { answerHere } from './answer.ts'
import { answerKept, type KeptFiles } from './answer-kept.ts'
import type { FallbackSettings } from './fallback-options.ts'
import type { FileCache, Found } from './file-cache.ts'
import type { FileHeaders } from './file-headers.ts'
import { type Mount, pathBelow } from './mounts.ts'
import type { StaticFilesSettings } from './options.ts'
import { encodeName, parseFilePath } from './path.ts'
import { PlacesSource } from './places-source.ts'
import { DirectorySource } from './source.ts'

/** Answers a request for which nothing was found, or lets the application do so. */
export type Fallback = (
  app: Application,
  environ: Environ,
  startResponse: StartResponse,
) => Body | Promise<Body>

/**
 * Makes what answers with the page of the mount in which a path lies, the longest prefix that has one. Throws a TypeError where no mount
 * has the page.
 */
export function createFallback(
  table: readonly Mount[],
  fallback: FallbackSettings,
  settings: StaticFilesSettings,
  cache: FileCache | undefined,
): Fallback {
  const { names, isExcepted, assets } = fallback
  const pages = table.flatMap((mount) =>
    pageOf(mount, fallback, { cache, chooseVariant: settings.chooseVariant }),
  )
  if (pages.length === 0) {
    throw new TypeError(
      `staticFiles: got the fallback ${JSON.stringify(names.join('/'))}, which no mount has; create it, or correct the path below the mount.`,
    )
  }
  const pageSettings = { ...settings, fileHeaders: fileHeadersOf(fallback, settings) }

  return function answerNotFound(app, environ, startResponse) {
    const page = pageFor(environ)
    if (page === undefined) return app(environ, startResponse)
    if (errorForm(environ.HTTP_ACCEPT) !== 'html') return app(environ, varyingOnAccept(startResponse))
    return answerKept(page, page.key, environ, startResponse, function read(environ, startResponse) {
      const looking = page.find(page.key)
      if (looking === undefined) return app(environ, startResponse)
      const keeper = traceOf(environ) === undefined ? cache?.keeper() : undefined
      return looking.then((found) =>
        found === undefined
          ? app(environ, startResponse)
          : answerHere(found.resource, page.key, environ, startResponse, pageSettings, keeper),
      )
    })
  }

  /** Where the page for a path comes from; `undefined` where the path itself is to have none. */
  function pageFor(environ: Environ): Page | undefined {
    const { REQUEST_METHOD: method, PATH_INFO: pathInfo } = environ
    if (method !== 'GET' && method !== 'HEAD') return undefined
    for (const page of pages) {
      const path = pathBelow(page.prefix, pathInfo)
      if (path === undefined) continue
      const asked = parseFilePath(path, settings.dotfiles)
      if (asked === undefined || (!assets && asked.names.at(-1)?.includes('.'))) return undefined
      return isExcepted(environ) ? undefined : page
    }
    return undefined
  }
}

interface Page extends KeptFiles {
  readonly prefix: string
  /** Under which the page is kept, whatever path it answers for. No path is like it: those that are not empty begin with `/`. */
  readonly key: string
}

/** The page of a mount in a list; an empty one where the mount has none. */
function pageOf(
  { prefix, directories }: Mount,
  { names, status }: FallbackSettings,
  kept: Pick<KeptFiles, 'cache' | 'chooseVariant'>,
): Page[] {
  const having = directories.filter(({ root }) =>
    statSync(join(root, ...names), { throwIfNoEntry: false })?.isFile(),
  )
  if (having.length === 0) return []
  const source = new PlacesSource(having.map(({ root, rules }) => new DirectorySource(root, false, rules)))
  const file = `/${names.map(encodeName).join('/')}`
  const find = (key: string): Promise<Found | undefined> | undefined =>
    source.find(file)?.then((found) => found && { resource: { ...found, status }, pathInfo: key })
  return [{ ...kept, prefix, key: `fallback ${prefix}`, find }]
}

function fileHeadersOf(
  { cacheControl, authorizedCacheControl }: FallbackSettings,
  { fileHeaders }: StaticFilesSettings,
): (path: string) => FileHeaders {
  return (path) => {
    const { headers, notModifiedHeaders } = fileHeaders(path)
    return {
      headers: varyOn([...headers], 'Accept'),
      notModifiedHeaders: varyOn([...notModifiedHeaders], 'Accept'),
      cacheControl,
      authorizedCacheControl,
    }
  }
}

function varyingOnAccept(startResponse: StartResponse): StartResponse {
  return (status, headers, error) =>
    // What is no list is refused further outside, with a message that shows it.
    startResponse(status, Array.isArray(headers) ? varyOn(headers, 'Accept') : headers, error)
}
