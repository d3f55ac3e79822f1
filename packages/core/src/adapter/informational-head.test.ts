import { expect, test } from 'vitest'
import { parseInformationalHead } from './informational-head.ts'

test.each([
  ['HTTP/1.1 100 Continue\r\n\r\n', { code: 100, headers: [] }],
  ['HTTP/1.1 102 Processing\r\n\r\n', { code: 102, headers: [] }],
  [
    'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload, </b:c>; rel=next\r\nX-A: 1\r\n\r\n',
    {
      code: 103,
      headers: [
        ['Link', '</a.css>; rel=preload, </b:c>; rel=next'],
        ['X-A', '1'],
      ],
    },
  ],
])('%j has a code and headers', (text, head) => {
  expect(parseInformationalHead(text)).toEqual(head)
})

test.each([
  ['x: a\nSet-Cookie: b', []],
  ['x: a\0', []],
  ['x: a\rb', []],
  ['x y: a', []],
  [': a', []],
  ['x: 1\r\n\r\nHTTP/1.1 200 OK\r\ny: 2', [['x', '1']]],
])('what no header can hold is left out: %j (robustness.md H1)', (fields, headers) => {
  expect(parseInformationalHead(`HTTP/1.1 103 Early Hints\r\n${fields}\r\n\r\n`)).toEqual({
    code: 103,
    headers,
  })
})
