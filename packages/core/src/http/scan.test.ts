import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COMMA, endOfMember, readQuoted, SEMICOLON, skipSpace, trimSpace } from './scan.ts'

describe('white space', () => {
  test('is skipped where it is, and only spaces and tabs are', () => {
    expect(skipSpace('a \t b', 1)).toBe(4)
    expect(skipSpace('ab', 1)).toBe(1)
    expect(skipSpace('a  ', 1)).toBe(3)
    expect(skipSpace('\xa0\n', 0)).toBe(0)
    expect(skipSpace('', 0)).toBe(0)
  })

  test('is trimmed from a slice, and a no-break space is a byte like any other', () => {
    expect(trimSpace(' \ta b\t ')).toBe('a b')
    expect(trimSpace('x, a ,y', 2, 5)).toBe('a')
    expect(trimSpace('   ')).toBe('')
    expect(trimSpace('\xa0a\xa0')).toBe('\xa0a\xa0')
  })
})

describe('the end of a member', () => {
  test.each([
    ['a,b', 1],
    ['a', 1],
    ['"a,b",c', 5],
    [String.raw`"a\",b",c`, 7],
    [String.raw`a\,b`, 2],
    ['"a,b', 4],
    ['a"b,c"d,e', 7],
    ['', 0],
  ])('of %j is at %d', (text, end) => {
    expect(endOfMember(text, 0, COMMA)).toBe(end)
  })

  test('is looked for from where the member starts', () => {
    expect(endOfMember('a;b;c', 2, SEMICOLON)).toBe(3)
  })

  test('is never before the start nor past the end', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', ',') })
    fc.assert(
      fc.property(text, fc.nat(20), (text, start) => {
        const from = Math.min(start, text.length)
        const end = endOfMember(text, from, COMMA)
        expect(end).toBeGreaterThanOrEqual(from)
        expect(end).toBeLessThanOrEqual(text.length)
        expect(end === text.length || text[end] === ',').toBe(true)
      }),
    )
  })
})

describe('a quoted string', () => {
  test('is read to its closing quote', () => {
    expect(readQuoted('x"a b"y', 1)).toEqual({ text: 'a b', end: 6 })
    expect(readQuoted('""', 0)).toEqual({ text: '', end: 2 })
  })

  test('has each backslash stand for the character after it (RFC 9110 section 5.6.4)', () => {
    expect(readQuoted(String.raw`"\"\\\a"`, 0)?.text).toBe(String.raw`"\a`)
  })

  test('has a backslash stand for itself before ordinary characters when it is asked to', () => {
    expect(readQuoted(String.raw`"\"C:\dir\\x"`, 0, true)?.text).toBe(String.raw`"C:\dir\x`)
  })

  test.each(['"', '"a', '"a\\', '"a\\"', String.raw`"\\\"`])('that never closes is none: %j', (text) => {
    expect(readQuoted(text, 0)).toBeUndefined()
    expect(readQuoted(text, 0, true)).toBeUndefined()
  })

  test('ends at the same place however backslashes are read', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', ',') })
    fc.assert(
      fc.property(text, (text) => {
        expect(readQuoted(`"${text}`, 0, true)?.end).toBe(readQuoted(`"${text}`, 0)?.end)
      }),
    )
  })
})
