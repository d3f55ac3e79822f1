/**
 * Where a redirect leads: what a program wrote, made fit for `Location`.
 *
 * The threat: a path put together from what a client sent that names a host (`//evil.example`, `/\evil.example`, and with a tab between the
 * slashes), or that ends the header. A path starts with exactly one `/` here, whatever it was made of, and is in normal form; only what is written with
 * `http://` or `https://` in front leads to another host. A program that puts the client's text there leads wherever the client wants.
 *
 * @module
 */
import { normalizePath, parseHost } from '@stapel/core/http'
import { describeValue } from './quote.ts'

/** A target taken apart. */
export interface RedirectTarget {
  /** Scheme and host; `''` for a path on the host that was asked. */
  readonly origin: string
  /** As it was written. */
  readonly path: string
  /** With its question mark, percent-encoded; `undefined` where there is none. */
  readonly query: string | undefined
  /** With its number sign, percent-encoded; `''` where there is none. */
  readonly fragment: string
}

/** Takes apart a path or a URL, with query and fragment; throws a TypeError for anything else. */
export function parseTarget(target: string, isPattern: boolean = false): RedirectTarget {
  const text = typeof target === 'string' ? target : ''
  const origin = /^https?:\/\/[^/?#\\{]*/i.exec(text)?.[0] ?? ''
  const rest = text.slice(origin.length)
  const found = rest.search(isPattern ? endOfPattern : /[?#]/)
  const pathEnd = found === -1 ? rest.length : found
  const path = rest.slice(0, pathEnd)
  const isWhole = parseHost(origin.slice(origin.indexOf('//') + 2)) !== undefined
  if (
    isWhole
      ? !(isPattern ? /^(?:$|[/{])/ : /^(?:$|\/)/).test(path)
      : origin !== '' || !leadingSlashes.test(path)
  ) {
    throw new TypeError(
      `Got ${describeValue(target)} for the target of a redirect; expected a path that starts with '/', or a URL that starts with 'http://' or 'https://' and a host.`,
    )
  }
  const hash = rest.indexOf('#', pathEnd)
  const queryEnd = hash === -1 ? rest.length : hash
  return {
    origin,
    path,
    query: queryEnd > pathEnd ? encodeRest(rest.slice(pathEnd, queryEnd)) : undefined,
    fragment: encodeRest(rest.slice(queryEnd)),
  }
}

/** A path in normal form, not empty, that starts with exactly one slash; `undefined` for one that climbs above the root or holds NUL. */
export function localPath(path: string): string | undefined {
  const normal = normalizePath(path.replace(leadingSlashes, '/'))
  // The normal form of `/a/..//evil.example` starts with two.
  return normal?.replace(/^\/*/, '/')
}

/** A query or a fragment in ASCII, with nothing that ends a header or a link; escapes stay. */
export function encodeRest(text: string): string {
  return text.replace(/[^\x21-\x7e]|["<>\\^`{|}]/gu, (character) =>
    encodeURIComponent(/\p{Cs}/u.test(character) ? '\ufffd' : character),
  )
}

// Browsers take a backslash for a slash, and leave out tabs, line breaks, and what controls and spaces stand in front.
const leadingSlashes = /^[\0-\x20]*[/\\][/\\\0-\x20]*/

// Behind a backslash it is text of the pattern.
const endOfPattern = /(?<!\\)[?#]/
