import { parseSetCookie } from 'cookie'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COOKIE_LIMIT, type CookieOptions, formatDeletedCookie, formatSetCookie } from './set-cookie.ts'

test('is sent for the whole site unless a path is given (robustness.md C5)', () => {
  expect(formatSetCookie('theme', 'dark')).toBe('theme=dark; Path=/')
  expect(formatSetCookie('theme', 'dark', { path: '/admin' })).toBe('theme=dark; Path=/admin')
})

test('writes every attribute', () => {
  const text = formatSetCookie('sid', 'a b;c', {
    maxAge: 60,
    expires: new Date(0),
    domain: 'example.org',
    secure: true,
    httpOnly: true,
    sameSite: 'none',
    partitioned: true,
    priority: 'high',
  })
  expect(text.split('; ')).toEqual([
    'sid=a%20b%3Bc',
    'Max-Age=60',
    'Domain=example.org',
    'Path=/',
    'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'HttpOnly',
    'Secure',
    'Partitioned',
    'Priority=High',
    'SameSite=None',
  ])
})

test('an attribute that is undefined is none', () => {
  const nothing = undefined
  expect(
    formatSetCookie('a', 'b', {
      maxAge: nothing,
      expires: nothing,
      domain: nothing,
      path: nothing,
      secure: nothing,
      httpOnly: nothing,
      sameSite: nothing,
      partitioned: nothing,
      priority: nothing,
    }),
  ).toBe('a=b; Path=/')
})

test('a deleted cookie is over, and keeps path and domain, which tell cookies apart (robustness.md C5)', () => {
  expect(formatDeletedCookie('sid', { path: '/admin', domain: 'example.org' })).toBe(
    'sid=; Max-Age=0; Domain=example.org; Path=/admin; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
  )
})

test('a cookie that is deleted takes every attribute that it was set with, and ends all the same (robustness.md C5)', () => {
  const options: CookieOptions = {
    path: '/admin',
    domain: 'example.org',
    secure: true,
    httpOnly: true,
    sameSite: 'none',
    partitioned: true,
    priority: 'high',
  }
  const ended = { ...options, maxAge: 0, expires: new Date(0) }
  expect(formatDeletedCookie('sid', options)).toBe(formatSetCookie('sid', '', ended))
  expect(formatDeletedCookie('sid', { ...options, maxAge: 60, expires: new Date('2100-01-01') })).toBe(
    formatSetCookie('sid', '', ended),
  )
})

test('a Max-Age of 0 is sent, which ends the cookie (robustness.md C5)', () => {
  expect(formatSetCookie('sid', 'x', { maxAge: 0 })).toContain('; Max-Age=0;')
  expect(formatSetCookie('sid', 'x', { maxAge: -1 })).toContain('; Max-Age=-1;')
})

test('path and domain are written as browsers compare them', () => {
  expect(formatSetCookie('a', 'b', { path: '/grün/🌲%20', domain: '.Bücher.example' })).toBe(
    'a=b; Domain=xn--bcher-kva.example; Path=/gr%C3%BCn/%F0%9F%8C%B2%20',
  )
  expect(formatSetCookie('a', 'b', { domain: '.example.org' })).toContain('Domain=example.org;')
})

