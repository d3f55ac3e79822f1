import { NotFound } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { compileErrors, compileStatuses, type ErrorClass, type StatusMap } from './error-pages-map.ts'

describe('the statuses', () => {
  test('are 500 to 503 where none are named', () => {
    expect([...compileStatuses('x')]).toEqual([[500, 503]])
  })

  test('keep the default beside others, unless 500 is named', () => {
    expect([...compileStatuses('x', { 404: true })]).toEqual([
      [500, 503],
      [404, 404],
    ])
    expect(compileStatuses('x', { 500: true }).get(500)).toBe(500)
    expect(compileStatuses('x', { 500: false }).has(500)).toBe(false)
  })

  test('go before their class, wherever they stand', () => {
    const statuses = compileStatuses('x', { '4xx': true, 404: false, 409: 400, '5xx': 503 })
    expect(statuses.has(404)).toBe(false)
    expect(statuses.get(409)).toBe(400)
    expect(statuses.get(499)).toBe(499)
    expect(statuses.get(500)).toBe(503)
    expect(statuses.get(599)).toBe(503)
    expect(statuses.size).toBe(199)
  })

  test.each([
    [{ 200: true }, 'got "200" among the statuses; expected one from 400 to 599'],
    [{ '3xx': true }, 'got "3xx" among the statuses'],
    [{ __proto__: null, constructor: 500 }, 'got "constructor" among the statuses'],
    [{ 404: 200 }, 'got 200 for the status 404; expected a status from 400 to 599, true or false'],
    [{ 404: '500' }, 'got "500" for the status 404'],
  ])('refuse %j', (statuses, message) => {
    expect(() => compileStatuses('errorPages', statuses as StatusMap)).toThrow(TypeError)
    expect(() => compileStatuses('errorPages', statuses as StatusMap)).toThrow(message)
  })
})

describe('the errors', () => {
  test('have the status of the first class that fits', () => {
    const statusOf = compileErrors('x', [
      [RangeError, 400],
      [Error, 502],
    ])
    expect(statusOf(new RangeError())).toBe(400)
    expect(statusOf(new TypeError())).toBe(502)
  })

  test('are no HTTPErrors, and nothing that is no error', () => {
    const statusOf = compileErrors('x', [[Error, 502]])
    expect(statusOf(new NotFound())).toBeUndefined()
    expect(statusOf('a text')).toBeUndefined()
    expect(compileErrors('x')(new Error())).toBeUndefined()
  })

  test.each([
    [[[RangeError, 200]], 'got the function RangeError with 200 among the errors'],
    [[['RangeError', 400]], 'got "RangeError" with 400'],
    [[[() => true, 400]], 'expected a class and a status from 400 to 599'],
    [[RangeError], 'got the function RangeError with undefined'],
  ])('refuse %j', (errors, message) => {
    const given = errors as unknown as [ErrorClass, number][]
    expect(() => compileErrors('errorPages', given)).toThrow(TypeError)
    expect(() => compileErrors('errorPages', given)).toThrow(message)
  })
})
