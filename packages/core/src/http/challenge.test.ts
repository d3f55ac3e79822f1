import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Challenge, formatChallenge, formatChallenges, parseChallenges } from './challenge.ts'
import { LIST_LIMIT } from './list.ts'
import { PARAMETER_LIMIT } from './parameters.ts'

const challenge = (scheme: string, parameters: Record<string, string> = {}, token?: string): Challenge => ({
  scheme,
  parameters: new Map(Object.entries(parameters)),
  ...(token !== undefined && { token }),
})

describe('parseChallenges', () => {
  test('reads the example of RFC 9110 section 11.6.1', () => {
    expect(
      parseChallenges('Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""'),
    ).toEqual([
      challenge('basic', { realm: 'simple' }),
      challenge('newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }),
    ])
  })

  test('reads the examples of RFC 7616 section 3.9.1', () => {
    expect(
      parseChallenges(
        'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/x"',
      ),
    ).toEqual([
      challenge('digest', {
        realm: 'http-auth@example.org',
        qop: 'auth, auth-int',
        algorithm: 'SHA-256',
        nonce: '7ypf/x',
      }),
    ])
  })

  test('reads the example of RFC 6750 section 3', () => {
    expect(
      parseChallenges(
        'Bearer realm="example", error="invalid_token", error_description="The access token expired"',
      ),
    ).toEqual([
      challenge('bearer', {
        realm: 'example',
        error: 'invalid_token',
        error_description: 'The access token expired',
      }),
    ])
  })

  test('tells schemes alone, tokens and parameters apart', () => {
    expect(parseChallenges('Negotiate, NTLM TlRM==, Basic realm=a, x,y z')).toEqual([
      challenge('negotiate'),
      challenge('ntlm', {}, 'TlRM=='),
      challenge('basic', { realm: 'a' }),
      challenge('x'),
      challenge('y', {}, 'z'),
    ])
  })

  test('allows space around equals signs and empty members (RFC 9110 sections 5.6.1 and 11.2)', () => {
    expect(parseChallenges(' , Basic realm = "a" ,, charset\t=UTF-8 ,')).toEqual([
      challenge('basic', { realm: 'a', charset: 'UTF-8' }),
    ])
  })

  test('takes a scheme of the same name for another challenge', () => {
    expect(
      parseChallenges('Digest realm="a", algorithm=SHA-256, Digest realm="a", algorithm=MD5'),
    ).toHaveLength(2)
  })

  test.each([
    ['realm="a", Basic realm="b"', 'parameters before the first scheme'],
    ['x a="b", a="c", Basic realm="b"', 'a parameter that stands twice'],
    ['x a b, Basic realm="b"', 'two tokens'],
    ['x abc, a="b", Basic realm="b"', 'a token and parameters'],
    ['x/y, Basic realm="b"', 'a scheme that is no token'],
    ['x a=, b=, Basic realm="b"', 'a parameter without a value, after a token'],
    ['"x", Basic realm="b"', 'a scheme in quotes'],
  ])('leaves what is malformed out of %s: %s', (header) => {
    expect(parseChallenges(header).filter(({ scheme }) => scheme !== 'x')).toEqual([
      challenge('basic', { realm: 'b' }),
    ])
    expect(parseChallenges(header)).toHaveLength(1)
  })

  test('takes nothing from behind a quote that never closes', () => {
    expect(parseChallenges('Basic realm="a, Digest realm="b')).toEqual([])
    expect(parseChallenges('Negotiate, Basic realm="a, Digest nonce=b')).toEqual([challenge('negotiate')])
  })

  test('leaves out a challenge with more parameters than the limit', () => {
    const parameters = (length: number) => Array.from({ length }, (_, i) => `a${i}=b`).join(',')
    expect(parseChallenges(`x ${parameters(PARAMETER_LIMIT)}, y`)).toHaveLength(2)
    expect(parseChallenges(`x ${parameters(PARAMETER_LIMIT + 1)}, y`)).toEqual([challenge('y')])
  })

  test('stops after the most members of a list, and leaves out the challenge that is cut there', () => {
    expect(parseChallenges('a, '.repeat(LIST_LIMIT))).toHaveLength(LIST_LIMIT)
    expect(parseChallenges(`${'a, '.repeat(LIST_LIMIT - 1)}b realm="c", d="e"`)).toHaveLength(LIST_LIMIT - 1)
    expect(parseChallenges('a, '.repeat(LIST_LIMIT * 2))).toHaveLength(LIST_LIMIT)
  })

  test('has hostile names as names only (robustness.md K2)', () => {
    expect(parseChallenges('x __proto__="a"')[0]?.parameters.get('__proto__')).toBe('a')
  })

  test('gives challenges that can be written and read back, for any header', () => {
    const field = fc.string({
      unit: fc.constantFrom('a', 'b', 'Basic ', ' ', '\t', '=', ',', '"', '\\', 'realm="', '/', 'ä'),
    })
    fc.assert(
      fc.property(field, (header) => {
        const challenges = parseChallenges(header)
        expect(parseChallenges(formatChallenges(challenges))).toEqual(challenges)
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(parseChallenges(header).every(({ scheme }) => scheme !== '')).toBe(true)
      }),
    )
  })
})

describe('formatChallenge', () => {
  test('writes values in quotes, but those that RFC 7616 section 3.3 has without', () => {
    expect(
      formatChallenge({
        scheme: 'digest',
        parameters: {
          realm: 'a "b"',
          qop: 'auth, auth-int',
          algorithm: 'SHA-256',
          stale: 'true',
          userhash: 'false',
        },
      }),
    ).toBe('Digest realm="a \\"b\\"", qop="auth, auth-int", algorithm=SHA-256, stale=true, userhash=false')
  })

  test('writes a scheme alone, and a token', () => {
    expect(formatChallenge({ scheme: 'negotiate' })).toBe('Negotiate')
    expect(formatChallenge({ scheme: 'NTLM', token: 'TlRM==' })).toBe('NTLM TlRM==')
  })

  test.each([
    { scheme: 'Basic realm' },
    { scheme: '' },
    { scheme: 'Basic', parameters: { realm: 'a\r\nSet-Cookie: b' } },
    { scheme: 'Basic', parameters: { realm: '€' } },
    { scheme: 'Basic', token: 'a, Bearer b' },
  ])('refuses %j (robustness.md H1)', (init) => {
    expect(() => formatChallenge(init)).toThrow(RangeError)
  })
})

test('challenges that are written are read back', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/)
  const parameters = fc
    .uniqueArray(fc.tuple(name, fc.string()), { selector: ([name]) => name, maxLength: 5 })
    .map((entries) => new Map(entries))
  const one = fc.oneof(
    fc.record({ scheme: name, parameters }),
    fc.record({
      scheme: name,
      token: fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,9}={0,2}$/),
      parameters: fc.constant(new Map<string, string>()),
    }),
  )
  fc.assert(
    fc.property(fc.array(one, { maxLength: 20 }), (challenges) => {
      expect(parseChallenges(formatChallenges(challenges))).toEqual(challenges)
    }),
  )
})

