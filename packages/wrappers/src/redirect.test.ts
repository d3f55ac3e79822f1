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

test('the page names the status and links to the location', () => {
  expect(redirectAnswer('/a?b', 303).body).toBe(
    '<!doctype html>\n<html lang="en">\n<title>303 See Other</title>\n<p>Go to <a href="/a?b">/a?b</a>.</p>\n</html>\n',
  )
})

test.each([301, 302, 303, 307, 308])('%i has its reason', (status) => {
  expect(redirectAnswer('/', status).status).toMatch(new RegExp(`^${status} [A-Z]`))
})

test.each([
  ['Java_Script:alert(1)', true],
  ['javascript', true],
  ['/javascript:alert(1)', true],
  ['?javascript:alert(1)', true],
  ['x/javascript:alert(1)', true],
  ['xjavascript:alert(1)', true],
  ['data+x:a', true],
  ['blob:a', true],
  ['a.b-c+9Z:x', true],
  ['  javascript:alert(1)', false],
  ['JAVASCRIPT:', false],
  ['DATA:,x', false],
  ['vbScript:x', false],
])('the location %j is taken: %s', (location, taken) => {
  if (taken) expect(locationOf(location)).toBe(location)
  else expect(() => redirectAnswer(location, 303)).toThrow(TypeError)
})

test.each([undefined, null, 7, {}, ['/a']])('%s is no location', (location) => {
  expect(() => redirectAnswer(location as never, 303)).toThrow(
    new TypeError(`Got ${String(location)} for a location; expected a URL or a path.`),
  )
})

test('every control, backslashes and lone surrogates are refused, and nothing else of ASCII', () => {
  for (let code = 0; code < 0x80; code++) {
    const location = `/a${String.fromCharCode(code)}b`
    const refused = code < 0x20 || code === 0x7f || location === '/a\\b'
    if (refused) expect(() => redirectAnswer(location, 303)).toThrow(TypeError)
    else expect(locationOf(location)).toMatch(/^\/a(?:%[0-9A-F]{2}|[!#-;=?-Z[\]_a-z~])b$/)
  }
  expect(() => redirectAnswer('/\udfff', 303)).toThrow(TypeError)
  expect(locationOf('/\u{e000}')).toBe('/%EE%80%80')
  expect(locationOf('/\u00ad')).toBe('/%C2%AD')
})

test('a base makes the location absolute, and must be absolute itself', () => {
  const locate = (location: string, base: string | URL) =>
    redirectAnswer(location, 303, { base }).headers.find(([name]) => name === 'Location')?.[1]
  expect(locate('../b?c', 'https://example.org/x/y/z')).toBe('https://example.org/x/b?c')
  expect(locate('//other.example/a', new URL('https://example.org'))).toBe('https://other.example/a')
  expect(locate('http://a.example', 'https://example.org')).toBe('http://a.example/')
  expect(() => locate('/a', '/b')).toThrow('expected a base such as')
  expect(() => locate('/a', '')).toThrow(TypeError)
  expect(() => redirectAnswer('/', 303, { bas: 'x' } as never)).toThrow(
    'the unknown option "bas" for a redirect',
  )
})

test('browsers are told not to guess the type of the page', () => {
  expect(redirectAnswer('/', 303).headers).toContainEqual(['X-Content-Type-Options', 'nosniff'])
})