describe('what is refused (robustness.md H2)', () => {
  test.each(['', 'a b', 'a;b', 'a=b', 'a\r\nb', 'ä', '"a"'])('the name %j', (name) => {
    expect(() => formatSetCookie(name, 'x')).toThrow(JSON.stringify(name))
  })

  test.each([
    { path: '/a; Domain=evil.example' },
    { path: '/\r\nSet-Cookie: a=b' },
    { path: 'relative' },
    { domain: 'a; Secure' },
    { domain: 'example.org\r\nX: 1' },
    { domain: 'a b' },
    { domain: 'example.org:8000' },
    { domain: 'ü; Secure' },
    { domain: 'ü@example.org/x' },
    { domain: 'ü.example:8000' },
    { path: '/\ud800' },
    { sameSite: 'lax; Domain=evil.example' as never },
    { priority: 'high\r\nX: 1' as never },
    { sameSite: 'lax\r\nX: 1' as never },
    { sameSite: '' as never },
    { sameSite: 'None' as never },
    { sameSite: true as never },
    { priority: '' as never },
    { secure: 'false' as never },
    { httpOnly: 0 as never },
    { partitioned: null as never, secure: true },
    { priority: 'high; Domain=evil.example' as never },
    { path: '/\0' },
    { path: '/\u2028;' },
    { domain: 'example.org\0' },
    // Dates and ages (robustness.md C5).
    { maxAge: 1.5 },
    { maxAge: Number.NaN },
    { maxAge: Number.POSITIVE_INFINITY },
    { maxAge: '60' as never },
    { maxAge: '60; Domain=evil.example' as never },
    { expires: new Date(Number.NaN) },
    { expires: 'tomorrow' as never },
    { expires: Date.now() as never },
  ])('the options %j', (options) => {
    expect(() => formatSetCookie('a', 'b', options)).toThrow(TypeError)
  })

  test('a time in numbers for expires', () => {
    expect(() => formatSetCookie('a', 'b', { expires: 5 as never })).toThrow(
      'Got 5 for expires of the cookie a; expected a valid Date.',
    )
  })

  test('a maxAge in text', () => {
    expect(() => formatSetCookie('a', 'b', { maxAge: '60' as never })).toThrow(
      'Got the string 60 for maxAge of the cookie a; expected whole seconds.',
    )
  })

  test('a number that is no whole one, and a domain that is no text', () => {
    expect(() => formatSetCookie('a', 'b', { maxAge: 1.5 })).toThrow('Got 1.5 for maxAge of the cookie a;')
    expect(() => formatSetCookie('a', 'b', { domain: 7 as never })).toThrow(
      'Got the domain 7 for the cookie a; expected a name',
    )
  })

  test('what is refused is shown, with what there is', () => {
    expect(() => formatSetCookie('a', 'b', { sameSite: 'None' as never })).toThrow(
      'Got "None" for sameSite of the cookie a; expected "strict" or "lax" or "none".',
    )
  })

  test('a value that is no string', () => {
    expect(() => formatSetCookie('a', 5 as never)).toThrow('Got 5 for the cookie a')
  })
})

describe('the rules of prefixes (robustness.md C2)', () => {
  test.each(['__Host-sid', '__HOST-sid', '__host-sid'])(
    '%s needs Secure, the path / and no domain',
    (name) => {
      expect(formatSetCookie(name, 'x', { secure: true })).toContain('; Path=/; Secure')
      expect(() => formatSetCookie(name, 'x')).toThrow('secure')
      expect(() => formatSetCookie(name, 'x', { secure: true, path: '/a' })).toThrow("the path '/'")
      expect(() => formatSetCookie(name, 'x', { secure: true, domain: 'example.org' })).toThrow('no domain')
    },
  )

  test('__Secure- needs Secure', () => {
    expect(() => formatSetCookie('__Secure-sid', 'x')).toThrow(
      'begins with __Secure-, which takes `secure: true`',
    )
    expect(formatSetCookie('__Secure-sid', 'x', { secure: true, path: '/a', domain: 'a.example' })).toContain(
      'Secure',
    )
  })

  test('__Http- and __Host-Http- need HttpOnly as well', () => {
    expect(() => formatSetCookie('__Http-sid', 'x', { secure: true })).toThrow('httpOnly')
    expect(() =>
      formatSetCookie('__Host-Http-sid', 'x', { secure: true, httpOnly: true, path: '/a' }),
    ).toThrow('path')
    expect(formatSetCookie('__Http-sid', 'x', { secure: true, httpOnly: true, path: '/a' })).toContain(
      'HttpOnly',
    )
  })

  test('a name that only holds a prefix is free', () => {
    expect(formatSetCookie('my__Host-sid', 'x')).toBe('my__Host-sid=x; Path=/')
  })

  test('the rules hold for deleting, too', () => {
    expect(() => formatDeletedCookie('__Host-sid')).toThrow('secure')
    expect(formatDeletedCookie('__Host-sid', { secure: true })).toContain('Max-Age=0')
  })
})

