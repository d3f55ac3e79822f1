import { escapeHtml } from '@stapel/core/http'

/** The policy of a page: no script, no image, no request to anywhere. */
export const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

/** A whole page around its content, which is HTML; works without scripts, light and dark. */
export function renderPage(title: string, content: string): string {
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
${content}</main>
</body>
</html>
`
}

/** Text as it is. What is wider than the page is scrolled, which a keyboard can do in what it can focus. */
export function renderText(text: string): string {
  return `<pre tabindex="0">${escapeHtml(text)}</pre>\n`
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
