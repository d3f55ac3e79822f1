import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatFailure } from './explain-failure.ts'
import { SHOWN_LENGTH_LIMIT } from './quote.ts'

test('a failure inside of the path says behind what', () => {
  expect(formatFailure({ kind: 'segment', expected: 'posts', got: 'post' }, '/users/7')).toBe(
    'after "/users/7": expected "posts", got "post"',
  )
  expect(formatFailure({ kind: 'segment', expected: 'posts', got: 'post' }, '')).toBe(
    'expected "posts", got "post"',
  )
})

test('each failure is one sentence', () => {
  expect(formatFailure({ kind: 'end', expected: '/:id' }, '/users')).toBe(
    'after "/users": the path ends, expected "/:id"',
  )
  expect(formatFailure({ kind: 'rest', got: '/x' }, '/users')).toBe(
    'after "/users": the path goes on with "/x"',
  )
  expect(formatFailure({ kind: 'method', methods: ['GET', 'PUT'] }, '/a')).toBe('answers GET, PUT')
  expect(formatFailure({ kind: 'host', expected: ':t.example.org', got: 'localhost' }, '/a')).toBe(
    'answers on :t.example.org, not on "localhost"',
  )
  expect(formatFailure({ kind: 'slash', path: '/a/', instead: { kind: 'websocket' } }, '/a')).toBe(
    'is for "/a/", which differs in its slashes, and answers only requests that offer a WebSocket',
  )
})

test('no text of a request puts control characters or changes of direction into a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const shown = formatFailure({ kind: 'converter', parameter: 'a', converter: 'int()', text }, text)
      expect(shown).not.toMatch(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u)
      expect(shown.length).toBeLessThan(20 * SHOWN_LENGTH_LIMIT)
    }),
  )
})
