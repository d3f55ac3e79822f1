import { expect, test } from 'vitest'
import { callable, checkOptions, errorLog, flag, integer, text } from './check-options.ts'

interface Options {
  limit?: number | undefined
  secure?: boolean | undefined
  name?: string | undefined
}

const checks = { limit: integer('a number from 1 to 10', 1, 10), secure: flag, name: text }
const check = (options: unknown) => () => checkOptions<Options>(options as Options, checks, 'make()')

test('options that are what they may be pass, and those that are undefined', () => {
  expect(check({})).not.toThrow()
  expect(check({ limit: 10, secure: false, name: 'a' })).not.toThrow()
  expect(check({ limit: undefined, secure: undefined, name: undefined })).not.toThrow()
})

test('an unknown option is refused, also one that is undefined', () => {
  expect(check({ secured: undefined })).toThrow(
    new TypeError('Got the unknown option "secured" for make(); there are limit, secure, name.'),
  )
})

test.each([
  [
    { secure: 'yes' },
    new TypeError('Got the string yes for the option secure of make(); expected true or false.'),
  ],
  [
    { name: '' },
    new TypeError('Got the string  for the option name of make(); expected a text that is not empty.'),
  ],
  [
    { limit: '5' },
    new TypeError('Got the string 5 for the option limit of make(); expected a number from 1 to 10.'),
  ],
  [
    { limit: null },
    new TypeError('Got null for the option limit of make(); expected a number from 1 to 10.'),
  ],
  [
    { limit: 0 },
    new RangeError('Got the number 0 for the option limit of make(); expected a number from 1 to 10.'),
  ],
  [
    { limit: 11 },
    new RangeError('Got the number 11 for the option limit of make(); expected a number from 1 to 10.'),
  ],
  [
    { limit: 1.5 },
    new RangeError('Got the number 1.5 for the option limit of make(); expected a number from 1 to 10.'),
  ],
  [
    { limit: Number.NaN },
    new RangeError('Got the number NaN for the option limit of make(); expected a number from 1 to 10.'),
  ],
])('%j is refused with what was got and what is expected', (options, error) => {
  expect(check(options)).toThrow(error)
})

test('a log has both of its methods, a function is one', () => {
  const [, isLog] = errorLog
  expect([{ write() {}, flush() {} }, console, { write() {} }, null, 5].map(isLog)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ])
  const [, isFunction] = callable
  expect([() => {}, {}].map(isFunction)).toEqual([true, false])
})
