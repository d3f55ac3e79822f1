import { expect, test } from 'vitest'
import type { Failure } from './failure.ts'
import { answerFailure, failurePage } from './failure-page.ts'

const failure: Failure = {
  kind: 'error',
  title: 'Error: <script>alert(1)</script>\nsecond "line"',
  location: { file: '/site/<b>.ts', line: 2, column: 1 },
  excerpt: [
    { number: 1, text: 'const a = `<img src=x>`', marked: false },
    { number: 2, text: "throw '&'", marked: true },
  ],
  stack: ['at <anonymous> (/site/<b>.ts:2:1)'],
  causes: ['Error: </pre><script>'],
}

test('nothing of a failure is markup', () => {
  const page = failurePage(failure, '/site')
  expect(page).not.toMatch(/<script|<img|<b>|<anonymous>/)
  expect(page).toContain('<h1>Error: &lt;script&gt;alert(1)&lt;/script&gt;</h1>')
  expect(page).toContain('<pre tabindex="0">second &quot;line&quot;</pre>')
  expect(page).toContain('<p class="place">&lt;b&gt;.ts:2:1</p>')
  expect(page).toContain('<mark>2  throw &#39;&amp;&#39;</mark>')
  expect(page).toContain('Error: &lt;/pre&gt;&lt;script&gt;')
})

test('a browser gets the page, others get text', () => {
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
  expect(answerFailure(failure, browser).body).toMatch(/^<!doctype html>/)
  expect(answerFailure(failure, '*/*').body).toMatch(/^Error: <script>/)
  expect(answerFailure(failure, undefined).body).toMatch(/^Error: <script>/)
  expect(answerFailure(failure, 'text/plain, text/html;q=0.5').body).toMatch(/^Error: <script>/)
})

test('the answer is not kept, not sniffed, and may load nothing', () => {
  const { headers, body } = answerFailure(failure, 'text/html')
  const fields = Object.fromEntries(headers.map((name, index) => [name, headers[index + 1]]))
  expect(fields).toMatchObject({
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
    'X-Content-Type-Options': 'nosniff',
  })
})

test('a failure without a place is its message alone', () => {
  const page = failurePage({ kind: 'error', title: 'It ended.', excerpt: [], stack: [], causes: [] })
  expect(page).toContain('<h1>It ended.</h1>\n<p>Saving one of its files')
})