test('partitioned and sameSite none need Secure (robustness.md C2)', () => {
  expect(() => formatSetCookie('a', 'b', { partitioned: true })).toThrow('partitioned')
  expect(() => formatSetCookie('a', 'b', { sameSite: 'none' })).toThrow('sameSite')
  expect(formatSetCookie('a', 'b', { partitioned: true, sameSite: 'none', secure: true })).toBe(
    'a=b; Path=/; Secure; Partitioned; SameSite=None',
  )
})

test('an option that is misspelt throws, as the cookie would be open to scripts without a word', () => {
  expect(() => formatSetCookie('s', '1', { httponly: true } as CookieOptions)).toThrow(
    'Got the unknown option "httponly" for the cookie s; there are maxAge,',
  )
})

test('a cookie that browsers would drop for its size throws (robustness.md C5)', () => {
  const rest = 'a=; Path=/'.length
  expect(formatSetCookie('a', 'x'.repeat(COOKIE_LIMIT - rest))).toHaveLength(COOKIE_LIMIT)
  expect(() => formatSetCookie('a', 'x'.repeat(COOKIE_LIMIT - rest + 1))).toThrow(RangeError)
})

test('any well-formed value comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (value) => {
      expect(parseSetCookie(formatSetCookie('a', value)).value).toBe(value)
    }),
  )
})

test('a name is a token, a value of any characters is escaped where a cookie may not hold them (RFC 6265 section 4.1.1)', () => {
  for (let code = 0; code <= 0xff; code++) {
    const character = String.fromCharCode(code)
    const isToken = /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character)
    if (isToken) expect(formatSetCookie(character, 'x')).toBe(`${character}=x; Path=/`)
    else expect(() => formatSetCookie(character, 'x')).toThrow(TypeError)
    const text = formatSetCookie('a', character)
    expect(text).toMatch(/^a=[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*; Path=\/$/)
    expect(parseSetCookie(text).value).toBe(character)
  }
})

test('a path holds all that is visible but semicolons and <', () => {
  for (let code = 0; code <= 0x7f; code++) {
    const path = `/${String.fromCharCode(code)}`
    if (code < 0x20 || code === 0x7f || path === '/;' || path === '/<') {
      expect(() => formatSetCookie('a', 'b', { path })).toThrow(TypeError)
    } else expect(formatSetCookie('a', 'b', { path })).toBe(`a=b; Path=${path}`)
  }
  for (const [path, written] of [
    ['/\x80', '/%C2%80'],
    ['/\ud7ff', '/%ED%9F%BF'],
    ['/\ue000', '/%EE%80%80'],
    ['/\uffff', '/%EF%BF%BF'],
    ['/\u{10000}', '/%F0%90%80%80'],
    ['/\u{10ffff}', '/%F4%8F%BF%BF'],
    ['/%7E%zz', '/%7E%zz'],
  ]) {
    expect(formatSetCookie('a', 'b', { path: path as string })).toBe(`a=b; Path=${written}`)
  }
  for (const path of ['/\ud800', '/\udfff', '/\udc00\ud800', '', 'a', '\\']) {
    expect(() => formatSetCookie('a', 'b', { path })).toThrow(TypeError)
  }
})

