import { describe, expect, test } from 'vitest'
import { redirectAnswer } from './redirect.ts'

function locationOf(location: string | URL): string | undefined {
  return redirectAnswer(location, 303).headers.find(([name]) => name === 'Location')?.[1]
}

test.each([
  ['/', '/'],
  ['../up?a=1#part', '../up?a=1#part'],
  ['https://example.org/a', 'https://example.org/a'],
  ['mailto:ada@example.org', 'mailto:ada@example.org'],
])('%s is sent as it is', (location, sent) => {
  expect(locationOf(location)).toBe(sent)
})

test('a URL object is sent as text', () => {
  expect(locationOf(new URL('https://example.org/ü'))).toBe('https://example.org/%C3%BC')
})

test('text beyond ASCII is percent-encoded, escapes that are there are kept (robustness.md R2)', () => {
  const location = '/grün 🌲/%2F%zz?q="<>'
  const encoded = '/gr%C3%BCn%20%F0%9F%8C%B2/%2F%zz?q=%22%3C%3E'
  expect(locationOf(location)).toBe(encoded)
  expect(locationOf(encoded)).toBe(encoded)
})

// robustness.md R3
test("'back' is a path like any other: no Referer is believed", () => {
  expect(locationOf('back')).toBe('back')
})

describe('what is refused (robustness.md H1)', () => {
  test.each([
    '',
    '/\r\nSet-Cookie: a=b',
    '/\n',
    '/\0',
    '/\t',
    '\x7f',
    '/\\evil.example',
    '\\\\evil.example',
    '/\ud800',
  ])('the location %j', (location) => {
    expect(() => redirectAnswer(location, 303)).toThrow(TypeError)
  })

  test.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
  ])('the scheme of %j', (location) => {
    expect(() => redirectAnswer(location, 303)).toThrow('not one that it runs')
  })

  test.each([200, 300, 304, 305, 306, 404, Number.NaN, '303' as never])('the status %j', (status) => {
    expect(() => redirectAnswer('/', status)).toThrow(RangeError)
  })
})

test('the page is escaped and may load nothing (robustness.md R4, E1)', () => {
  const { body, headers } = redirectAnswer('/?a=1&b=\'"><script>alert(1)</script>', 302)
  expect(body).toContain('&amp;b=&#39;')
  expect(body).not.toContain('<script')
  expect(headers).toContainEqual(['Content-Security-Policy', "default-src 'none'"])
  expect(headers).toContainEqual(['Content-Type', 'text/html; charset=utf-8'])
})

test.each([301, 302, 303, 307, 308])('%i has its reason', (status) => {
  expect(redirectAnswer('/', status).status).toMatch(new RegExp(`^${status} [A-Z]`))
})
