import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeHtml } from './html.ts'

test('escapes what has a meaning between tags and within attributes', () => {
  expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).toBe(
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
  )
})

test('leaves other text alone', () => {
  expect(escapeHtml('Grüße, 1 / 2 = 0.5')).toBe('Grüße, 1 / 2 = 0.5')
})

test.each([
  ['', ''],
  ['&', '&amp;'],
  ['&&', '&amp;&amp;'],
  ['&lt;', '&amp;lt;'],
  ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['" onload="alert(1)', '&quot; onload=&quot;alert(1)'],
  ["' onload='alert(1)", '&#39; onload=&#39;alert(1)'],
  ['<!--', '&lt;!--'],
  ['\0\u2028<', '\0\u2028&lt;'],
  ['\ud83d<', '\ud83d&lt;'],
])('%j becomes %j', (text, escaped) => {
  expect(escapeHtml(text)).toBe(escaped)
})

test('what is escaped holds no markup, and says the same', () => {
  const characters = new Map([
    ['&amp;', '&'],
    ['&lt;', '<'],
    ['&gt;', '>'],
    ['&quot;', '"'],
    ['&#39;', "'"],
  ])
  const near = fc.string({ unit: fc.constantFrom('&', '<', '>', '"', "'", 'amp;', 'a', '#39;') })
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
      const escaped = escapeHtml(text)
      expect(escaped).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/)
      expect(escaped.replace(/&(?:amp|lt|gt|quot|#39);/g, (found) => characters.get(found) ?? '')).toBe(text)
    }),
  )
})
