import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAuthorization, parseAuthorization } from './authorization.ts'

const field = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', ' ', '=', ',', '"', '\\', '/', '+', '-', 'ä'),
})

describe('parseAuthorization', () => {
  test('reads Basic credentials', () => {
    expect(parseAuthorization('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==')).toEqual({
      scheme: 'basic',
      username: 'Aladdin',
      password: 'open sesame',
    })
  })

  test('reads a token (RFC 6750 section 2.1)', () => {
    expect(parseAuthorization('Bearer mF_9.B5f-4.1JqM')).toEqual({
      scheme: 'bearer',
      token: 'mF_9.B5f-4.1JqM',
    })
    expect(parseAuthorization('Negotiate YII==')).toEqual({ scheme: 'negotiate', token: 'YII==' })
  })

  test('reads parameters (RFC 7616 section 3.9.1)', () => {
    const authorization = parseAuthorization(
      'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="8ca523f5e9506fed4657c9700eebdbec", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
    )
    expect(authorization?.scheme).toBe('digest')
    expect(Object.fromEntries(authorization?.parameters ?? [])).toMatchObject({
      username: 'Mufasa',
      uri: '/dir/index.html',
      nc: '00000001',
      qop: 'auth',
    })
  })

  test('reads parameters whose values have no quotes, as of AWS4-HMAC-SHA256', () => {
    const authorization = parseAuthorization(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    )
    expect(authorization?.parameters?.get('signedheaders')).toBe('content-type;host;x-amz-date')
  })

  test('compares schemes without regard to case, and allows any space after them', () => {
    expect(parseAuthorization('bEaReR  \t abc ')).toEqual({ scheme: 'bearer', token: 'abc' })
    expect(parseAuthorization('BASIC   YTpi')).toMatchObject({ username: 'a' })
  })

  test('reads a scheme alone', () => {
    expect(parseAuthorization('Negotiate')).toEqual({ scheme: 'negotiate', parameters: new Map() })
  })

  test('has hostile names as names only (robustness.md K2)', () => {
    const parameters = parseAuthorization('x __proto__="a", constructor="b"')?.parameters
    expect(parameters?.get('__proto__')).toBe('a')
    expect(parameters?.get('constructor')).toBe('b')
    expect(parameters?.get('toString')).toBeUndefined()
  })

  test.each([
    ['', 'nothing'],
    [' ', 'a space'],
    ['"Basic" YTpi', 'a scheme in quotes'],
    ['Basic', 'Basic alone'],
    ['Basic ä', 'no base64'],
    ['Basic YWRh', 'no colon'],
    ['Basic YTpi, Basic YTpi', 'two headers that were joined'],
    ['Bearer abc, Bearer abc', 'two tokens'],
    ['Bearer a b', 'a token with a space'],
    ['Bearer "abc"', 'a token in quotes'],
    ['Digest realm="a", realm="b"', 'a parameter that stands twice'],
    ['Digest realm="a', 'a quote that never closes'],
    ['Digest realm="a" nonce="b"', 'no comma between parameters'],
    ['Digest realm="a"; nonce="b"', 'a semicolon between parameters'],
    ['Bäsic YTpi', 'a scheme beyond ASCII'],
    ['Basic,YTpi', 'a comma after the scheme'],
  ])('finds no credentials in %j: %s', (header) => {
    expect(parseAuthorization(header)).toBeUndefined()
  })

  test('gives credentials that can be written and read back, for any header', () => {
    const near = fc
      .tuple(fc.constantFrom('Basic ', 'bearer ', 'Digest a=', 'X'), field)
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(near, field), (header) => {
        const authorization = parseAuthorization(header)
        if (authorization === undefined) return
        const written = formatAuthorization(authorization)
        expect(parseAuthorization(written)).toEqual(authorization)
        expect(formatAuthorization(parseAuthorization(written) ?? authorization)).toBe(written)
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(() => parseAuthorization(header)).not.toThrow()
      }),
    )
  })
})

