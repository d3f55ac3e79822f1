import { expect, test } from 'vitest'
import { plain } from './terminal.ts'
import { type ExchangeHeads, formatTrace, TRACE_HEADER_LIMIT, TRACE_LINE_LIMIT } from './trace-lines.ts'

const heads: ExchangeHeads = {
  request: {
    line: 'GET /a?token=abc&b=1 HTTP/1.1',
    headers: [
      ['Host', 'localhost'],
      ['Cookie', 'sid=1'],
      ['Authorization', 'Basic eA=='],
      ['Referer', 'http://localhost/?token=abc'],
    ],
  },
  answer: {
    line: 'HTTP/1.1 200 OK',
    headers: [
      ['Content-Type', 'text/plain'],
      ['Set-Cookie', 'sid=2'],
    ],
  },
}

// robustness.md D3
test('request and answer are shown with their fields, what is secret hidden', () => {
  expect(formatTrace(heads, plain, false)).toBe(`> GET /a?token=(hidden)&b=1 HTTP/1.1
> Host: localhost
> Cookie: (hidden)
> Authorization: (hidden)
> Referer: http://localhost/?token=(hidden)
>
< HTTP/1.1 200 OK
< Content-Type: text/plain
< Set-Cookie: (hidden)
<`)
})

test('secrets are shown where they are asked for', () => {
  const text = formatTrace(heads, plain, true)
  expect(text).toContain('> GET /a?token=abc&b=1 HTTP/1.1')
  expect(text).toContain('> Cookie: sid=1')
  expect(text).toContain('< Set-Cookie: sid=2')
})

test('a request without an answer is shown alone', () => {
  expect(formatTrace({ ...heads, answer: undefined }, plain, false)).not.toContain('<')
})

// robustness.md H4
test('what a message holds cannot leave its line', () => {
  const text = formatTrace(
    {
      request: { line: 'GET /\x1b[2J HTTP/1.1', headers: [['X', 'a\r\n< HTTP/1.1 200\x07']] },
      answer: undefined,
    },
    plain,
    false,
  )
  expect(text.split('\n')).toEqual(['> GET /\\x1b[2J HTTP/1.1', '> X: a\\x0d\\x0a< HTTP/1.1 200\\x07', '>'])
})

test('of very much the first is shown', () => {
  const headers = Array.from({ length: 1_000 }, (_, i) => [`X-${i}`, 'v'.repeat(10_000)] as const)
  const lines = formatTrace(
    { request: { line: 'GET / HTTP/1.1', headers }, answer: undefined },
    plain,
    false,
  ).split('\n')
  expect(lines).toHaveLength(1 + TRACE_HEADER_LIMIT + 2)
  expect(lines.at(-2)).toBe('> (900 more)')
  expect(Math.max(...lines.map(({ length }) => length))).toBe(TRACE_LINE_LIMIT + 3)
})
