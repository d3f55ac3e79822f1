import { expect, test } from 'vitest'
import { html } from './html.ts'

test('escapes text between tags and in attributes', () => {
  const name = `<b>"Ann" & 'Bob'</b>`
  expect(String(html`<p title="${name}">${name}</p>`)).toBe(
    '<p title="&lt;b&gt;&quot;Ann&quot; &amp; &#39;Bob&#39;&lt;/b&gt;">&lt;b&gt;&quot;Ann&quot; &amp; &#39;Bob&#39;&lt;/b&gt;</p>',
  )
})

test('keeps markup, joins lists, and leaves out what is undefined', () => {
  const items = ['a', '<'].map((text) => html`<li>${text}</li>`)
  expect(String(html`<ul>${items}</ul>${undefined}${7}`)).toBe('<ul><li>a</li><li>&lt;</li></ul>7')
})
