import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NotFound } from './http-errors.ts'
import { toHTTPError } from './to-http-error.ts'

test('an HTTPError is itself', () => {
  const error = new NotFound()
  expect(toHTTPError(error)).toBe(error)
})

// robustness.md E2, E3
test('any other error is a 500 that says nothing of it and has it as its cause', () => {
  const cause = Object.assign(new Error('secret'), { status: 404, expose: true })
  const error = toHTTPError(cause)
  expect(error).toMatchObject({ name: 'InternalServerError', status: 500, cause })
  expect(JSON.stringify(error)).not.toContain('secret')
})

test('anything that can be thrown becomes an error with an answer', () => {
  fc.assert(
    fc.property(fc.anything(), (thrown) => {
      const error = toHTTPError(thrown)
      expect(error.status).toBe(500)
      expect(Object.is(error.cause, thrown)).toBe(true)
    }),
  )
})
