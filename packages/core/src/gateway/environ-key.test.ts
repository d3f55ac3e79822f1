import { expect, test } from 'vitest'
import { environKey } from './environ-key.ts'

test.each([
  ['Accept', 'HTTP_ACCEPT'],
  ['x-two-WORDS', 'HTTP_X_TWO_WORDS'],
  ['content-type', 'CONTENT_TYPE'],
  ['Content-Length', 'CONTENT_LENGTH'],
  ['Content-Language', 'HTTP_CONTENT_LANGUAGE'],
])('2: %s is %s', (name, key) => {
  expect(environKey(name)).toBe(key)
})

test('2: a name with an underscore has none, so that X_Real_IP does not pose as X-Real-IP', () => {
  expect([environKey('X_Real_IP'), environKey('content_length'), environKey('_')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
