import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HeaderList } from '../protocol.ts'
import {
  type AccessControl,
  formatAccessControl,
  type PreflightRequest,
  parseAccessControl,
  parsePreflight,
} from './access-control.ts'
import { DELTA_SECONDS_LIMIT } from './delta-seconds.ts'

const preflight: PreflightRequest = {
  REQUEST_METHOD: 'OPTIONS',
  HTTP_ORIGIN: 'https://app.example',
  HTTP_ACCESS_CONTROL_REQUEST_METHOD: 'PUT',
}

describe('parsePreflight', () => {
  test('gives what is asked for, fields in lower case', () => {
    expect(
      parsePreflight({ ...preflight, HTTP_ACCESS_CONTROL_REQUEST_HEADERS: 'Content-Type,x-token, X-TOKEN' }),
    ).toEqual({ origin: 'https://app.example', method: 'PUT', headers: ['content-type', 'x-token'] })
    expect(parsePreflight(preflight)?.headers).toEqual([])
  })

  test('takes an asterisk among the fields for a name, as it is in a request', () => {
    expect(parsePreflight({ ...preflight, HTTP_ACCESS_CONTROL_REQUEST_HEADERS: '*' })?.headers).toEqual(['*'])
  })

  test.each<[string, Partial<PreflightRequest>]>([
    ['another method than OPTIONS', { REQUEST_METHOD: 'POST' }],
    ['no origin', { HTTP_ORIGIN: undefined }],
    ['an origin that is none', { HTTP_ORIGIN: 'https://app.example/path' }],
    ['two origins', { HTTP_ORIGIN: 'https://a.example, https://b.example' }],
    ['no method asked for', { HTTP_ACCESS_CONTROL_REQUEST_METHOD: undefined }],
    ['an empty method', { HTTP_ACCESS_CONTROL_REQUEST_METHOD: '' }],
    ['two methods', { HTTP_ACCESS_CONTROL_REQUEST_METHOD: 'PUT, POST' }],
  ])('a request with %s is none', (_what, changed) => {
    expect(parsePreflight({ ...preflight, ...changed })).toBeUndefined()
  })
})

describe('parseAccessControl', () => {
  test('reads all of them, and nothing else', () => {
    expect(
      parseAccessControl([
        ['Content-Type', 'text/plain'],
        ['access-control-allow-origin', 'https://app.example'],
        ['Access-Control-Allow-Credentials', 'true'],
        ['Access-Control-Allow-Methods', 'GET, PUT'],
        ['Access-Control-Allow-Headers', 'X-A'],
        ['ACCESS-CONTROL-ALLOW-HEADERS', 'X-B'],
        ['Access-Control-Expose-Headers', '*'],
        ['Access-Control-Max-Age', '600'],
      ]),
    ).toEqual({
      allowOrigin: 'https://app.example',
      allowCredentials: true,
      allowMethods: ['GET', 'PUT'],
      allowHeaders: ['x-a', 'x-b'],
      exposeHeaders: '*',
      maxAge: 600,
    })
    expect(parseAccessControl([])).toEqual({})
  })

  test('reads no origin where there are several', () => {
    expect(
      parseAccessControl([
        ['Access-Control-Allow-Origin', 'https://a.example'],
        ['Access-Control-Allow-Origin', 'https://a.example'],
      ]),
    ).toEqual({})
    expect(parseAccessControl([['Access-Control-Allow-Origin', '*, https://a.example']])).toEqual({})
  })

  test.each(['True', 'TRUE', '1', 'yes', ' true', 'false', 'true, true'])(
    'takes credentials with %j for none, as browsers do',
    (value) => {
      expect(
        parseAccessControl([
          ['Access-Control-Allow-Origin', 'https://a.example'],
          ['Access-Control-Allow-Credentials', value],
        ]),
      ).toEqual({ allowOrigin: 'https://a.example' })
    },
  )

  test('takes credentials for any origin for none, as browsers do', () => {
    expect(
      parseAccessControl([
        ['Access-Control-Allow-Origin', '*'],
        ['Access-Control-Allow-Credentials', 'true'],
      ]),
    ).toEqual({ allowOrigin: '*' })
  })

  test.each(['-1', '1.5', '', '600, 600'])('leaves out the time %j', (value) => {
    expect(parseAccessControl([['Access-Control-Max-Age', value]])).toEqual({})
  })

  test('has hostile names as names only (robustness.md K2)', () => {
    expect(
      parseAccessControl([
        ['__proto__', 'x'],
        ['access-control-__proto__', 'y'],
      ]),
    ).toEqual({})
  })
})