test.each([
  ['example.org', 'example.org'],
  ['.example.org', 'example.org'],
  ['EXAMPLE.org', 'EXAMPLE.org'],
  ['a-b.example', 'a-b.example'],
  ['b\u00fc-cher.example', 'xn--b-cher-3ya.example'],
  ['\u65e5\u672c.example', 'xn--wgv71a.example'],
  ['b\u00fccher24.example', 'xn--bcher24-n2a.example'],
  ['\u0939\u093f\u0928\u094d\u0926\u0940.example', 'xn--j2bd4cyah0f.example'],
  ['192.0.2.1', '192.0.2.1'],
  ['localhost', 'localhost'],
])('the domain %s is written %s', (domain, written) => {
  expect(formatSetCookie('a', 'b', { domain })).toBe(`a=b; Domain=${written}; Path=/`)
})

test.each([
  '',
  '.',
  '..example.org',
  'a..b',
  '-a.example',
  'a_b',
  '[::1]',
  'a/b',
  'a?b',
  'a#b',
  'a\\b',
  '*.example.org',
  'a,b',
  '%61',
  '\ud800',
])('the domain %j is refused', (domain) => {
  expect(() => formatSetCookie('a', 'b', { domain })).toThrow(TypeError)
})

describe.each([
  '__Secure-',
  '__secure-',
  '__SECURE-',
  '__Host-',
  '__HOST-',
  '__Http-',
  '__HTTP-',
  '__Host-Http-',
  '__host-HTTP-',
])('the prefix %s', (prefix) => {
  const lower = prefix.toLowerCase()
  const host = lower.includes('host')
  const http = lower.includes('http')
  const combinations = [undefined, true, false].flatMap((secure) =>
    [undefined, true].flatMap((httpOnly) =>
      [undefined, '/', '/a'].flatMap((path) =>
        [undefined, 'example.org'].map((domain) => ({ secure, httpOnly, path, domain })),
      ),
    ),
  )

  test.each(combinations)(
    'with $secure, $httpOnly, $path and $domain',
    ({ secure, httpOnly, path, domain }) => {
      const options: CookieOptions = {
        ...(secure !== undefined && { secure }),
        ...(httpOnly !== undefined && { httpOnly }),
        ...(path !== undefined && { path }),
        ...(domain !== undefined && { domain }),
      }
      const hostOnly = domain === undefined && path !== '/a'
      const holds = secure === true && (!host || hostOnly) && (!http || httpOnly === true)
      const format = () => formatSetCookie(`${prefix}a`, 'b', options)
      if (holds) expect(format()).toContain(`${prefix}a=b; `)
      else expect(format).toThrow(/browsers drop it otherwise/)
    },
  )
})

test.each([
  [{ secure: false }, 'a=b; Path=/'],
  [{ httpOnly: false, partitioned: false }, 'a=b; Path=/'],
  [{ sameSite: 'lax' }, 'a=b; Path=/; SameSite=Lax'],
  [{ sameSite: 'strict', priority: 'low' }, 'a=b; Path=/; Priority=Low; SameSite=Strict'],
  [{ priority: 'medium' }, 'a=b; Path=/; Priority=Medium'],
  [{ expires: new Date(999) }, 'a=b; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
  [{ maxAge: -0 }, 'a=b; Max-Age=0; Path=/'],
  [{ maxAge: 34_560_000 }, 'a=b; Max-Age=34560000; Path=/'],
] as const)('the options %j are written %s', (options, text) => {
  expect(formatSetCookie('a', 'b', options)).toBe(text)
})

test('the limit is what browsers take, counted as it is sent', () => {
  expect(COOKIE_LIMIT).toBe(4093)
  const room = COOKIE_LIMIT - 'a=; Path=/'.length
  expect(formatSetCookie('a', '\u00fc'.repeat(Math.floor(room / 6))).length).toBeLessThanOrEqual(COOKIE_LIMIT)
  expect(() => formatSetCookie('a', '\u00fc'.repeat(Math.floor(room / 6) + 1))).toThrow(
    /browsers drop one above 4093/,
  )
})
