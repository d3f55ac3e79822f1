import type { Body, StartResponse } from '@stapel/core'
import { statusLine } from '@stapel/core/http'

/** The codes of answers that lead elsewhere (RFC 9110 section 15.4). */
export type RedirectStatus = 301 | 302 | 303 | 307 | 308

/** Whether a value is one of the codes. */
export function isRedirectStatus(value: unknown): value is RedirectStatus {
  return value === 301 || value === 302 || value === 303 || value === 307 || value === 308
}

/** Answers with a redirect, and a note for a client that does not follow it; `location` is in ASCII. */
export function answerRedirect(location: string, status: RedirectStatus, startResponse: StartResponse): Body {
  startResponse(statusLine(status), [
    ['Location', location],
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['X-Content-Type-Options', 'nosniff'],
  ])
  return `Go to ${location}\n`
}
