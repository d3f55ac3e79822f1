/**
 * What an error page says, as HTML, problem details (RFC 9457) and text.
 *
 * The threat: a message, a contact or an identifier that quotes a request runs as a script in the page. All texts are escaped, the page loads
 * nothing and runs nothing, and a contact becomes a link only where it is an address or an http(s) URL.
 *
 * @module
 */
import { HTTPError, type ProblemMembers } from '@stapel/core'
import { escapeHtml } from '@stapel/core/http'

/** What a page has to say; every text is unescaped. */
export interface ErrorPage {
  /** The status of the answer. */
  readonly status: number
  /** The reason phrase of the status: `'Service Unavailable'`. */
  readonly title: string
  /** A sentence or two for the visitor. */
  readonly message: string
  /** Whom to tell; `undefined` for nobody. */
  readonly contact: string | undefined
  /** The identifier of the request, `environ['stapel.request_id']`; `undefined` where there is none. */
  readonly requestId: string | undefined
  /** The error with its stack and causes, in development; `undefined` otherwise. */
  readonly details: string | undefined
}

/** The page as HTML. */
export function htmlPage({ status, title, message, contact, requestId, details }: ErrorPage): string {
  const headline = escapeHtml(`${status} ${title}`.trimEnd())
  return (
    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
    `<title>${headline}</title>\n<style>${pageStyle}</style>\n` +
    `<h1>${title === '' ? headline : escapeHtml(title)}</h1>\n<p>${escapeHtml(message)}</p>\n` +
    `${contact === undefined ? '' : `<p>If this keeps happening, please tell ${contactHtml(contact)}.</p>\n`}` +
    `${requestId === undefined ? '' : `<p>Request: <code>${escapeHtml(requestId)}</code></p>\n`}` +
    `${details === undefined ? '' : `<pre>${escapeHtml(details)}</pre>\n`}</html>\n`
  )
}

/** The page as text. */
export function textPage({ status, title, message, contact, requestId, details }: ErrorPage): string {
  return (
    `${`${status} ${title}`.trimEnd()}\n${message}\n` +
    `${contact === undefined ? '' : `If this keeps happening, please tell ${contact}.\n`}` +
    `${requestId === undefined ? '' : `Request: ${requestId}\n`}` +
    `${details === undefined ? '' : `\n${details}\n`}`
  )
}

/**
 * The page as problem details: contact, identifier and details are the extensions `contact`, `request_id` and `error`, beside what the
 * error itself says of its kind.
 */
export function problemPage(page: ErrorPage, members: ProblemMembers | undefined): string {
  const { status, message, contact, requestId, details } = page
  const added = { contact, request_id: requestId, error: details }
  const problem = { ...members, extensions: { ...added, ...members?.extensions } }
  return JSON.stringify(new HTTPError(status, message, { problem }))
}

/** The style of the page; {@link contentSecurityPolicy} allows this text and no other. */
export const pageStyle: string =
  ':root{color-scheme:light dark}' +
  'body{margin:15vh auto;padding:0 1.5rem;max-width:36rem;font:1.125rem/1.5 system-ui,sans-serif}' +
  'h1{font-size:1.5rem}pre{overflow:auto;font-size:.875rem}'

/** Nothing is loaded and no script runs on the page; the hash is the SHA-256 of {@link pageStyle}. */
export const contentSecurityPolicy =
  "default-src 'none'; style-src 'sha256-ahyVwfPHjoxdPpKvwbfIbXD8FRDlnxh1ugwmG4ZCIe8='; base-uri 'none'; form-action 'none'"

/** For pages of one's own: style and images of the same origin, styles within the page, no script. */
export const templateSecurityPolicy =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'self'"

/**
 * Where a contact leads: `mailto:` for an e-mail address, itself for an http(s) or mailto URL; `undefined` for any other text, which
 * also keeps `javascript:` out.
 */
export function contactLink(contact: string): string | undefined {
  const mail = /^([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64})@([A-Za-z0-9.-]{1,253})$/.exec(contact)
  if (mail !== null) return `mailto:${encodeURIComponent(mail[1] as string)}@${mail[2]}`
  return /^(?:https?:\/\/|mailto:)/i.test(contact) && URL.canParse(contact)
    ? new URL(contact).href
    : undefined
}

function contactHtml(contact: string): string {
  const link = contactLink(contact)
  const shown = escapeHtml(contact)
  return link === undefined ? shown : `<a href="${escapeHtml(link)}">${shown}</a>`
}
