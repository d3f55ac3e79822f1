import { randomBytes } from 'node:crypto'
import { escapeHtml } from '@stapel/core/http'
import { pageStyle } from './page-style.ts'

/** A whole page, and the `Content-Security-Policy` that it is sent with. */
export interface Page {
  readonly html: string
  /** No script, no image, no request to anywhere, no form; the page's own style. */
  readonly policy: string
}

/** A page around its content, which is HTML; works without scripts, light and dark, on paper and on a phone. `eyebrow` is text above the title. */
export function renderPage(title: string, content: string, eyebrow: string = ''): Page {
  const nonce = randomBytes(16).toString('base64')
  const above = eyebrow === '' ? '' : `<p class="eyebrow">${escapeHtml(eyebrow)}</p>\n`
  return {
    policy: `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">${pageStyle}</style>
</head>
<body>
<main>
${above}<h1>${escapeHtml(title)}</h1>
${content}</main>
</body>
</html>
`,
  }
}

/** Text as it is. What is wider than the page is scrolled, which a keyboard can do in what it can focus. */
export function renderText(text: string): string {
  return `<pre tabindex="0">${escapeHtml(text)}</pre>\n`
}

/** A table of names and values; nothing where there are none. */
export function renderTable(rows: readonly (readonly [name: string, value: string])[]): string {
  if (rows.length === 0) return ''
  const lines = rows.map(
    ([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  )
  return `<table>\n${lines.join('\n')}\n</table>\n`
}

/** What is shown when its summary is chosen; both are HTML. */
export function renderDetails(summary: string, content: string, open: boolean = false): string {
  return `<details${open ? ' open' : ''}>\n<summary>${summary}</summary>\n${content}</details>\n`
}
