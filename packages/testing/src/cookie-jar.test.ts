import { afterEach, describe, expect, test, vi } from 'vitest'
import { CookieJar, DOMAIN_COOKIES, JAR_COOKIES } from './cookie-jar.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** A jar that took in some answers of one URL. */
function jarOf(url: string, ...headers: string[]): CookieJar {
  const jar = new CookieJar(url)
  for (const header of headers) jar.receive(header, url)
  return jar
}

describe('domains', () => {
  test('a cookie without one is for its host alone', () => {
    const jar = jarOf('https://example.org/', 'a=b')
    expect(jar.header('https://example.org/')).toBe('a=b')
    expect(jar.header('https://www.example.org/')).toBeUndefined()
    expect(jar.header('https://example.com/')).toBeUndefined()
  })

  test('a cookie with one is for its subdomains, too', () => {
    const jar = jarOf('https://www.example.org/', 'a=b; Domain=.Example.org')
    expect(jar.header('https://example.org/')).toBe('a=b')
    expect(jar.header('https://a.b.example.org/')).toBe('a=b')
    expect(jar.header('https://badexample.org/')).toBeUndefined()
  })

  test.each([
    ['https://example.org/', 'a=b; Domain=www.example.org'],
    ['https://example.org/', 'a=b; Domain=example.com'],
    ['https://example.org/', 'a=b; Domain=org'],
    ['https://badexample.org/', 'a=b; Domain=example.org'],
    ['https://127.0.0.1/', 'a=b; Domain=0.0.1'],
  ])('%s may not set %s', (url, header) => {
    const jar = new CookieJar()
    expect(jar.receive(header, url)).toBe(false)
    expect(jar.size).toBe(0)
  })

  test('a host without dots may name itself, and is alone then', () => {
    const jar = jarOf('http://localhost/', 'a=b; Domain=localhost')
    expect(jar.header('http://localhost/')).toBe('a=b')
    expect(jar.header('http://sub.localhost/')).toBeUndefined()
  })

  test('ports do not part cookies', () => {
    expect(jarOf('http://localhost:1/', 'a=b').header('http://localhost:2/')).toBe('a=b')
  })
})

describe('paths', () => {
  test.each([
    { path: '/a', sent: true },
    { path: '/a/', sent: true },
    { path: '/a/b', sent: true },
    { path: '/ab', sent: false },
    { path: '/', sent: false },
  ])('a cookie of /a is sent to $path: $sent', ({ path, sent }) => {
    const jar = jarOf('http://localhost/', 'a=b; Path=/a')
    expect(jar.header(`http://localhost${path}`)).toBe(sent ? 'a=b' : undefined)
  })

  test.each([
    { url: 'http://localhost/x/y', attribute: '', path: '/x' },
    { url: 'http://localhost/x/', attribute: '', path: '/x' },
    { url: 'http://localhost/x', attribute: '', path: '/' },
    { url: 'http://localhost/x/y', attribute: '; Path=', path: '/x' },
    { url: 'http://localhost/x/y', attribute: '; Path=a', path: '/x' },
  ])('$url gives its folder where "$attribute" says nothing', ({ url, attribute, path }) => {
    expect(jarOf(url, `a=b${attribute}`).get('a')?.path).toBe(path)
  })

  test('longer ones come first, then the oldest', () => {
    const jar = jarOf('http://localhost/', 'a=1; Path=/', 'b=2; Path=/x', 'c=3; Path=/', 'a=4; Path=/')
    expect(jar.header('http://localhost/x')).toBe('b=2; a=4; c=3')
  })

  test('tell cookies of one name apart', () => {
    const jar = jarOf('http://localhost/', 'a=1; Path=/', 'a=2; Path=/x')
    expect(jar.header('http://localhost/x')).toBe('a=2; a=1')
    expect(jar.get('a')?.value).toBe('2')
    expect(jar.get('a', 'http://localhost/')?.value).toBe('1')
  })
})

