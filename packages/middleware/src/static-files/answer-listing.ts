import type { Body, Environ, HeaderList, StartResponse } from '@stapel/core'
import { chooseMediaType } from '@stapel/core/http'
import { listDirectories } from './directory-listing.ts'
import {
  htmlListing,
  jsonListing,
  type ListingPage,
  listingPolicy,
  parseListingOrder,
} from './listing-page.ts'
import { type Mount, pathBelow } from './mounts.ts'
import type { StaticFilesSettings } from './options.ts'
import { parseFilePath } from './path.ts'
import { redirectHeaders } from './redirect.ts'

/** Begins an answer, and gives its body. */
export type Answer = (startResponse: StartResponse) => Body

/** Answers a request for a directory by listing it; `undefined` for what is none, at once where the request alone tells. */
export type AnswerListing = (environ: Environ) => Promise<Answer | undefined> | undefined

/** Makes what answers with listings of at most so many entries. */
export function createListing(
  table: readonly Mount[],
  limit: number,
  { dotfiles }: Pick<StaticFilesSettings, 'dotfiles'>,
): AnswerListing {
  return (environ) => look(0, environ)

  /** Looks from the mount of this number on. */
  function look(from: number, environ: Environ): Promise<Answer | undefined> | undefined {
    if (environ.REQUEST_METHOD !== 'GET' && environ.REQUEST_METHOD !== 'HEAD') return undefined
    for (let i = from; i < table.length; i++) {
      const { prefix, directories } = table[i] as Mount
      const path = pathBelow(prefix, environ.PATH_INFO)
      const asked = path === undefined ? undefined : parseFilePath(path, dotfiles)
      if (asked === undefined || directories.length === 0) continue
      const { names, slash, canonical } = asked
      return listDirectories(directories, names, limit).then((listing) => {
        if (listing === undefined) return look(i + 1, environ)
        const pathInfo = prefix + canonical + (slash ? '' : '/')
        if (pathInfo !== environ.PATH_INFO)
          return (startResponse) => redirect(environ, pathInfo, startResponse)
        const page = {
          ...listing,
          ...parseListingOrder(environ.QUERY_STRING),
          path: shownPath(environ),
          hasParent: names.length > 0,
        }
        return (startResponse) => answer(page, environ, startResponse)
      })
    }
    return undefined
  }
}

function redirect(environ: Environ, pathInfo: string, startResponse: StartResponse): Body {
  startResponse('308 Permanent Redirect', [
    ...redirectHeaders(environ, pathInfo),
    ['Cache-Control', 'no-cache'],
  ])
  return ''
}

function answer(page: ListingPage, environ: Environ, startResponse: StartResponse): Body {
  const isJson =
    chooseMediaType(environ.HTTP_ACCEPT, ['text/html', 'application/json']) === 'application/json'
  const body = Buffer.from(isJson ? jsonListing(page) : htmlListing(page))
  const headers: HeaderList = [
    ['Content-Type', isJson ? 'application/json' : 'text/html; charset=utf-8'],
    ['Content-Length', String(body.length)],
    ['Cache-Control', 'no-cache'],
    ['Vary', 'Accept'],
    ['X-Content-Type-Options', 'nosniff'],
  ]
  if (!isJson) headers.push(['Content-Security-Policy', listingPolicy])
  startResponse('200 OK', headers)
  return environ.REQUEST_METHOD === 'HEAD' ? '' : body
}

/** The path as the visitor sees it, decoded where that can be done. */
function shownPath({ SCRIPT_NAME, PATH_INFO }: Environ): string {
  const path = SCRIPT_NAME + PATH_INFO
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
