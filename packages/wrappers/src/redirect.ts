/**
 * Redirects.
 *
 * The threat: a location that a client chose (`?next=`) sends people to another site. Only the form of the location is checked here:
 * no control characters, no backslashes (which browsers read as `/`), no scheme that runs scripts. Whether the target is yours is for
 * the application to say: accept paths that start with exactly one `/`.
 *
 * @module
 */
import type { HeaderList, Status } from '@stapel/core'
import { escapeHtml, statusLine, toUri } from '@stapel/core/http'
import { checkOptionNames } from './option-names.ts'

/** What a redirect is answered with. */
export interface RedirectAnswer {
  /** The status line. */
  readonly status: Status
  /** `Location` and what goes with the body. */
  readonly headers: HeaderList
  /** A page that links to the target, escaped. */
  readonly body: string
}

/** How a redirect is made. */
export interface RedirectOptions {
  /**
   * The absolute URL that a relative location is resolved against, such as `request.url`; the location is then sent absolute. The host of
   * that URL is the client's word.
   * @default none: a relative location is sent as it is
   */
  base?: string | URL | undefined
}

/**
 * The answer that redirects to a location, relative or absolute; throws a TypeError or RangeError for what cannot be one, and for a `base`
 * that is no absolute URL.
 */
export function redirectAnswer(
  location: string | URL,
  status: number,
  options: RedirectOptions = {},
): RedirectAnswer {
  checkOptionNames(options, optionNames, 'a redirect')
  if (!redirectCodes.has(status)) {
    throw new RangeError(
      `Got the status ${String(status)} for a redirect; expected one of ${[...redirectCodes].join(', ')}.`,
    )
  }
  const relative = formatLocation(location)
  const target = options.base === undefined ? relative : formatLocation(resolve(relative, options.base))
  const text = escapeHtml(target)
  const title = statusLine(status)
  return {
    status: title,
    headers: [
      ['Location', target],
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Security-Policy', "default-src 'none'"],
      ['X-Content-Type-Options', 'nosniff'],
    ],
    body: `<!doctype html>\n<html lang="en">\n<title>${title}</title>\n<p>Go to <a href="${text}">${text}</a>.</p>\n</html>\n`,
  }
}

/** A URI reference in ASCII (RFC 9110 section 10.2.2), as `toUri` of `@stapel/core/http` gives it: escapes are kept. */
export function formatLocation(location: string | URL): string {
  if (typeof location !== 'string' && typeof location?.href !== 'string') {
    throw new TypeError(`Got ${String(location)} for a location; expected a URL or a path.`)
  }
  const text = String(location)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what must not be there, nor lone surrogates.
  if (text === '' || /[\u0000-\u001f\u007f\\\p{Cs}]/u.test(text)) {
    throw new TypeError(
      `Got the location ${JSON.stringify(text)}; expected a URL or a path without control characters and backslashes.`,
    )
  }
  // What browsers run, with the spaces that they leave out before it.
  if (/^ *(?:javascript|data|vbscript):/i.test(text)) {
    throw new TypeError(
      `Got the location ${JSON.stringify(text)}; expected a URL that a browser opens, not one that it runs.`,
    )
  }
  return toUri(text)
}

const optionNames: ReadonlySet<string> = new Set<keyof RedirectOptions>(['base'])
const redirectCodes: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

function resolve(location: string, base: string | URL): URL {
  try {
    return new URL(location, base)
  } catch (error) {
    throw new TypeError(
      `Got the location ${JSON.stringify(location)} and the base ${JSON.stringify(String(base))}; expected a base such as 'https://example.org/'.`,
      { cause: error },
    )
  }
}
