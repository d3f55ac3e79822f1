import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatOptions, parseOptions } from './options.ts'
import { PARAMETER_LIMIT } from './parameters.ts'

test('a header is taken apart into its value and its parameters', () => {
  expect(parseOptions(' form-data ; name="a;b"; X=1')).toEqual({
    value: 'form-data',
    parameters: [
      ['name', 'a;b'],
      ['x', '1'],
    ],
  })
})

test('a value without parameters, and parameters without a value', () => {
  expect(parseOptions('inline')).toEqual({ value: 'inline', parameters: [] })
  expect(parseOptions('')).toEqual({ value: '', parameters: [] })
  expect(parseOptions(';a=1')).toEqual({ value: '', parameters: [['a', '1']] })
})

test('an extended parameter keeps its asterisk', () => {
  expect(parseOptions("a; b*=UTF-8''c")?.parameters).toEqual([['b*', "UTF-8''c"]])
})

test.each(['a; b', 'a; b="c', 'a; b=c d', 'a; =b', `a${';b=c'.repeat(PARAMETER_LIMIT + 1)}`])(
  '%j is malformed',
  (header) => {
    expect(parseOptions(header)).toBeUndefined()
  },
)

test.each(['a\r\nb', 'a;b', '\0', '\u0100'])('a value is refused that is %j', (value) => {
  expect(() => formatOptions({ value, parameters: [] })).toThrow(RangeError)
})

test('what is formatted is read back', () => {
  const value = fc.stringMatching(/^[a-z/]{0,10}$/)
  const parameters = fc.array(fc.tuple(fc.stringMatching(/^[a-z*]{1,5}$/), fc.string()), { maxLength: 10 })
  fc.assert(
    fc.property(fc.record({ value, parameters }), (options) => {
      expect(parseOptions(formatOptions(options))).toEqual(options)
    }),
  )
})

test('any text gives options or undefined', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', ';', '=', '"', '\\', ' ') }), (header) => {
      const options = parseOptions(header)
      expect(options === undefined || header.includes(options.value)).toBe(true)
    }),
  )
})