describe('formatAccessControl', () => {
  test('writes a header for each', () => {
    expect(
      formatAccessControl({
        allowOrigin: '*',
        allowMethods: ['GET', 'PUT'],
        allowHeaders: ['X-A'],
        exposeHeaders: '*',
        maxAge: 0,
      }),
    ).toEqual([
      ['Access-Control-Allow-Origin', '*'],
      ['Access-Control-Allow-Methods', 'GET, PUT'],
      ['Access-Control-Allow-Headers', 'X-A'],
      ['Access-Control-Expose-Headers', '*'],
      ['Access-Control-Max-Age', '0'],
    ])
    expect(formatAccessControl({ allowCredentials: false, maxAge: undefined })).toEqual([])
  })

  test.each<AccessControl>([
    { allowOrigin: '' },
    { allowOrigin: 'https://a.example/' },
    { allowOrigin: 'https://A.example' },
    { allowOrigin: 'https://a.example, https://b.example' },
    { allowOrigin: 'https://a.example\r\nX: y' },
    { allowOrigin: '*', allowCredentials: true },
    { allowMethods: ['GET PUT'] },
    { allowHeaders: ['a b'] },
    { exposeHeaders: ['a\nb'] },
    { maxAge: -1 },
    { maxAge: DELTA_SECONDS_LIMIT + 1 },
  ])('refuses %j (robustness.md H1)', (control) => {
    expect(() => formatAccessControl(control)).toThrow(RangeError)
  })

  test('writes what is read back', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z-]{1,8}$/), { maxLength: 5 })
    const control = fc
      .record(
        {
          allowOrigin: fc.constantFrom('*', 'null', 'https://a.example', 'http://[::1]:8000'),
          allowCredentials: fc.constant(true),
          allowMethods: fc.uniqueArray(fc.stringMatching(/^[A-Z]{1,8}$/), { maxLength: 5 }),
          allowHeaders: fc.oneof(names, fc.constant('*' as const)),
          exposeHeaders: fc.oneof(names, fc.constant('*' as const)),
          maxAge: fc.nat(DELTA_SECONDS_LIMIT),
        },
        { requiredKeys: [] },
      )
      .filter(({ allowOrigin, allowCredentials }) => allowOrigin !== '*' || allowCredentials === undefined)
    fc.assert(
      fc.property(control, (control) => {
        expect(parseAccessControl(formatAccessControl(control as AccessControl))).toEqual(control)
      }),
    )
  })

  test('writes whatever was read of any headers', () => {
    const name = fc
      .constantFrom('origin', 'credentials', 'methods', 'headers')
      .map((n) => `access-control-allow-${n}`)
    const value = fc.oneof(
      fc.constantFrom('*', 'true', 'https://a.example', 'null', 'GET, x'),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), (headers) => {
        const control = parseAccessControl(headers)
        expect(parseAccessControl(formatAccessControl(control))).toEqual(control)
      }),
    )
  })
})

test.each([
  ['https://a.example', 'true', { allowOrigin: 'https://a.example', allowCredentials: true }],
  ['null', 'true', { allowOrigin: 'null', allowCredentials: true }],
  ['*', undefined, { allowOrigin: '*' }],
  ['*', 'true', { allowOrigin: '*' }],
  [undefined, 'true', { allowCredentials: true }],
  ['', 'true', { allowCredentials: true }],
  ['https://a.example ', undefined, {}],
  ['**', undefined, {}],
  ['https://*.example', undefined, {}],
  ['https://a.example/', undefined, {}],
])('the origin %j with credentials %j allows %j', (origin, credentials, expected) => {
  const headers: HeaderList = []
  if (origin !== undefined) headers.push(['access-control-allow-ORIGIN', origin])
  if (credentials !== undefined) headers.push(['ACCESS-control-allow-credentials', credentials])
  const control = parseAccessControl(headers)
  expect(control).toEqual(expected)
  expect(Object.keys(control)).toEqual(Object.keys(expected))
})

test('headers of other families allow nothing, and methods keep their case', () => {
  expect(
    Object.keys(
      parseAccessControl([
        ['Allow', 'GET'],
        ['Origin', 'null'],
        ['Max-Age', '1'],
      ]),
    ),
  ).toEqual([])
  expect(
    parseAccessControl([
      ['Access-Control-Allow-Methods', 'get'],
      ['Access-Control-Allow-Methods', 'GET, "PUT"'],
    ]),
  ).toEqual({ allowMethods: ['get', 'GET'] })
})

test.each(['GET', 'POST', 'options', 'OPTIONS '])('a %s is no preflight', (method) => {
  const request = { REQUEST_METHOD: method, HTTP_ORIGIN: 'null', HTTP_ACCESS_CONTROL_REQUEST_METHOD: 'PUT' }
  expect(parsePreflight(request)).toBeUndefined()
  expect(parsePreflight({ ...request, REQUEST_METHOD: 'OPTIONS' })).toBeDefined()
})
