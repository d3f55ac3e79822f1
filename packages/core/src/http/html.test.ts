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
