import { expect, test } from 'vitest'
import { currentRetryAfter, retryAfterCheck } from './retry-after.ts'

test('is a number of seconds, a date or nothing', () => {
  const reported: unknown[] = []
  const report = (error: unknown): void => void reported.push(error)
  expect(currentRetryAfter('x', () => 1.2, report)).toBe('2')
  expect(currentRetryAfter('x', () => new Date(0), report)).toBe('Thu, 01 Jan 1970 00:00:00 GMT')
  expect(currentRetryAfter('x', () => undefined, report)).toBeUndefined()
  expect(reported).toEqual([])
})

test('reports what cannot be sent, and what is thrown', () => {
  const reported: string[] = []
  const report = (error: unknown): void => void reported.push(String(error))
  expect(currentRetryAfter('x', () => Number.NaN, report)).toBeUndefined()
  expect(
    currentRetryAfter(
      'x',
      () => {
        throw new Error('no idea')
      },
      report,
    ),
  ).toBeUndefined()
  expect(reported).toEqual([
    'TypeError: x: retryAfter gave NaN; expected a number of seconds from 0 up, a valid date, or a function that gives one of them.',
    'Error: no idea',
  ])
})

test('a fixed value is checked when it is given', () => {
  expect([5, new Date(0), () => 5].every(retryAfterCheck.accepts)).toBe(true)
  expect([-1, Number.NaN, '5', null, new Date(Number.NaN)].some(retryAfterCheck.accepts)).toBe(false)
})
