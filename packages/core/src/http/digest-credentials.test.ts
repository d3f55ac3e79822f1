import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAuthorization, parseAuthorization } from './authorization.ts'
import { acceptedOf, between, digits, sorted } from './characters.test-support.ts'
import { type DigestCredentials, digestCredentialsOf, digestParameters } from './digest-credentials.ts'

const read = (header: string) => digestCredentialsOf(parseAuthorization(`Digest ${header}`)?.parameters)

const minimal = 'username="a", realm="b", nonce="c", uri="/d", response="0f"'
const credentials: DigestCredentials = {
  username: 'a',
  realm: 'b',
  nonce: 'c',
  uri: '/d',
  response: '0f',
  algorithm: 'MD5',
}

describe('digestCredentialsOf', () => {
  test('reads the example of RFC 7616 section 3.9.1', () => {
    expect(
      read(
        'username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
      ),
    ).toEqual({
      username: 'Mufasa',
      realm: 'http-auth@example.org',
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      uri: '/dir/index.html',
      response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
      algorithm: 'SHA-256',
      opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
      qop: 'auth',
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
      nonceCount: 1,
    })
  })

  test('reads a name beyond ASCII, as in RFC 7616 section 3.9.2', () => {
    const rest = minimal.slice(minimal.indexOf(',') + 2)
    expect(read(`username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, ${rest}`)?.username).toBe('Jäsøn Doe')
    expect(read(`username*=UTF-8''%ff, ${rest}`)).toBeUndefined()
    expect(read(`username*=UTF-8''a, userhash=true, ${rest}`)).toBeUndefined()
    expect(read(`username*=UTF-8''a, userhash=TRUE, ${rest}`)).toBeUndefined()
    expect(read(`username*=UTF-8''a, ${minimal}`)).toBeUndefined()
  })

  test('takes MD5 where no hash is named, as servers before RFC 7616 leave it out', () => {
    expect(read(minimal)).toEqual(credentials)
  })

  test('reads a hashed name', () => {
    expect(read(`${minimal}, userhash=TRUE`)?.userhash).toBe(true)
    expect(read(`${minimal}, userhash=false`)).toEqual(credentials)
    expect(read(`${minimal}, userhash=maybe`)).toBeUndefined()
  })

  test.each(['username', 'realm', 'nonce', 'uri', 'response'])('needs %s', (name) => {
    expect(read(minimal.replace(name, 'x'))).toBeUndefined()
  })

  test.each([
    ['response="0f"', 'response="xyz"'],
    ['response="0f"', 'response=""'],
    ['response="0f"', 'response="0f", qop=auth'],
    ['response="0f"', 'response="0f", qop=auth, nc=00000001'],
    ['response="0f"', 'response="0f", qop=auth, cnonce=x'],
    ['response="0f"', 'response="0f", qop=auth, cnonce=x, nc=1'],
    ['response="0f"', 'response="0f", qop=auth, cnonce=x, nc=0000000g'],
    ['response="0f"', 'response="0f", qop=other, cnonce=x, nc=00000001'],
    ['response="0f"', 'response="0f", cnonce=x'],
    ['response="0f"', 'response="0f", nc=00000001'],
  ])('finds no credentials with %s as %s', (from, to) => {
    expect(read(minimal.replace(from, to))).toBeUndefined()
  })

  test('reads a proof and a count in any case', () => {
    expect(read(`${minimal.replace('0f', '0F')}, qop=auth-int, cnonce=x, nc=000000aB`)).toEqual({
      ...credentials,
      qop: 'auth-int',
      cnonce: 'x',
      nonceCount: 171,
    })
  })

  test('finds none where there are no parameters', () => {
    expect(digestCredentialsOf(undefined)).toBeUndefined()
    expect(digestCredentialsOf(new Map())).toBeUndefined()
    expect(digestCredentialsOf(parseAuthorization('Bearer abc')?.parameters)).toBeUndefined()
  })
})

