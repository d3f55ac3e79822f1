import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIST_LIMIT } from './list.ts'
import { formatTokens, hasToken, parseTokens } from './token-list.ts'

describe('parseTokens', () => {
  test('gives tokens as they stand, in their order and with repeats', () => {
    expect(parseTokens('de, en-GB,, DE ,\tde')).toEqual(['de', 'en-GB', 'DE', 'de'])
    expect(parseTokens('gzip, gzip')).toEqual(['gzip', 'gzip'])
  })

  test.each(['', ',', ' , ', '"gzip"', 'a b', 'a;q=1', 'é', 'a\0', '\xa0a', 'a/b'])(
    'finds none in %j',
    (header) => {
      expect(parseTokens(header)).toEqual([])
      expect(parseTokens(`x, ${header}`)).toEqual(['x'])
    },
  )

  test('takes no token from within quotes', () => {
    expect(parseTokens('a, "b, c", d')).toEqual(['a', 'd'])
    expect(parseTokens('a, "b, c')).toEqual(['a'])
  })

  test('stops after the most members of a list (robustness.md M8)', () => {
    expect(parseTokens('a,'.repeat(1000))).toHaveLength(LIST_LIMIT)
  })
})

describe('formatTokens', () => {
  test('writes them with commas between', () => {
    expect(formatTokens(['a', 'B', 'a'])).toBe('a, B, a')
    expect(formatTokens(new Set(['a']))).toBe('a')
    expect(formatTokens([])).toBe('')
  })

  test.each(['', 'a b', 'a,b', '"a"', 'a\r\nX: y', 'é'])('refuses %j (robustness.md H1)', (token) => {
    expect(() => formatTokens(['x', token])).toThrow(RangeError)
  })

  test('writes what is read back', () => {
    const token = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,10}$/)
    fc.assert(
      fc.property(fc.array(token, { maxLength: LIST_LIMIT }), (tokens) => {
        expect(parseTokens(formatTokens(tokens))).toEqual(tokens)
      }),
    )
  })

  test('writes whatever was read of any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[aB, "\\]*$/)), (header) => {
        const tokens = parseTokens(header)
        expect(parseTokens(formatTokens(tokens))).toEqual(tokens)
      }),
    )
  })
})

describe('hasToken', () => {
  test.each([
    ['upgrade', 'upgrade', true],
    ['keep-alive, Upgrade', 'UPGRADE', true],
    [' close ,', 'close', true],
    ['upgraded', 'upgrade', false],
    ['"upgrade"', 'upgrade', false],
    ['x;upgrade', 'upgrade', false],
    ['\xa0upgrade', 'upgrade', false],
    ['', '', false],
    [undefined, 'upgrade', false],
  ])('%j has %s: %s', (header, token, expected) => {
    expect(hasToken(header, token)).toBe(expected)
  })
})

test.each([
  ['', []],
  [',', []],
  ['a', ['a']],
  ['a,b', ['a', 'b']],
  [',a,,b,', ['a', 'b']],
  ['a\t,\tb', ['a', 'b']],
  ['a b, c', ['c']],
  ['"a", c', ['c']],
  ['"a, b", c', ['c']],
  ['"a, b', []],
  ['a;q=1, c', ['c']],
  ['a=b, c', ['c']],
  ['\u00e4, c', ['c']],
  ['\u212a, c', ['c']],
  ['a\xa0, c', ['c']],
  ['a, A, a', ['a', 'A', 'a']],
])('%j has the tokens %j (RFC 9110 section 5.6.1)', (header, tokens) => {
  expect(parseTokens(header)).toEqual(tokens)
})

test('a token is a member in any case, and never a part of one', () => {
  expect(hasToken('Keep-Alive, Upgrade', 'UPGRADE')).toBe(true)
  expect(hasToken('xupgrade, upgradex, up grade, "upgrade"', 'upgrade')).toBe(false)
  expect(hasToken('\u212aeep', 'keep')).toBe(false)
  expect(hasToken('', '')).toBe(false)
  expect(hasToken(undefined, 'a')).toBe(false)
})
