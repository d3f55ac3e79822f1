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

describe('what is no limit is refused (robustness.md M6)', () => {
  test.each([Number.NaN, -1, 1.5, '5mb', '5', null, undefined, 2 ** 60, Number.NEGATIVE_INFINITY])(
    '%j',
    (value) => {
      expect(() => checkLimit('files', value as number)).toThrow(/for the limit files/)
      expect(() => formLimits({ files: value as number })).toThrow(RangeError)
    },
  )

  test('a name that is none', () => {
    expect(() => formLimits({ fileSize: 5 } as never)).toThrow(
      'Got the form limit fileSize; expected one of total,',
    )
    expect(() => formLimits(JSON.parse('{"__proto__":1}'))).toThrow(TypeError)
    expect(() => formLimits({ constructor: 1 } as never)).toThrow(TypeError)
  })
})
