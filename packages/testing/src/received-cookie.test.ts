import { formatSetCookie } from '@stapel/wrappers'
import { assert, constantFrom, integer, property, record, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COOKIE_SIZE, parseSetCookie } from './received-cookie.ts'

const plain = { secure: false, httpOnly: false, partitioned: false }

describe('name and value', () => {
  test.each([
    { header: 'a=b', name: 'a', value: 'b' },
    { header: ' a = b c \t', name: 'a', value: 'b c' },
    { header: 'a=b=c', name: 'a', value: 'b=c' },
    { header: 'a=', name: 'a', value: '' },
    { header: '=b', name: '', value: 'b' },
    { header: 'b', name: '', value: 'b' },
    { header: 'a="b"', name: 'a', value: '"b"' },
    { header: '__proto__=b', name: '__proto__', value: 'b' },
  ])('of $header', ({ header, name, value }) => {
    expect(parseSetCookie(header)).toEqual({ name, value, rawValue: value, ...plain })
  })

  test('a value is decoded where that is possible', () => {
    expect(parseSetCookie('a=%C3%BC%20')).toMatchObject({ value: 'ü ', rawValue: '%C3%BC%20' })
    expect(parseSetCookie('a=100%')).toMatchObject({ value: '100%', rawValue: '100%' })
  })

  test.each(['', ' ', '=', ' = ; Path=/', 'a=\x01', 'a=b; Path=/\x00', 'a\x7f=b'])(
    '%j is ignored',
    (header) => {
      expect(parseSetCookie(header)).toBeUndefined()
    },
  )

  test('that are too long together are ignored', () => {
    expect(parseSetCookie(`a=${'b'.repeat(COOKIE_SIZE - 1)}`)?.rawValue).toHaveLength(COOKIE_SIZE - 1)
    expect(parseSetCookie(`a=${'b'.repeat(COOKIE_SIZE)}`)).toBeUndefined()
  })
})

describe('attributes', () => {
  test.each([
    ['Max-Age=60', { maxAge: 60 }],
    ['MAX-AGE = -1', { maxAge: -1 }],
    ['Domain=.Example.ORG', { domain: 'example.org' }],
    ['Path=/a b', { path: '/a b' }],
    ['SameSite=LAX', { sameSite: 'lax' }],
    ['Secure', { secure: true }],
    ['secure=no', { secure: true }],
    ['HttpOnly ', { httpOnly: true }],
    ['Partitioned', { partitioned: true }],
    ['Expires=Sun, 06 Nov 1994 08:49:37 GMT', { expires: new Date('1994-11-06T08:49:37Z') }],
    ['Path=/a; Path=/b', { path: '/b' }],
  ])('%s', (attributes, expected) => {
    expect(parseSetCookie(`a=b; ${attributes}`)).toEqual({
      name: 'a',
      value: 'b',
      rawValue: 'b',
      ...plain,
      ...expected,
    })
  })

  test.each([
    'Max-Age=',
    'Max-Age=1.5',
    'Max-Age=+1',
    'Expires=never',
    'Priority=High',
    '',
    'SameSite=odd',
    `Path=/${'a'.repeat(1024)}`,
  ])('%j says nothing', (attribute) => {
    expect(parseSetCookie(`a=b; ${attribute}`)).toEqual({ name: 'a', value: 'b', rawValue: 'b', ...plain })
  })
})

test('reads what formatSetCookie writes', () => {
  const options = record(
    {
      maxAge: integer(),
      path: constantFrom('/', '/a/b'),
      domain: constantFrom('example.org', 'a.example.org'),
      httpOnly: constantFrom(true, false),
      sameSite: constantFrom('strict', 'lax'),
    },
    { requiredKeys: [] },
  )
  assert(
    property(string({ unit: 'grapheme', maxLength: 99 }), options, (value, given) => {
      const { path = '/', ...rest } = given
      expect(parseSetCookie(formatSetCookie('name', value, given))).toMatchObject({
        value,
        path,
        ...rest,
      })
    }),
  )
})

test('any text gives a cookie or none', () => {
  assert(
    property(string({ unit: 'binary' }), (header) => {
      expect(parseSetCookie(header)?.name ?? '').not.toContain(';')
    }),
  )
})

test('long runs of blanks cost their length', () => {
  const cookie = parseSetCookie(
    `a${' '.repeat(200_000)}=${' '.repeat(200_000)}b;${' '.repeat(200_000)}Path=/x`,
  )
  expect(cookie).toMatchObject({ name: 'a', value: 'b', path: '/x' })
})
