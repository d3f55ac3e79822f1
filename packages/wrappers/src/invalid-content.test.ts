import { isHTTPError } from '@stapel/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidContent, ISSUE_LIMIT, jsonPointer } from './invalid-content.ts'

describe('InvalidContent', () => {
  test('is a 400 where that is said, and nothing else', () => {
    const error = new InvalidContent([{ pointer: '/q', detail: 'Required' }], { status: 400 })
    expect([error.status, error.description]).toEqual([400, 'The request is not valid: /q: Required'])
    expect(() => new InvalidContent([], { status: 404 as 400 })).toThrow('expected 400 or 422')
  })

  test('is a 422 that says what is wrong where', () => {
    const error = new InvalidContent([
      { pointer: '/name', detail: 'Expected a string' },
      { pointer: '', detail: 'Too long' },
    ])
    expect(isHTTPError(error)).toBe(true)
    expect(error.status).toBe(422)
    expect(error.name).toBe('InvalidContent')
    expect(error.description).toBe('The request is not valid: /name: Expected a string; Too long')
    expect(error.issues).toHaveLength(2)
  })

  test('tells programs all of it as problem details', () => {
    const issues = [{ pointer: '/name', detail: 'Expected a string' }]
    const error = new InvalidContent(issues, { problem: { type: '/problems/form', extensions: { form: 1 } } })
    expect({ ...error.toJSON() }).toEqual({
      type: '/problems/form',
      title: 'Unprocessable Content',
      status: 422,
      detail: 'The request is not valid: /name: Expected a string',
      form: 1,
      errors: issues,
    })
  })

  test('without issues it only says so', () => {
    expect(new InvalidContent([]).description).toBe('The request is not valid.')
  })

  test('keeps a bounded number of bounded texts, however much a client gets wrong', () => {
    const issues = Array.from({ length: 100_000 }, (_, i) => ({
      pointer: `/${i}`,
      detail: 'x'.repeat(10_000),
    }))
    const error = new InvalidContent(issues)
    expect(error.issues).toHaveLength(ISSUE_LIMIT)
    expect(error.description.length).toBeLessThan(5000)
    expect(error.description).toMatch(/; and 99995 more$/)
    expect(JSON.stringify(error.issues).length).toBeLessThan(100_000)
  })

  test('keeps the cause for the log', () => {
    const cause = new Error('cause')
    expect(new InvalidContent([], { cause }).cause).toBe(cause)
  })
})

describe('jsonPointer', () => {
  // The examples of RFC 6901 section 5.
  test.each([
    [[], ''],
    [['foo', 0], '/foo/0'],
    [[''], '/'],
    [['a/b'], '/a~1b'],
    [['m~n'], '/m~0n'],
    [['~1'], '/~01'],
  ])('%j is %s', (keys, pointer) => {
    expect(jsonPointer(keys)).toBe(pointer)
  })

  test('a symbol is shown', () => {
    expect(jsonPointer([Symbol('key')])).toBe('/Symbol(key)')
  })

  test('can be taken apart again', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('~', '/', '0', '1', 'a') })), (keys) => {
        const back = jsonPointer(keys)
          .split('/')
          .slice(1)
          .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
        expect(back).toEqual(keys)
      }),
    )
  })
})
