import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatFieldNames, parseFieldNames } from './field-names.ts'
import { LIST_LIMIT } from './list.ts'
import { formatVary, parseVary } from './vary.ts'

describe('parseFieldNames', () => {
  test('gives the names in lower case, each once, in their order', () => {
    expect(parseFieldNames('X-B, x-a,X-b , ,x-A')).toEqual(['x-b', 'x-a'])
    expect(parseFieldNames('')).toEqual([])
  })

  test('is an asterisk when one stands among them, and only then', () => {
    expect(parseFieldNames('a, *')).toBe('*')
    expect(parseFieldNames('a*, **')).toEqual(['a*', '**'])
    expect(parseFieldNames('"*"')).toEqual([])
  })

  test('leaves out what is no field name', () => {
    expect(parseFieldNames('a b, "c", d:, é, _, __proto__')).toEqual(['_', '__proto__'])
  })

  test('stops after the most members of a list (robustness.md M8)', () => {
    expect(parseFieldNames(Array.from({ length: 1000 }, (_, i) => `x-${i}`).join())).toHaveLength(LIST_LIMIT)
  })
})

describe('formatFieldNames', () => {
  test('writes names that differ only in case once, as the first has it', () => {
    expect(formatFieldNames(['X-A', 'x-a', 'x-B'])).toBe('X-A, x-B')
    expect(formatFieldNames([])).toBe('')
  })

  test('is an asterisk for one', () => {
    expect(formatFieldNames('*')).toBe('*')
    expect(formatFieldNames(['a', '*', 'b'])).toBe('*')
  })

  test.each(['', 'a b', 'a,b', 'a:', 'a\r\nb', 'é'])('refuses %j (robustness.md H1)', (name) => {
    expect(() => formatFieldNames(['a', name])).toThrow(RangeError)
    expect(() => formatVary([name])).toThrow(RangeError)
  })
})

test('names that are written are read back', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9_-]{1,8}$/), { maxLength: 50 })
  fc.assert(
    fc.property(fc.oneof(names, fc.constant('*' as const)), (names) => {
      expect(parseFieldNames(formatFieldNames(names))).toEqual(names)
      expect(parseVary(formatVary(names))).toEqual(names)
    }),
  )
})

test('any text gives names that can be formatted and read back', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[aB*, "]*$/)), (header) => {
      const names = parseFieldNames(header)
      const written = formatFieldNames(names)
      expect(parseFieldNames(written)).toEqual(names)
      expect(formatFieldNames(parseFieldNames(written))).toBe(written)
    }),
  )
})
