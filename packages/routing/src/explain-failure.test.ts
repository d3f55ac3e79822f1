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

test.each([
  [
    'a converter',
    { kind: 'converter', parameter: 'id', converter: 'int()', text: 'x' },
    'after "/a": int() refused "x" for id',
  ],
  [
    'an encoding',
    { kind: 'encoding', parameter: 'id', text: '%zz' },
    '"%zz" for id is no valid percent-encoding of UTF-8',
  ],
  [
    'a host, where there is none',
    { kind: 'host', expected: 'a.example', got: undefined },
    'answers on a.example, not on a request without a host',
  ],
  ['slashes', { kind: 'slash', path: '/a/' }, 'is for "/a/", which differs in its slashes'],
  [
    'the slash of a mount',
    { kind: 'slash', path: '' },
    'is for the mount itself, which differs in its slashes',
  ],
  [
    'slashes that do not redirect',
    { kind: 'slash', path: '/a/', instead: { kind: 'off' } },
    'is for "/a/", which differs in its slashes, and does not redirect',
  ],
  [
    'slashes, and the method',
    { kind: 'slash', path: '/a/', instead: { kind: 'method', methods: ['GET'] } },
    'is for "/a/", which differs in its slashes, and answers GET',
  ],
  ['URLs', { kind: 'build-only' }, 'never answers, is there to build URLs'],
  [
    'an unknown host',
    { kind: 'unknown-host' },
    'matches, but unknownHost answers, since no host pattern matches',
  ],
  ['a redirect', { kind: 'redirect' }, 'matches, but the request is redirected'],
  ['a more specific rule', { kind: 'later' }, 'matches too, but is less specific'],
] as const)('a failure for %s reads as one sentence', (_title, failure, sentence) => {
  expect(formatFailure(failure, '/a')).toBe(sentence)
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
