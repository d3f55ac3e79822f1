import { expect, test } from 'vitest'
import { renderDetails, renderPage, renderTable, renderText } from './page.ts'
import { renderExcerpt } from './page-excerpt.ts'

test('a page has its title, a line above it, and a policy for its own style alone', () => {
  const { html, policy } = renderPage('A <title>', '<p>content</p>', 'What <was>')
  expect(html).toContain('<title>A &lt;title&gt;</title>')
  expect(html).toContain('<p class="eyebrow">What &lt;was&gt;</p>\n<h1>A &lt;title&gt;</h1>\n<p>content</p>')
  const nonce = /<style nonce="([A-Za-z0-9+/=]{24})">/.exec(html)?.[1]
  expect(policy).toContain(`style-src 'nonce-${nonce}';`)
  expect(renderPage('A', '').html).not.toContain('class="eyebrow"')
})

test('no two pages have the same nonce', () => {
  expect(renderPage('A', '').policy).not.toBe(renderPage('A', '').policy)
})

test('names, values and text are escaped', () => {
  expect(renderTable([['<a>', '<b>']])).toContain('<th scope="row">&lt;a&gt;</th><td>&lt;b&gt;</td>')
  expect(renderTable([])).toBe('')
  expect(renderText('<a>')).toBe('<pre tabindex="0">&lt;a&gt;</pre>\n')
})

test('details are closed unless they are said to be open', () => {
  expect(renderDetails('more', 'content\n')).toBe('<details>\n<summary>more</summary>\ncontent\n</details>\n')
  expect(renderDetails('more', '', true)).toMatch(/^<details open>/)
})

test('source lines have aligned numbers, and the failing one is marked', () => {
  const lines = [
    { number: 9, text: 'if (a < b) {', marked: false },
    { number: 10, text: "  throw '&'", marked: true },
  ]
  expect(renderExcerpt(lines)).toBe(
    '<pre class="source" tabindex="0"><span> 9  if (a &lt; b) {</span><mark>10    throw &#39;&amp;&#39;</mark></pre>\n',
  )
  expect(renderExcerpt([])).toBe('')
})
