import { escapeHtml } from '@stapel/core/http'
import type { ExcerptLine } from './excerpt.ts'

/** Source lines with their numbers, the one of the failure marked; nothing where there are none. */
export function renderExcerpt(excerpt: readonly ExcerptLine[]): string {
  if (excerpt.length === 0) return ''
  const width = String(excerpt.at(-1)?.number ?? 0).length
  const lines = excerpt.map((line) => {
    const text = `${String(line.number).padStart(width)}  ${escapeHtml(line.text)}`
    return line.marked ? `<mark>${text}</mark>` : `<span>${text}</span>`
  })
  return `<pre class="source" tabindex="0">${lines.join('')}</pre>\n`
}
