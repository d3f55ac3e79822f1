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
import { type Application, type Body, type Environ, errorForm, type StartResponse } from '@stapel/core'
import { varyOn } from '@stapel/core/http'
import { answerWith } from './answer.ts'
import type { FallbackSettings } from './fallback-options.ts'
import type { FileHeaders } from './file-headers.ts'
import { type Mount, pathBelow } from './mounts.ts'
import type { StaticFilesSettings } from './options.ts'
import { encodeName, parseFilePath } from './path.ts'
import { PlacesSource } from './places-source.ts'
import { DirectorySource, type Source } from './source.ts'

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
): Fallback {
  const { names, status, except, assets } = fallback
  const file = `/${names.map(encodeName).join('/')}`
  const pages = table.flatMap((mount) => pageOf(mount, names))
  if (pages.length === 0) {
    throw new TypeError(
      `staticFiles: got the fallback ${JSON.stringify(names.join('/'))}, which no mount has; create it, or correct the path below the mount.`,
    )
  }
  const pageSettings = { ...settings, fileHeaders: fileHeadersOf(fallback, settings) }

  return function answerNotFound(app, environ, startResponse) {
    const source = pageFor(environ)
    if (source === undefined) return app(environ, startResponse)
    if (errorForm(environ.HTTP_ACCEPT) !== 'html') return app(environ, varyingOnAccept(startResponse))
    const looking = source.find(file)
    if (looking === undefined) return app(environ, startResponse)
    return looking.then((found) => {
      if (found === undefined) return app(environ, startResponse)
      const { PATH_INFO: path } = environ
      return answerWith({ ...found, path, status }, path, environ, startResponse, pageSettings)
    })
  }

  /** Where the page for a path comes from; `undefined` where the path itself is to have none. */
  function pageFor({ REQUEST_METHOD: method, PATH_INFO: pathInfo }: Environ): Source | undefined {
    if (method !== 'GET' && method !== 'HEAD') return undefined
    for (const { prefix, source } of pages) {
      const path = pathBelow(prefix, pathInfo)
      if (path === undefined) continue
      const asked = parseFilePath(path, settings.dotfiles)
      if (asked === undefined || (!assets && asked.names.at(-1)?.includes('.'))) return undefined
      return except(`/${asked.names.join('/')}`) ? undefined : source
    }
    return undefined
  }
}

interface Page {
  readonly prefix: string
  readonly source: Source
}

function pageOf({ prefix, directories }: Mount, names: readonly string[]): Page[] {
  const having = directories.filter(({ root }) =>
    statSync(join(root, ...names), { throwIfNoEntry: false })?.isFile(),
  )
  if (having.length === 0) return []
  return [
    {
      prefix,
      source: new PlacesSource(having.map(({ root, rules }) => new DirectorySource(root, false, rules))),
    },
  ]
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
