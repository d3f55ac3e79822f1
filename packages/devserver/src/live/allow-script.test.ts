import { expect, test } from 'vitest'
import { allowScript, pageHeaders } from './allow-script.ts'
import { scriptHash } from './live-script.ts'

test.each([
  ["script-src 'self'", `script-src 'self' ${scriptHash}`],
  ["script-src 'none'", `script-src ${scriptHash}`],
  ["script-src 'nonce-abc'", `script-src 'nonce-abc' ${scriptHash}`],
  ["default-src 'self'", `default-src 'self'; script-src 'self' ${scriptHash}; connect-src 'self'`],
  ["default-src 'none'", `default-src 'none'; script-src ${scriptHash}; connect-src 'self'`],
  [
    "script-src 'self'; script-src-elem 'none'; connect-src https://api.example",
    `script-src 'self'; script-src-elem ${scriptHash}; connect-src https://api.example 'self'`,
  ],
  ["img-src 'self'", "img-src 'self'"],
  ["script-src 'self' 'unsafe-inline'", "script-src 'self' 'unsafe-inline'"],
  ["script-src 'nonce-abc' 'unsafe-inline'", `script-src 'nonce-abc' 'unsafe-inline' ${scriptHash}`],
  ["script-src 'self', img-src *", `script-src 'self' ${scriptHash}, img-src *`],
])('the policy %s becomes %s', (given, expected) => {
  expect(allowScript(given)).toBe(expected)
})

test('what was said of the bytes of the page is left out, the rest stays in its order', () => {
  expect(
    pageHeaders([
      ['Content-Type', 'text/html'],
      ['Content-Length', '5'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['Content-Security-Policy-Report-Only', "script-src 'self'"],
    ]),
  ).toEqual([
    ['Content-Type', 'text/html'],
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
    ['Content-Security-Policy-Report-Only', "script-src 'self'"],
  ])
})