describe('the end of a cookie', () => {
  test('comes with Max-Age, which goes before Expires', () => {
    vi.useFakeTimers({ now: 0 })
    const jar = jarOf('http://localhost/', 'a=b; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:01 GMT')
    vi.setSystemTime(59_999)
    expect([...jar]).toHaveLength(1)
    vi.setSystemTime(60_000)
    expect([jar.size, jar.header('http://localhost/'), jar.get('a')]).toEqual([0, undefined, undefined])
  })

  test('comes with Expires', () => {
    vi.useFakeTimers({ now: 0 })
    const jar = jarOf('http://localhost/', 'a=b; Expires=Thu, 01 Jan 1970 00:00:02 GMT')
    vi.setSystemTime(1999)
    expect(jar.has('a')).toBe(true)
    vi.setSystemTime(2000)
    expect(jar.has('a')).toBe(false)
  })

  test.each(['Max-Age=0', 'Max-Age=-1', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT'])(
    'comes at once with %s',
    (end) => {
      const jar = jarOf('http://localhost/', 'a=b; Path=/')
      expect(jar.receive(`a=; Path=/; ${end}`, 'http://localhost/')).toBe(true)
      expect(jar.size).toBe(0)
    },
  )

  test('takes no cookie of another path or domain with it', () => {
    const jar = jarOf('http://localhost/', 'a=b; Path=/x')
    jar.receive('a=; Path=/; Max-Age=0', 'http://localhost/')
    expect(jar.size).toBe(1)
  })

  test('is 400 days away at most', () => {
    vi.useFakeTimers({ now: 0 })
    const jar = jarOf(
      'http://localhost/',
      'a=b; Max-Age=99999999999',
      'c=d; Expires=Wed, 31-Dec-9999 23:59:59 GMT',
    )
    expect([...jar].map(({ expires }) => expires?.getTime())).toEqual([34_560_000_000, 34_560_000_000])
  })
})

describe('Secure', () => {
  test('is sent over TLS, and to the machine itself', () => {
    const jar = jarOf('https://example.org/', 'a=b; Secure')
    expect(jar.header('https://example.org/')).toBe('a=b')
    expect(jar.header('http://example.org/')).toBeUndefined()
    expect(jarOf('http://localhost/', 'a=b; Secure').header('http://localhost/')).toBe('a=b')
    expect(jarOf('http://127.0.0.1/', 'a=b; Secure').header('http://127.0.0.1/')).toBe('a=b')
  })

  test('cannot be set without TLS', () => {
    expect(new CookieJar().receive('a=b; Secure', 'http://example.org/')).toBe(false)
  })

  test('is not replaced or hidden without TLS', () => {
    const jar = jarOf('https://example.org/', 'a=b; Secure; Path=/login')
    expect(jar.receive('a=c; Path=/login', 'http://example.org/')).toBe(false)
    expect(jar.receive('a=c; Path=/login/x', 'http://example.org/')).toBe(false)
    expect(jar.receive('a=c; Domain=example.org; Path=/login', 'http://www.example.org/')).toBe(false)
    expect(jar.receive('a=c; Path=/', 'http://example.org/')).toBe(true)
    expect(jar.receive('a=c; Path=/login', 'https://example.org/')).toBe(true)
  })

  test.each(['a=b; SameSite=None', 'a=b; Partitioned'])('goes with %s', (header) => {
    const jar = new CookieJar()
    expect(jar.receive(header, 'https://example.org/')).toBe(false)
    expect(jar.receive(`${header}; Secure`, 'https://example.org/')).toBe(true)
  })
})

describe('prefixes', () => {
  test.each([
    '__Secure-a=b; Secure',
    '__Host-a=b; Secure; Path=/',
    '__Http-a=b; Secure; HttpOnly',
    '__Host-Http-a=b; Secure; HttpOnly; Path=/',
    '__hosta=b',
  ])('%s is accepted', (header) => {
    expect(new CookieJar().receive(header, 'https://example.org/')).toBe(true)
  })

  test.each([
    '__Secure-a=b',
    '__SECURE-a=b',
    '__Host-a=b; Secure',
    '__Host-a=b; Path=/',
    '__Host-a=b; Secure; Path=/x',
    '__Host-a=b; Secure; Path=/; Domain=example.org',
    '__host-a=b; Path=/',
    '__Http-a=b; Secure',
    '__Host-Http-a=b; Secure; Path=/',
    '=__Host-a=b',
    '__Secure-a',
  ])('%s is refused', (header) => {
    expect(new CookieJar().receive(header, 'https://example.org/')).toBe(false)
  })
})

describe('by hand', () => {
  test('a cookie is set at the URL of the jar, and read as applications read it', () => {
    const jar = new CookieJar('https://example.org/')
    jar.set('name', 'Ada Lovelace; Countess', { httpOnly: true })
    expect(jar.get('name')).toMatchObject({
      value: 'Ada Lovelace; Countess',
      domain: 'example.org',
      hostOnly: true,
      path: '/',
      httpOnly: true,
    })
    expect(jar.header('https://example.org/x')).toBe('name=Ada%20Lovelace%3B%20Countess')
  })

  test('a cookie may be set at another URL', () => {
    const jar = new CookieJar()
    jar.set('a', 'b', { url: 'https://example.org/' })
    expect(jar.get('a', 'http://localhost/')).toBeUndefined()
    expect(jar.has('a', 'https://example.org/')).toBe(true)
  })

  test('a cookie that browsers would drop is refused', () => {
    const jar = new CookieJar('http://example.org/')
    expect(() => jar.set('a', 'b', { secure: true })).toThrow(TypeError)
    expect(() => jar.set('a', 'b', { domain: 'example.com' })).toThrow(TypeError)
    expect(() => jar.set('__Host-a', 'b')).toThrow(TypeError)
  })

  test('cookies are removed by name, by path, or all', () => {
    const jar = jarOf('http://localhost/', 'a=1; Path=/', 'a=2; Path=/x', 'b=3')
    jar.delete('a', { path: '/x' })
    expect([...jar].map(({ rawValue }) => rawValue)).toEqual(['1', '3'])
    jar.delete('b', { domain: 'example.org' })
    expect(jar.size).toBe(2)
    jar.delete('b')
    jar.delete('a')
    expect(jar.size).toBe(0)
    jar.set('c', 'd')
    jar.clear()
    expect(jar.size).toBe(0)
  })

  test('a cookie without a name is sent as its value', () => {
    expect(jarOf('http://localhost/', '=b').header('http://localhost/')).toBe('b')
  })
})

describe('limits', () => {
  test('the oldest cookie of a domain makes room', () => {
    const jar = new CookieJar()
    for (let i = 0; i <= DOMAIN_COOKIES; i++) jar.receive(`a${i}=b`, 'http://localhost/')
    expect(jar.size).toBe(DOMAIN_COOKIES)
    expect([jar.has('a0'), jar.has('a1')]).toEqual([false, true])
  })

  test('the oldest cookie of all makes room', () => {
    const jar = new CookieJar()
    for (let i = 0; i <= JAR_COOKIES; i++) jar.receive('a=b', `http://h${i}.example/`)
    expect(jar.size).toBe(JAR_COOKIES)
    expect(jar.has('a', 'http://h0.example/')).toBe(false)
  })
})
