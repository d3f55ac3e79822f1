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
      "default-src 'none'; style-src 'unsafe-inline'",
      'X-Content-Type-Options',
      'nosniff',
    ],
  }
}

/** The whole page; works without scripts, light and dark. */
export function failurePage(failure: Failure, cwd: string = process.cwd()): string {
  const [title = '', ...details] = failure.title.split('\n')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${section(details.join('\n'), (text) => pre(text))}${excerpt(failure, cwd)}${section(
  failure.stack.join('\n'),
  (text) => `<h2>Stack</h2>\n${pre(text)}`,
)}${section(failure.causes.join('\n\n'), (text) => `<h2>Caused by</h2>\n${pre(text)}`)}<p>Saving one of its files starts the application again; then reload this page.</p>
</main>
</body>
</html>
`
}

function section(text: string, render: (text: string) => string): string {
  return text.trim() === '' ? '' : render(text)
}

/** What is wider than the page is scrolled, which a keyboard can do in what it can focus. */
function pre(text: string): string {
  return `<pre tabindex="0">${escapeHtml(text)}</pre>\n`
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

const style = `
:root { color-scheme: light dark; --text: #1d1d1f; --back: #fff; --panel: #f4f4f5; --quiet: #5b5b62; --mark: #ffe1de; --edge: #b3261e }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececf0; --back: #18181b; --panel: #232327; --quiet: #a5a5ad; --mark: #52231f; --edge: #ff8a80 }
}
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; border-top: 4px solid var(--edge) }
h1 { font-size: 1.4rem; margin: 0 0 1rem; overflow-wrap: anywhere }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem }
p { color: var(--quiet) }
.place { font-family: ui-monospace, monospace; font-size: .9rem; overflow-wrap: anywhere }
pre { margin: 0 0 1rem; padding: .75rem; overflow-x: auto; background: var(--panel); border-radius: 6px; font: .85rem/1.5 ui-monospace, monospace; tab-size: 2 }
.source > * { display: block; min-width: max-content; color: inherit; background: none }
.source > mark { background: var(--mark) }
`
