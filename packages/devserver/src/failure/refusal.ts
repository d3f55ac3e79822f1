/**
 * What is shown when a router has no rule for a request.
 *
 * The threat: an explanation names the rules of the application, and quotes what the client sent. It is made by the development server alone; all
 * of it is escaped, and the policy of the page allows no script, no image and no request to anywhere.
 *
 * @module
 */
import {
  type Application,
  type Body,
  type Environ,
  type HeaderList,
  type HTTPError,
  outline,
  type StartResponse,
  type Trace,
} from '@stapel/core'
import { escapeHtml, statusLine, varyOn } from '@stapel/core/http'
import { escapeLines } from '../terminal/terminal.ts'
import { formFor } from './form.ts'
import { firstLines } from './outline-lines.ts'
import { type Page, renderPage, renderText } from './page.ts'

/**
 * Answers in place of a router's error: with a page for browsers and a text for others. Clients that take JSON get the error as it is, in the form
 * that they get it in production.
 */
export function answerRefusal(
  app: Application,
  error: HTTPError,
  trace: Trace,
  environ: Environ,
  startResponse: StartResponse,
): Body {
  const { HTTP_ACCEPT: accept } = environ
  const form = formFor(accept)
  if (error.response !== undefined || form === 'json') return error.respond(environ, startResponse)
  const page = form === 'html' ? refusalPage(app, error, trace) : undefined
  const headers: HeaderList = [
    ...error.headers.map(([name, value]): [string, string] => [name, value]),
    ['Content-Type', page ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8'],
    ['Cache-Control', 'no-store'],
    ['X-Content-Type-Options', 'nosniff'],
  ]
  if (page) headers.push(['Content-Security-Policy', page.policy])
  startResponse(statusLine(error.status), varyOn(headers, 'Accept'), error)
  return page?.html ?? refusalText(error, trace)
}

function refusalText(error: HTTPError, trace: Trace): string {
  return `${titleOf(error)}\n${error.description}\n\n${escapeLines(String(trace.explain?.()))}\n`
}

function refusalPage(app: Application, error: HTTPError, trace: Trace): Page {
  const outside = trace.rules.map(({ pattern, host = '' }) => `${host}${pattern}`)
  return renderPage(
    titleOf(error),
    `<p>${escapeHtml(error.description)}</p>
${renderText(String(trace.explain?.()))}${list('Mounted in', outside)}${list('Layers passed', trace.layers)}<h2>Rules</h2>
${renderText(firstLines(String(outline(app))))}`,
  )
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<h2>${title}</h2>\n${renderText(lines.join('\n'))}`
}

function titleOf(error: HTTPError): string {
  return statusLine(error.status).trimEnd()
}
