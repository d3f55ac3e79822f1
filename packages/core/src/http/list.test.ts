import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFieldValue } from './field.ts'
import { formatList, LIST_LIMIT, parseList, splitList } from './list.ts'

describe('splitList', () => {
  test.each([
    ['a, b ,c', ['a', 'b', 'c']],
    [',a,, ,\tb,', ['a', 'b']],
    ['"a, b", c', ['"a, b"', 'c']],
    [String.raw`"a\", b", c`, [String.raw`"a\", b"`, 'c']],
    ['x="1, 2";y, z', ['x="1, 2";y', 'z']],
    ['a, "b, c', ['a', '"b, c']],
    ['\xa0a\xa0', ['\xa0a\xa0']],
    ['', []],
    [' , ,, ', []],
  ])('takes %j for %j', (header, members) => {
    expect(splitList(header)).toEqual(members)
  })

  test('stops after the limit, which does not count empty members', () => {
    expect(splitList('a,'.repeat(LIST_LIMIT + 5))).toHaveLength(LIST_LIMIT)
    expect(splitList(`${','.repeat(10_000)}a`)).toEqual(['a'])
    expect(splitList('a, b, c', 2)).toEqual(['a', 'b'])
    expect(splitList('a', 0)).toEqual([])
  })

  test('gives members without spaces around them for any text, and none is empty', () => {
    const near = fc.string({ unit: fc.constantFrom('a', ',', '"', '\\', ' ', '\t') })
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (header) => {
        for (const member of splitList(header)) {
          expect(member).not.toMatch(/^$|^[ \t]|[ \t]$/)
          expect(header).toContain(member)
        }
      }),
    )
  })

  test('splits again into the same members what was joined', () => {
    const near = fc.string({ unit: fc.constantFrom('a', ',', '"', '\\', ' ', '\t') })
    fc.assert(
      fc.property(near, (header) => {
        const members = splitList(header)
        expect(splitList(members.join(', '))).toEqual(members)
      }),
    )
  })
})

describe('parseList', () => {
  test('takes the quotes away', () => {
    expect(parseList(String.raw`a, "b, \"c\"", ""`)).toEqual(['a', 'b, "c"', ''])
  })

  test('keeps members that are no tokens as they stand', () => {
    expect(parseList('text/html;q=0.5, a b, W/1')).toEqual(['text/html;q=0.5', 'a b', 'W/1'])
  })

  test('leaves out members whose quotes are not around all of them', () => {
    expect(parseList('"a"b, c, d"e", f="g"')).toEqual(['c'])
    expect(parseList('a, "b, c')).toEqual(['a'])
  })

  test('gives texts for any text, at most as many as the limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(parseList(header).length).toBeLessThanOrEqual(LIST_LIMIT)
      }),
    )
  })
})

test('members are split as a naive reading of the grammar splits them', () => {
  // Characters outside quotes but commas, or whole quoted strings, or a quote that never closes.
  const naive = (header: string) =>
    (header.match(/(?:[^",]|"(?:[^"\\]|\\.)*(?:"|\\?$))+/gs) ?? [])
      .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
      .filter((member) => member !== '')
  const near = fc.string({ unit: fc.constantFrom('a', ',', ',', '"', '\\', ' ', '\t', '=') })
  fc.assert(
    fc.property(near, (header) => {
      expect(splitList(header)).toEqual(naive(header))
    }),
    { numRuns: 1000 },
  )
})

describe('formatList', () => {
  test('quotes what is no token', () => {
    expect(formatList(['a', 'b c', '', '"'])).toBe(String.raw`a, "b c", "", "\""`)
    expect(formatList([])).toBe('')
  })

  test('refuses what would become another header', () => {
    expect(() => formatList(['a', 'b\r\nc'])).toThrow(RangeError)
  })

  test('writes what parseList reads back', () => {
    const value = fc
      .string({ unit: fc.constantFrom('a', ',', '"', '\\', ' ', '\t', ';', '\xe4') })
      .filter(isFieldValue)
    fc.assert(
      fc.property(fc.array(value, { maxLength: LIST_LIMIT }), (values) => {
        expect(parseList(formatList(values))).toEqual(values)
      }),
    )
  })
})
