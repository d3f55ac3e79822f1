import { describe, expect, test } from 'vitest'
import { checkLimit, defaultFormLimits, formLimits } from './form-limits.ts'

test('the defaults are finite', () => {
  for (const value of Object.values(formLimits())) expect(Number.isSafeInteger(value)).toBe(true)
})

test('some may be replaced, the others stay', () => {
  expect(formLimits({ files: 3, total: Number.POSITIVE_INFINITY })).toEqual({
    ...defaultFormLimits,
    files: 3,
    total: Number.POSITIVE_INFINITY,
  })
})

test('what is undefined keeps its default', () => {
  expect(formLimits({ files: 3, total: undefined })).toEqual({ ...defaultFormLimits, files: 3 })
})

describe('what is no limit is refused (robustness.md M6)', () => {
  test.each([Number.NaN, -1, 1.5, '5mb', '5', null, 2 ** 60, Number.NEGATIVE_INFINITY])('%j', (value) => {
    expect(() => checkLimit('files', value as number)).toThrow(/for the limit files/)
    expect(() => formLimits({ files: value as number })).toThrow(RangeError)
  })

  test('a name that is none', () => {
    expect(() => formLimits({ fileSize: 5 } as never)).toThrow(
      'Got the form limit fileSize; expected one of total,',
    )
    expect(() => formLimits(JSON.parse('{"__proto__":1}'))).toThrow(TypeError)
    expect(() => formLimits({ constructor: 1 } as never)).toThrow(TypeError)
  })
})

test('the defaults are those that are documented', () => {
  expect(formLimits()).toEqual({
    total: 20_000_000,
    file: 10_000_000,
    files: 100,
    parts: 1000,
    name: 1000,
    field: 100_000,
    fields: 500_000,
    memory: 500_000,
    totalMemory: 5_000_000,
    partHeaders: 8192,
    partHeaderLines: 32,
    preamble: 16_384,
  })
})

test.each([0, 1, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY])('%d is a limit', (value) => {
  expect(checkLimit('files', value)).toBe(value)
})