describe('what clients meet', () => {
  test.each([
    ['Basic realm="Restricted", charset="UTF-8"', ['basic']],
    ['Negotiate, NTLM', ['negotiate', 'ntlm']],
    ['Bearer', ['bearer']],
    [
      'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull"',
      ['bearer'],
    ],
    [
      'Bearer authorization_uri="https://login.example/common/oauth2/authorize", error="invalid_token"',
      ['bearer'],
    ],
    ['Bearer error="insufficient_scope", scope="a b", DPoP algs="ES256 PS256"', ['bearer', 'dpop']],
    ['Digest realm="a", nonce="b", algorithm=MD5, qop="auth", stale=FALSE', ['digest']],
    ['SCRAM-SHA-256 realm="a", data=biwsbj11c2VyLHI9', ['scram-sha-256']],
    ['Mutual version=1, algorithm=iso-kam3-dl-2048-sha256, validation=host', ['mutual']],
    ['vapid t=eyJ0.eyJh.SVg, k=BDd3', ['vapid']],
    ['PrivateToken challenge="AAIAGW==", token-key="MIIBUg=="', ['privatetoken']],
  ])('%s', (header, schemes) => {
    const challenges = parseChallenges(header)
    expect(challenges.map(({ scheme }) => scheme)).toEqual(schemes)
    expect(parseChallenges(formatChallenges(challenges))).toEqual(challenges)
  })

  test('is read the same in one header and in several that were joined', () => {
    const headers = ['Negotiate', 'Basic realm="a, b"', 'Digest realm="c", nonce="d"']
    expect(parseChallenges(headers.join(', '))).toEqual(headers.flatMap(parseChallenges))
  })
})

test.each([
  ['Basic\trealm="a"', [['basic', { realm: 'a' }]]],
  ['Basic realm\t=\t"a"', [['basic', { realm: 'a' }]]],
  ['Basic, realm="a"', [['basic', { realm: 'a' }]]],
  [
    'Basic realm="a",, , Bearer',
    [
      ['basic', { realm: 'a' }],
      ['bearer', {}],
    ],
  ],
  ['Basic realm="a, Bearer realm=\\"b\\""', [['basic', { realm: 'a, Bearer realm="b"' }]]],
  [
    'Basic realm="a", charset="UTF-8", Bearer error="x"',
    [
      ['basic', { realm: 'a', charset: 'UTF-8' }],
      ['bearer', { error: 'x' }],
    ],
  ],
  ['realm="a", Basic', [['basic', {}]]],
  ['="a", Basic', [['basic', {}]]],
  ['Basic realm="a" x, Bearer', [['bearer', {}]]],
  ['Basic realm="a, Bearer', []],
  ['Basic realm=a b, Bearer', [['bearer', {}]]],
  ['B\u00e4sic realm="a", Bearer', [['bearer', {}]]],
  ['\u212aerb, Bearer', [['bearer', {}]]],
  ['Basic \u212aey="a", Bearer', [['bearer', {}]]],
  ['Basic realm="a", REALM="b", Bearer', [['bearer', {}]]],
  ['Negotiate YII==, x="a", Bearer', [['bearer', {}]]],
  ['Basic __proto__="a"', [['basic', { ['__proto__']: 'a' }]]],
])('%s offers %j (RFC 9110 section 11.6.1)', (header, expected) => {
  const offered = parseChallenges(header).map(({ scheme, parameters }) => [
    scheme,
    Object.fromEntries(parameters),
  ])
  expect(offered).toEqual(expected)
})

test('only a challenge of one token has a token', () => {
  expect(
    parseChallenges('Negotiate, NTLM TlRMTVNTUAAC==, Basic realm="a"').map((one) => 'token' in one),
  ).toEqual([false, true, false])
})