describe('digestParameters', () => {
  test('are written as RFC 7616 has them', () => {
    const parameters = digestParameters({ ...credentials, qop: 'auth', cnonce: 'x', nonceCount: 10 })
    expect(formatAuthorization({ scheme: 'digest', parameters })).toBe(
      'Digest username="a", realm="b", nonce="c", uri="/d", response="0f", algorithm=MD5, qop=auth, nc=0000000a, cnonce="x"',
    )
  })

  test.each<Partial<DigestCredentials>>([
    { response: 'xyz' },
    { qop: 'auth' },
    { cnonce: 'x' },
    { qop: 'auth', cnonce: 'x', nonceCount: 2 ** 32 },
    { qop: 'auth', cnonce: 'x', nonceCount: -1 },
    { qop: 'auth', cnonce: 'x', nonceCount: 1.5 },
    { username: 'ä', userhash: true },
    { username: '\ud83d' },
  ])('refuses %j', (refused) => {
    expect(() => digestParameters({ ...credentials, ...refused })).toThrow(RangeError)
  })

  test('are read back', () => {
    const text = fc.string()
    const base = {
      username: fc.oneof(text, fc.string({ unit: 'grapheme' })),
      realm: text,
      nonce: text,
      uri: text,
      response: fc.stringMatching(/^[0-9a-f]{1,64}$/),
      algorithm: fc.constantFrom('MD5', 'SHA-256', 'SHA-512-256-sess'),
    }
    const protection = {
      qop: fc.constantFrom('auth' as const, 'auth-int' as const),
      cnonce: text,
      nonceCount: fc.nat(0xffffffff),
      opaque: text,
    }
    fc.assert(
      fc.property(fc.oneof(fc.record(base), fc.record({ ...base, ...protection })), (credentials) => {
        const header = formatAuthorization({ scheme: 'digest', parameters: digestParameters(credentials) })
        expect(digestCredentialsOf(parseAuthorization(header)?.parameters)).toEqual(credentials)
      }),
    )
  })
})

describe('each field', () => {
  const hex = sorted(`${digits}ABCDEFabcdef`)

  test('of a proof is a hex digit, whether alone, first or last', () => {
    const reads = (response: string) =>
      digestCredentialsOf(new Map(Object.entries({ ...required, response }))) !== undefined
    expect(acceptedOf(reads)).toBe(hex)
    expect(acceptedOf((character) => reads(`0${character}`))).toBe(hex)
    expect(acceptedOf((character) => reads(`${character}0`))).toBe(hex)
  })

  test('of a count is a hex digit, eight of them', () => {
    const reads = (nc: string) =>
      digestCredentialsOf(new Map(Object.entries({ ...required, qop: 'auth', cnonce: 'x', nc }))) !==
      undefined
    expect(acceptedOf((character) => reads(`${character}0000000`))).toBe(hex)
    expect(acceptedOf((character) => reads(`0000000${character}`))).toBe(hex)
    expect([reads('0000001'), reads('000000001'), reads('')]).toEqual([false, false, false])
  })

  test('that was not sent is not given', () => {
    expect(Object.keys(read(minimal) ?? {})).toEqual([
      'username',
      'realm',
      'nonce',
      'uri',
      'response',
      'algorithm',
    ])
    expect(read(`${minimal}, opaque=""`)?.opaque).toBe('')
    expect([...digestParameters(credentials).keys()]).not.toContain('opaque')
  })

  test('of a user name goes into username where it is plain ASCII, else into username*', () => {
    const inPlain = acceptedOf((username) => {
      try {
        return digestParameters({ ...credentials, username }).has('username')
      } catch {
        return false
      }
    })
    expect(inPlain).toBe(between(0x20, 0x7e))
    expect(digestParameters({ ...credentials, username: '' }).get('username')).toBe('')
    expect(digestParameters({ ...credentials, userhash: true }).get('userhash')).toBe('true')
  })
})

const required = { username: 'a', realm: 'b', nonce: 'c', uri: '/d', response: '0f' }
