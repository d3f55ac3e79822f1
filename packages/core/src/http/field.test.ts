import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acceptedOf, between, digits, lower, sorted, upper } from './characters.test-support.ts'
import { hopByHopHeaders, isFieldValue, isToken } from './field.ts'

test.each(['GET', 'content-type', "!#$%&'*+-.^_`|~", '0'])('%j is a token', (text) => {
  expect(isToken(text)).toBe(true)
})

test.each(['', 'a b', 'a:', 'a\n', '\na', '(a)', 'a/b', 'a,b', '"a"', '\x7f', 'ä', 'a\u2028'])(
  '%j is no token',
  (text) => {
    expect(isToken(text)).toBe(false)
  },
)

test.each(['', ' ', 'a\tb', '~', '\x80', '\xff', 'text/html; charset="utf-8"'])(
  '%j is a field value',
  (text) => {
    expect(isFieldValue(text)).toBe(true)
  },
)

test.each(['\r', '\n', '\0', 'a\r\nb', '\x7f', '\x1b', '\u0100', '\u2028', '\ud800'])(
  '%j is no field value',
  (text) => {
    expect(isFieldValue(text)).toBe(false)
  },
)

test('a field value is one exactly when each of its characters is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const allowed = [...text].every((character) => {
        const code = character.codePointAt(0) as number
        return code === 9 || (code >= 0x20 && code <= 0xff && code !== 0x7f)
      })
      expect(isFieldValue(text)).toBe(allowed)
    }),
  )
})

test('headers of the connection are known in lower case', () => {
  expect(hopByHopHeaders.has('transfer-encoding')).toBe(true)
  expect(hopByHopHeaders.has('content-length')).toBe(false)
  for (const name of hopByHopHeaders) expect(name).toBe(name.toLowerCase())
})

test('a token is of exactly the characters of RFC 9110 section 5.6.2', () => {
  const expected = sorted(`!#$%&'*+-.^_\`|~${digits}${upper}${lower}`)
  expect(acceptedOf(isToken)).toBe(expected)
  expect(acceptedOf((character) => isToken(`a${character}`))).toBe(expected)
  expect(acceptedOf((character) => isToken(`${character}a`))).toBe(expected)
})

test('a field value is of exactly HTAB, visible ASCII, space and 0x80 to 0xFF, however long it is (RFC 9110 section 5.5)', () => {
  const expected = `\t${between(0x20, 0x7e)}${between(0x80, 0xff)}`
  for (const length of [0, 1, 22, 23, 24, 25, 100]) {
    expect(acceptedOf((character) => isFieldValue('a'.repeat(length) + character))).toBe(expected)
    expect(acceptedOf((character) => isFieldValue(character + 'a'.repeat(length)))).toBe(expected)
  }
})

test('the headers of the connection are those of RFC 9110 section 7.6.1', () => {
  expect([...hopByHopHeaders]).toEqual([
    'connection',
    'keep-alive',
    'proxy-authenticate',
    'proxy-authorization',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ])
})
