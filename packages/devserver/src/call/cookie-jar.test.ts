import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COOKIE_LIMIT, COOKIE_SIZE, CookieJar } from './cookie-jar.ts'

const from = new URL('https://site.example/a/b')

function jarOf(...headers: string[]): CookieJar {
  const jar = new CookieJar()
  for (const header of headers) jar.receive(header, from)
  return jar
}

function sent(jar: CookieJar, url: string): string | undefined {
  return jar.header(new URL(url))
}

test('a cookie is sent where it was set, and below', () => {
  const jar = jarOf('a=1', 'b=2; Path=/', 'c="3"; path=/a/b')
  expect(sent(jar, 'https://site.example/a/b')).toBe('c="3"; a=1; b=2')
  expect(sent(jar, 'https://site.example/a/bc')).toBe('a=1; b=2')
  expect(sent(jar, 'https://site.example/ab')).toBe('b=2')
  expect(sent(jar, 'https://www.site.example/a/')).toBeUndefined()
})

test('one with a domain goes to the hosts below it, too', () => {
  const jar = jarOf('a=1; Domain=.Site.Example; Path=/')
  expect(sent(jar, 'https://www.site.example/')).toBe('a=1')
  expect(sent(jar, 'https://othersite.example/')).toBeUndefined()
})

test('one that needs TLS goes without it to this machine alone', () => {
  const jar = jarOf('a=1; Secure')
  expect(sent(jar, 'https://site.example/a/')).toBe('a=1')
  expect(sent(jar, 'http://site.example/a/')).toBeUndefined()
  const here = new CookieJar()
  here.receive('a=1; Secure', new URL('http://localhost/'))
  expect(sent(here, 'http://localhost/')).toBe('a=1')
})

test('a later one takes the place of one of its name, and ends it', () => {
  const jar = jarOf('a=1', 'a=2')
  expect(sent(jar, from.href)).toBe('a=2')
  jar.receive('a=; Max-Age=0', from)
  expect(sent(jar, from.href)).toBeUndefined()
})

test.for([
  ['Max-Age=100; Expires=Thu, 01 Jan 1970 00:00:10 GMT', true],
  ['Max-Age=-1; Expires=Fri, 01 Jan 2999 00:00:00 GMT', false],
  ['Max-Age=soon; Expires=Thu, 01-Jan-1970 00:00:10 GMT', false],
  ['Expires=Monday, 01-Jan-90 00:00:10 GMT', false],
  ['Expires=Fri, 01-Jan-2999 00:00:00 GMT', true],
  ['Expires=Thu, 01 Jan 1970 00:00:00 GMT', false],
  ['Expires=tomorrow', true],
] as const)('%s is kept: %s', ([attributes, kept]) => {
  expect(sent(jarOf(`a=1; ${attributes}`), from.href)).toBe(kept ? 'a=1' : undefined)
})

// RFC 6265bis sections 5.6 and 5.7
test.for([
  '',
  '=',
  'a=1; Domain=other.example',
  'a=1; Domain=www.site.example',
  'a=1; Domain=example',
  'a=1\x01',
  'a=1\t2',
  `a=${'x'.repeat(COOKIE_SIZE)}`,
  '__Secure-a=1',
  '__Host-a=1; Secure',
  '__Host-a=1; Secure; Path=/; Domain=site.example',
])('%j is refused', (header) => {
  expect(sent(jarOf(header), from.href)).toBeUndefined()
})

test('one without a name has a value', () => {
  expect(sent(jarOf('value', '__Host-b=1; Secure; Path=/'), from.href)).toBe('value; __Host-b=1')
})

test('the oldest go first where there are too many', () => {
  const jar = new CookieJar()
  for (let i = 0; i <= COOKIE_LIMIT; i++) jar.receive(`c${i}=1`, from)
  const names = sent(jar, from.href)?.split('; ') ?? []
  expect([names.length, names[0], names.at(-1)]).toEqual([COOKIE_LIMIT, 'c1=1', `c${COOKIE_LIMIT}=1`])
})

describe('the file', () => {
  test('is that of curl', () => {
    const jar = jarOf(
      'a=1',
      'b=2; Domain=site.example; Path=/; Secure; HttpOnly; Expires=Fri, 01 Jan 2100 00:00:00 GMT',
      'gone=1; Max-Age=0',
    )
    expect(String(jar)).toBe(
      '# Netscape HTTP Cookie File\n' +
        'site.example\tFALSE\t/a\tFALSE\t0\ta\t1\n' +
        '#HttpOnly_.site.example\tTRUE\t/\tTRUE\t4102444800\tb\t2\n',
    )
  })

  test('is read with what others write into it', () => {
    const jar = new CookieJar()
    jar.read(
      [
        '# Netscape HTTP Cookie File',
        '# https://curl.se/docs/http-cookies.html',
        '',
        '.site.example\tTRUE\t/\tFALSE\t0\ta\t1',
        '#HttpOnly_localhost\tFALSE\t/\tFALSE\t0\tb\t2',
        'site.example\tFALSE\t/\tFALSE\t1\tgone\t1',
        'site.example\tFALSE\tno path\tFALSE\t0\tc\t1',
        'site.example FALSE / FALSE 0 d 1',
      ].join('\r\n'),
    )
    expect(sent(jar, 'http://www.site.example/')).toBe('a=1')
    expect(sent(jar, 'http://site.example/')).toBe('a=1')
    expect(sent(jar, 'http://localhost/x')).toBe('b=2')
  })

  test('gives back what was set, whatever that was', () => {
    const attribute = fc.constantFrom(
      'Secure',
      'HttpOnly',
      'Path=/',
      'Path=/a',
      'Domain=site.example',
      'Max-Age=99',
    )
    const header = fc
      .tuple(fc.string(), fc.string(), fc.array(attribute))
      .map(([name, value, attributes]) => [`${name}=${value}`, ...attributes].join('; '))
    fc.assert(
      fc.property(fc.array(header), (headers) => {
        const jar = jarOf(...headers)
        const again = new CookieJar()
        again.read(String(jar))
        expect(sent(again, from.href)).toBe(sent(jar, from.href))
      }),
    )
  })

  test('may hold anything', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('\t', '/', 'TRUE', '0', '#HttpOnly_', '\n'))),
        (parts) => {
          const jar = new CookieJar()
          jar.read(parts.join(''))
          expect(String(jar)).toMatch(/^# Netscape/)
        },
      ),
    )
  })
})