describe('formatAuthorization', () => {
  test('writes the three kinds', () => {
    expect(formatAuthorization({ scheme: 'basic', username: 'Ada', password: 'secret' })).toBe(
      'Basic QWRhOnNlY3JldA==',
    )
    expect(formatAuthorization({ scheme: 'bearer', token: 'abc' })).toBe('Bearer abc')
    expect(formatAuthorization({ scheme: 'Hawk', parameters: { id: 'a', ts: '1' } })).toBe(
      'Hawk id="a", ts="1"',
    )
    expect(formatAuthorization({ scheme: 'negotiate', parameters: {} })).toBe('Negotiate')
  })

  test('writes those without quotes that RFC 7616 section 3.4 has so', () => {
    expect(
      formatAuthorization({
        scheme: 'digest',
        parameters: { qop: 'auth', nc: '00000001', algorithm: 'MD5', userhash: 'true', uri: '/' },
      }),
    ).toBe('Digest qop=auth, nc=00000001, algorithm=MD5, userhash=true, uri="/"')
  })

  test('refuses what would become another header (robustness.md H1)', () => {
    expect(() => formatAuthorization({ scheme: 'bearer', token: 'a\r\nb' })).toThrow(RangeError)
    expect(() => formatAuthorization({ scheme: 'basic', username: 'a\nb', password: '' })).toThrow(RangeError)
    expect(() => formatAuthorization({ scheme: 'x', parameters: { a: 'b\nc' } })).toThrow(RangeError)
  })
})

test('what is read is exactly the grammar (RFC 9110 section 11.4), with bare values of visible characters', () => {
  const token = '[ab/]+=*'
  const parameter = '[ab]+[ \t]*=[ \t]*(?:[!#-+\\--~]+|"(?:[^"\\\\]|\\\\.)*")'
  const list = `(?:[ \t]*(?:${parameter})?[ \t]*,)*[ \t]*(?:${parameter})?[ \t]*`
  const grammar = new RegExp(`^a(?:[ \t]+(?:${token}[ \t]*|${list}))?$`, 's')
  const piece = fc.constantFrom('a', 'b', '=', ',', '"', '\\', ' ', '/', 'a=b', ', b="', '"', 'b = a', '==')
  fc.assert(
    fc.property(fc.string({ unit: piece, maxLength: 10 }), (rest) => {
      const header = `a ${rest}`
      const expected = grammar.test(header) && !namesTwice(rest)
      expect(parseAuthorization(header) !== undefined).toBe(expected)
    }),
    { numRuns: 2000 },
  )
})

function namesTwice(text: string): boolean {
  const names = text
    .replace(/"(?:[^"\\]|\\.)*"/gs, '')
    .split(',')
    .map((member) => /^[ \t]*([ab]+)[ \t]*=/.exec(member)?.[1])
    .filter((name) => name !== undefined)
  return names.length > 1 && new Set(names).size < names.length
}

test.each([
  ['Basic Og==', { scheme: 'basic', username: '', password: '' }],
  ['basic\tYTpi', { scheme: 'basic', username: 'a', password: 'b' }],
  ['Basic YTpi \t', { scheme: 'basic', username: 'a', password: 'b' }],
  ['Bearer a', { scheme: 'bearer', token: 'a' }],
  ['Bearer a==', { scheme: 'bearer', token: 'a==' }],
  ['Bearer', { scheme: 'bearer', parameters: new Map() }],
  ['x a=b', { scheme: 'x', parameters: new Map([['a', 'b']]) }],
  ['x a="b",,', { scheme: 'x', parameters: new Map([['a', 'b']]) }],
  ['x a=', { scheme: 'x', token: 'a=' }],
  ['Basic a=b', undefined],
  ['Basic YTpi YTpi', undefined],
  ['Bearer a, b=c', undefined],
  ['Bearer \u00e4', undefined],
  ['Bearer a\xa0', undefined],
  ['Bearer a\r\n', undefined],
  ['\u212aerberos a', undefined],
  ['x \u212a=b', undefined],
  ['x a=b, A=c', undefined],
  [' Bearer a', undefined],
])('%j holds the credentials %j (RFC 9110 section 11.4)', (header, expected) => {
  expect(parseAuthorization(header)).toEqual(expected)
})

test('what is undefined says nothing of the kind of credentials', () => {
  const parameters = { id: 'a' }
  expect(
    formatAuthorization({ scheme: 'x', username: undefined, token: undefined, parameters } as never),
  ).toBe('x id="a"')
  expect(
    formatAuthorization({ scheme: 'x', username: undefined, token: 'a', parameters: undefined } as never),
  ).toBe('x a')
})
