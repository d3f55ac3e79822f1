/**
 * An application that shows what reached it.
 *
 * The threat: what a request carries is for its sender's eyes, cookies and credentials above all; and a page that shows it must not run it. Nothing of the
 * process is shown, every value is escaped, and the answer says that it is not to be stored. It is for trying a server, not for the public.
 *
 * @module
 */
import type { Application, Environ } from '@stapel/core'
import { escapeHtml, prefersHtml } from '@stapel/core/http'

/**
 * Answers any request with its environ: as a page to browsers, as JSON to everyone else. It shows what a server, a proxy or a stack of middleware makes of
 * a request; the body is not read.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { serve } from '@stapel/core/node'
 * import { testApp } from '@stapel/testing'
 *
 * await serve(stack(testApp), { port: 8000 })
 * ```
 */
export const testApp: Application = (environ, startResponse) => {
  const wantsPage = prefersHtml(environ.HTTP_ACCEPT)
  startResponse('200 OK', [
    ['Content-Type', wantsPage ? 'text/html; charset=utf-8' : 'application/json'],
    ['Cache-Control', 'no-store'],
    ['Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'"],
    ['Vary', 'Accept'],
    ['X-Content-Type-Options', 'nosniff'],
  ])
  const shown = shownValues(environ)
  return wantsPage ? page(shown) : `${JSON.stringify(Object.fromEntries(shown), null, 2)}\n`
}

/** The keys in order; of what is no plain data, the kind alone. */
function shownValues(environ: Environ): [key: string, value: unknown][] {
  return Object.keys(environ)
    .sort()
    .map((key) => {
      const value: unknown = environ[key as keyof Environ]
      return [key, isPlain(value) ? value : `(${Object.prototype.toString.call(value).slice(8, -1)})`]
    })
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return true
  return Array.isArray(value) && value.every(isPlain)
}

function page(shown: readonly [key: string, value: unknown][]): string {
  const rows = shown.map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return `<tr><th scope="row">${escapeHtml(key)}</th><td>${escapeHtml(text)}</td></tr>`
  })
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The environ of this request</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;margin:2rem}th{text-align:start;font-weight:600;padding-inline-end:2rem;vertical-align:top}td{font-family:monospace;overflow-wrap:anywhere}</style>
<h1>The environ of this request</h1>
<table>
${rows.join('\n')}
</table>
</html>
`
}
