/**
 * The page that is shown instead of an application that cannot answer.
 *
 * The threat: messages, paths and source lines may hold markup, put there by whoever made the request that failed. All of it is escaped, and the
 * policy of the page allows no script, no image and no request to anywhere. It shows source code on purpose: it is made by the development
 * server alone.
 *
 * @module
 */
import { escapeHtml, prefersHtml } from '@stapel/core/http'
import type { Failure } from './failure.ts'
import { formatFailure, formatLocation } from './failure-text.ts'
import { PAGE_POLICY, renderPage, renderText } from './page.ts'

/** Body and headers of the answer that shows a failure. */
export interface FailureAnswer {
  readonly headers: readonly string[]
  readonly body: string
}

/** A failure as HTML where the client prefers it, otherwise as plain text. */
export function answerFailure(
  failure: Failure,
  accept: string | undefined,
  cwd: string = process.cwd(),
): FailureAnswer {
  const html = prefersHtml(accept)
  const body = html ? failurePage(failure, cwd) : formatFailure(failure, undefined, cwd)
  return {
    body,
    headers: [
      'Content-Type',
      html ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8',
      'Content-Length',
      String(Buffer.byteLength(body)),
      'Cache-Control',
      'no-store',
      'Content-Security-Policy',
      PAGE_POLICY,
      'X-Content-Type-Options',
      'nosniff',
    ],
  }
}

/** The whole page. */
export function failurePage(failure: Failure, cwd: string = process.cwd()): string {
  const [title = '', ...details] = failure.title.split('\n')
  return renderPage(
    title,
    `${section(details.join('\n'), renderText)}${excerpt(failure, cwd)}${section(
      failure.stack.join('\n'),
      (text) => `<h2>Stack</h2>\n${renderText(text)}`,
    )}${section(failure.causes.join('\n\n'), (text) => `<h2>Caused by</h2>\n${renderText(text)}`)}<p>Saving one of its files starts the application again; then reload this page.</p>
`,
  )
}

function section(text: string, render: (text: string) => string): string {
  return text.trim() === '' ? '' : render(text)
}

function excerpt(failure: Failure, cwd: string): string {
  if (failure.location === undefined) return ''
  const place = `<p class="place">${escapeHtml(formatLocation(failure.location, cwd))}</p>\n`
  if (failure.excerpt.length === 0) return place
  const width = String(failure.excerpt.at(-1)?.number ?? 0).length
  const lines = failure.excerpt.map((line) => {
    const text = `${String(line.number).padStart(width)}  ${escapeHtml(line.text)}`
    return line.marked ? `<mark>${text}</mark>` : `<span>${text}</span>`
  })
  return `${place}<pre class="source" tabindex="0">${lines.join('')}</pre>\n`
}
