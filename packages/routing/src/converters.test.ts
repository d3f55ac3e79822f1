import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { float, int, oneOf, string, uuid } from './index.ts'

describe('int', () => {
  test('gives whole numbers in their one spelling', () => {
    expect(int().parse('0')).toBe(0)
    expect(int().parse('42')).toBe(42)
    expect(int().parse('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
  })

  test.each([
    '',
    '007',
    '00',
    '+1',
    '-1',
    '1.0',
    '1e3',
    ' 1',
    '1 ',
    '0x1',
    '٣',
    '9007199254740992',
    '9'.repeat(1000),
    '1\n',
  ])('refuses %j', (text) => {
    expect(int().parse(text)).toBeUndefined()
  })

  test('keeps to its limits', () => {
    const converter = int({ min: 1, max: 3 })
    expect(['0', '1', '3', '4'].map((text) => converter.parse(text))).toEqual([undefined, 1, 3, undefined])
  })

  test('takes a minus sign when it is asked to, or below a negative limit', () => {
    expect(int({ signed: true }).parse('-5')).toBe(-5)
    expect(int({ min: -9 }).parse('-5')).toBe(-5)
    expect(int({ min: -9, signed: false }).parse('-5')).toBeUndefined()
    expect(int({ signed: true }).parse('-0')).toBeUndefined()
  })

  test('gives back every number it formats', () => {
    const converter = int({ signed: true })
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => converter.parse(converter.format(value)) === value + 0),
    )
  })

  test.each([
    { min: 1.5 },
    { max: Number.NaN },
    { min: '1' as never },
    { min: 2, max: 1 },
    { signed: false, max: -1 },
  ])('throws for the limits %j', (options) => {
    expect(() => int(options)).toThrow(RangeError)
  })
})

describe('float', () => {
  test('gives decimal numbers, with or without a fraction', () => {
    expect(['12', '12.5', '0.50', '007.25'].map((text) => float().parse(text))).toEqual([12, 12.5, 0.5, 7.25])
  })

  test.each(['', '.5', '5.', '-1.5', '1e3', 'NaN', 'Infinity', '1,5', '1.2.3', '9'.repeat(301)])(
    'refuses %j',
    (text) => {
      expect(float().parse(text)).toBeUndefined()
    },
  )

  test('keeps to its limits', () => {
    const converter = float({ min: -0.5, max: 0.5 })
    expect(['-0.6', '-0.5', '0.5', '0.6'].map((text) => converter.parse(text))).toEqual([
      undefined,
      -0.5,
      0.5,
      undefined,
    ])
  })

  test('throws for a limit that is no finite number', () => {
    expect(() => float({ max: Infinity })).toThrow(
      'Got Infinity for max of float(); expected a finite number.',
    )
  })
})

describe('uuid', () => {
  test('gives lower case, whatever the case', () => {
    expect(uuid().parse('F81D4FAE-7dec-11d0-A765-00a0c91e6bf6')).toBe('f81d4fae-7dec-11d0-a765-00a0c91e6bf6')
  })

  test.each([
    '',
    'f81d4fae7dec11d0a76500a0c91e6bf6',
    'g81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    '{81d4fae-7dec-11d0-a765-00a0c91e6bf6',
  ])('refuses %j', (text) => {
    expect(uuid().parse(text)).toBeUndefined()
  })
})

describe('oneOf', () => {
  test('gives its texts and refuses others', () => {
    const converter = oneOf('a', 'b')
    expect(['a', 'b', 'A', 'ab', ''].map((text) => converter.parse(text))).toEqual([
      'a',
      'b',
      undefined,
      undefined,
      undefined,
    ])
  })

  test('has one name for the same texts in any order', () => {
    expect(oneOf('a', 'b').name).toBe(oneOf('b', 'a', 'b').name)
    expect(oneOf('a', 'b').name).toBe('oneOf("a","b")')
  })

  test('throws without texts and for empty ones', () => {
    expect(() => oneOf()).toThrow(TypeError)
    expect(() => oneOf('a', '')).toThrow('Got oneOf("a", "")')
  })
})

describe('string', () => {
  test('keeps to its lengths', () => {
    expect(['a', 'ab', 'abc'].map((text) => string({ length: 2 }).parse(text))).toEqual([
      undefined,
      'ab',
      undefined,
    ])
    expect(['a', 'ab', 'abcd'].map((text) => string({ min: 2, max: 3 }).parse(text))).toEqual([
      undefined,
      'ab',
      undefined,
    ])
  })

  test.each([{ length: 0 }, { min: -1 }, { max: 1.5 }, { min: 3, max: 2 }, { length: 5, max: 3 }])(
    'throws for the lengths %j',
    (options) => {
      expect(() => string(options)).toThrow(RangeError)
    },
  )
})

test('the same limits have the same name, whatever their order', () => {
  expect(int({ min: 1, max: 2 }).name).toBe(int({ max: 2, min: 1 }).name)
  expect(int({ min: 1, max: undefined as never }).name).toBe('int({"min":1})')
})
