import { escapeHtml } from '@stapel/core/http'
import { Response } from '@stapel/wrappers'

/** Text that is HTML already. Only {@link html} makes it, so that nothing gets into a page unescaped. */
export class Markup {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

/** What a template may hold: text and numbers are escaped, markup is not; a list is joined, `undefined` is nothing. */
export type Insert = string | number | Markup | undefined | readonly Insert[]

/** A template of HTML that escapes what is put into it: html`<p>${text}</p>`. Put quotes around the values of attributes. */
export function html(strings: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  return new Markup(strings.reduce((text, next, index) => text + render(inserts[index - 1]) + next))
}

/** A page as an answer; it shows the visitor's own name, so no cache may share it. */
export function respondWith(page: Markup, status: number = 200): Response {
  return new Response(String(page), {
    status,
    mimetype: 'text/html',
    headers: { 'Cache-Control': 'private, no-cache' },
  })
}

function render(insert: Insert): string {
  if (insert === undefined) return ''
  if (insert instanceof Markup) return String(insert)
  if (Array.isArray(insert)) return insert.map(render).join('')
  return escapeHtml(String(insert))
}
