import { describe, expect, test } from 'vitest'
import { Response } from './response.ts'

/** A response with one header, as an application would have sent it. */
const withHeader = (name: string, value: string) => new Response(null, { headers: [[name, value]] })

type Settable = {
  [Key in keyof Response]: Response[Key] extends (...args: never[]) => unknown ? never : Key
}[keyof Response]

/** What is sent when a member is set to a value. */
function sent(member: Settable, value: unknown, name: string): string | null {
  const response = new Response(null)
  Object.assign(response, { [member]: value })
  return response.headers.get(name)
}

const noon = new Date(Date.UTC(1994, 10, 6, 8, 49, 37))

test.each<[Settable, string, string]>([
  ['allow', 'Allow', 'GET'],
  ['contentEncoding', 'Content-Encoding', 'gzip'],
  ['contentLanguage', 'Content-Language', 'de'],
  ['vary', 'Vary', 'accept'],
])('the list of %s throws where it is changed, as the header would stay', (member, name, value) => {
  const list = withHeader(name, value)[member] as string[]
  expect(list).toEqual([value])
  expect(() => list.push('x')).toThrow(TypeError)
})

describe('a member is written as its header and read from it', () => {
  test.each<[Settable, unknown, string, string]>([
    ['acceptRanges', 'bytes', 'Accept-Ranges', 'bytes'],
    ['accessControl', { allowOrigin: '*' }, 'Access-Control-Allow-Origin', '*'],
    ['age', 5, 'Age', '5'],
    ['allow', ['GET', 'HEAD'], 'Allow', 'GET, HEAD'],
    ['cacheControl', { public: true, maxAge: 60 }, 'Cache-Control', 'public, max-age=60'],
    ['contentEncoding', ['gzip'], 'Content-Encoding', 'gzip'],
    ['contentLanguage', ['de', 'en-GB'], 'Content-Language', 'de, en-GB'],
    ['contentLength', 5, 'Content-Length', '5'],
    ['contentLocation', '/a.json', 'Content-Location', '/a.json'],
    ['contentRange', { range: { first: 0, last: 9 }, size: 20 }, 'Content-Range', 'bytes 0-9/20'],
    ['contentSecurityPolicy', { defaultSrc: ["'self'"] }, 'Content-Security-Policy', "default-src 'self'"],
    [
      'contentSecurityPolicyReportOnly',
      { imgSrc: ['*'] },
      'Content-Security-Policy-Report-Only',
      'img-src *',
    ],
    ['contentType', 'text/html; charset=latin1', 'Content-Type', 'text/html; charset=latin1'],
    ['crossOriginEmbedderPolicy', 'require-corp', 'Cross-Origin-Embedder-Policy', 'require-corp'],
    ['crossOriginOpenerPolicy', 'same-origin', 'Cross-Origin-Opener-Policy', 'same-origin'],
    ['crossOriginResourcePolicy', 'same-site', 'Cross-Origin-Resource-Policy', 'same-site'],
    ['date', noon, 'Date', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['expires', noon, 'Expires', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['lastModified', noon, 'Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['link', [{ target: '/2', rel: ['next'] }], 'Link', '</2>; rel=next'],
    ['location', '/next', 'Location', '/next'],
    ['retryAfter', 120, 'Retry-After', '120'],
    ['retryAfter', noon, 'Retry-After', 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['vary', ['accept', 'origin'], 'Vary', 'accept, origin'],
  ])('%s', (member, value, name, header) => {
    expect(sent(member, value, name)).toBe(header)
    expect(withHeader(name, header)[member]).toEqual(value)
    const response = withHeader(name, header)
    Object.assign(response, { [member]: undefined })
    expect(response.headers.has(name)).toBe(false)
  })
})

describe('without its header', () => {
  test.each<[Settable, unknown]>([
    ['acceptRanges', undefined],
    ['accessControl', {}],
    ['allow', []],
    ['cacheControl', {}],
    ['contentEncoding', []],
    ['contentLocation', undefined],
    ['contentRange', undefined],
    ['contentSecurityPolicy', {}],
    ['contentType', undefined],
    ['crossOriginOpenerPolicy', undefined],
    ['expires', undefined],
    ['location', undefined],
    ['mimetype', undefined],
    ['retryAfter', undefined],
    ['vary', []],
    ['wwwAuthenticate', []],
  ])('%s is %j', (member, value) => {
    expect(new Response(null)[member]).toEqual(value)
  })
})

describe('a malformed header counts as none', () => {
  test.each<[Settable, string, string]>([
    ['acceptRanges', 'Accept-Ranges', 'pages'],
    ['age', 'Age', '+5'],
    ['contentLength', 'Content-Length', '1_0'],
    ['contentRange', 'Content-Range', 'bytes 5-1/9'],
    ['crossOriginOpenerPolicy', 'Cross-Origin-Opener-Policy', 'everyone'],
    ['expires', 'Expires', '0'],
    ['lastModified', 'Last-Modified', 'yesterday'],
  ])('%s', (member, name, header) => {
    const response = new Response(['a'].values(), { headers: { [name]: header } })
    expect(response[member]).toBeUndefined()
  })
})

describe('what is wrong throws and leaves the header as it was', () => {
  test.each<[Settable, unknown, string]>([
    ['acceptRanges', 'pages', 'Accept-Ranges'],
    ['accessControl', { allowOrigin: 'https://a.example, https://b.example' }, 'Access-Control-Allow-Origin'],
    ['accessControl', { allowHeaders: ['X A'] }, 'Access-Control-Allow-Headers'],
    ['age', -1, 'Age'],
    ['allow', ['GET', 'a b'], 'Allow'],
    ['cacheControl', { maxAge: 1.5 }, 'Cache-Control'],
    ['cacheControl', { maxage: 1 }, 'Cache-Control'],
    ['contentEncoding', ['gzip\r\nX: 1'], 'Content-Encoding'],
    ['contentLength', 1.5, 'Content-Length'],
    ['contentLocation', '/a\r\nX: 1', 'Content-Location'],
    ['contentRange', { range: { first: 5, last: 1 }, size: 9 }, 'Content-Range'],
    ['contentSecurityPolicy', { defaultSrc: ['self'] }, 'Content-Security-Policy'],
    ['contentType', 'text/html\r\nX: 1', 'Content-Type'],
    ['crossOriginEmbedderPolicy', 'credentialess', 'Cross-Origin-Embedder-Policy'],
    ['lastModified', new Date(Number.NaN), 'Last-Modified'],
    ['location', 'javascript:alert(1)', 'Location'],
    ['retryAfter', Number.NaN, 'Retry-After'],
    ['vary', ['a b'], 'Vary'],
    ['wwwAuthenticate', { scheme: 'a b' }, 'WWW-Authenticate'],
  ])('%s = %j', (member, value, name) => {
    const response = withHeader(name, 'before')
    expect(() => Object.assign(response, { [member]: value })).toThrow(/Got /)
    expect(response.headers.get(name)).toBe('before')
  })
})

test('lists may be given as a header has them, and an empty one removes it', () => {
  const response = new Response(null)
  response.vary = 'Accept, Origin'
  expect(response.vary).toEqual(['accept', 'origin'])
  response.vary = [...response.vary, 'Cookie']
  expect(response.headers.get('vary')).toBe('accept, origin, Cookie')
  response.vary = []
  expect(response.headers.has('vary')).toBe(false)
  response.vary = '*'
  expect(response.vary).toBe('*')
})

test('a directive is added to Cache-Control by assigning', () => {
  const response = withHeader('Cache-Control', 'private')
  response.cacheControl = { ...response.cacheControl, maxAge: 60 }
  expect(response.headers.get('cache-control')).toBe('private, max-age=60')
  response.cacheControl = 'no-store'
  expect(response.cacheControl).toEqual({ noStore: true })
  response.cacheControl = {}
  expect(response.headers.has('cache-control')).toBe(false)
})

test('values are not live: changing one throws instead of being lost', () => {
  const response = withHeader('Cache-Control', 'private')
  expect(() => Object.assign(response.cacheControl, { maxAge: 60 })).toThrow(TypeError)
  expect(() => (response.allow as string[]).push('GET')).toThrow(TypeError)
  expect(() => (response.vary as string[]).push('Accept')).toThrow(TypeError)
})

test('repeated headers are read as one', () => {
  const response = new Response(null, {
    headers: [
      ['Vary', 'Accept'],
      ['vary', 'Origin'],
    ],
  })
  expect(response.vary).toEqual(['accept', 'origin'])
})

test('a policy is read without where it is reported to', () => {
  const response = withHeader('Cross-Origin-Opener-Policy', 'same-origin; report-to="coop"')
  expect(response.crossOriginOpenerPolicy).toBe('same-origin')
})

test('what other origins may do is one value of several headers, which assigning replaces', () => {
  const response = withHeader('Access-Control-Max-Age', '5')
  response.accessControl = { allowOrigin: 'https://app.example', allowCredentials: true }
  expect(response.headers.toList()).toEqual([
    ['Access-Control-Allow-Origin', 'https://app.example'],
    ['Access-Control-Allow-Credentials', 'true'],
  ])
  expect(() => {
    response.accessControl = { allowOrigin: '*', allowCredentials: true }
  }).toThrow("'*'")
  response.accessControl = { ...response.accessControl, exposeHeaders: ['x-total'] }
  expect(response.headers.get('access-control-expose-headers')).toBe('x-total')
  expect(response.accessControl.allowCredentials).toBe(true)
  response.accessControl = undefined
  expect(response.headers.toList()).toEqual([])
})

test('mimetype gives the type alone, and sets a charset where it is text', () => {
  const response = new Response('', { contentType: 'Text/HTML; charset=utf-8' })
  expect(response.mimetype).toBe('text/html')
  response.mimetype = 'text/css'
  expect(response.contentType).toBe('text/css; charset=utf-8')
  response.mimetype = 'image/png'
  expect(response.contentType).toBe('image/png')
})

test('a Location beyond ASCII is percent-encoded once', () => {
  const response = new Response(null)
  response.location = '/grün?a=%20'
  expect(response.location).toBe('/gr%C3%BCn?a=%20')
  response.contentLocation = new URL('https://example.org/ü')
  expect(response.contentLocation).toBe('https://example.org/%C3%BC')
})

test('each challenge has a header of its own, as some clients know only the first of one', () => {
  const response = withHeader('WWW-Authenticate', 'Digest realm="old"')
  response.wwwAuthenticate = [{ scheme: 'Basic', parameters: { realm: 'Staff' } }, { scheme: 'Negotiate' }]
  expect(response.headers.getAll('www-authenticate')).toEqual(['Basic realm="Staff"', 'Negotiate'])
  expect(response.wwwAuthenticate.map(({ scheme }) => scheme)).toEqual(['basic', 'negotiate'])
  response.wwwAuthenticate = { scheme: 'Bearer' }
  expect(response.headers.getAll('www-authenticate')).toEqual(['Bearer'])
  response.wwwAuthenticate = undefined
  expect(response.headers.has('www-authenticate')).toBe(false)
})

test('a policy may be given as text', () => {
  const response = new Response(null)
  response.contentSecurityPolicy = "default-src 'none'; img-src *"
  expect(response.contentSecurityPolicy).toEqual({ defaultSrc: ["'none'"], imgSrc: ['*'] })
  response.contentSecurityPolicy = {}
  expect(response.headers.has('content-security-policy')).toBe(false)
})
