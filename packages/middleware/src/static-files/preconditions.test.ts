import type { Environ } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { evaluatePreconditions } from './preconditions.ts'

const strong = { etag: { value: 'v1', weak: false }, lastModified: new Date('2024-02-03T04:05:06Z') }
const weak = { ...strong, etag: { value: 'v1', weak: true } }
const before = 'Sat, 03 Feb 2024 04:05:05 GMT'
const same = 'Sat, 03 Feb 2024 04:05:06 GMT'
const after = 'Sat, 03 Feb 2024 04:05:07 GMT'

function evaluate(headers: Record<`HTTP_${string}`, string>, validators: typeof strong = strong): string {
  return evaluatePreconditions(headers as unknown as Environ, validators)
}

test('a request without preconditions proceeds', () => {
  expect(evaluate({})).toBe('proceed')
})

describe('If-None-Match (N2)', () => {
  test.each(['"v1"', 'W/"v1"', '"v0", "v1"', '"v0",W/"v1"', ', "v1",', '*'])(
    '%j is not modified',
    (header) => {
      expect(evaluate({ HTTP_IF_NONE_MATCH: header })).toBe('not-modified')
      expect(evaluate({ HTTP_IF_NONE_MATCH: header }, weak)).toBe('not-modified')
    },
  )

  test.each(['"v2"', 'v1', '"V1"', '"v1', '', '"v0", *'])('%j proceeds', (header) => {
    expect(evaluate({ HTTP_IF_NONE_MATCH: header })).toBe('proceed')
  })

  test('makes If-Modified-Since count for nothing (N1)', () => {
    expect(evaluate({ HTTP_IF_NONE_MATCH: '"v2"', HTTP_IF_MODIFIED_SINCE: after })).toBe('proceed')
    expect(evaluate({ HTTP_IF_NONE_MATCH: '"v1"', HTTP_IF_MODIFIED_SINCE: before })).toBe('not-modified')
  })
})

describe('If-Modified-Since (N3)', () => {
  test('is not modified from the second of the modification on', () => {
    expect(evaluate({ HTTP_IF_MODIFIED_SINCE: before })).toBe('proceed')
    expect(evaluate({ HTTP_IF_MODIFIED_SINCE: same })).toBe('not-modified')
    expect(evaluate({ HTTP_IF_MODIFIED_SINCE: after })).toBe('not-modified')
  })

  test.each(['', 'yesterday', '2024-02-03T04:05:06Z', '1706933106'])('is ignored when it is %j', (header) => {
    expect(evaluate({ HTTP_IF_MODIFIED_SINCE: header })).toBe('proceed')
  })
})

describe('If-Match', () => {
  test('proceeds for the same strong tag and for an asterisk', () => {
    expect(evaluate({ HTTP_IF_MATCH: '"v0", "v1"' })).toBe('proceed')
    expect(evaluate({ HTTP_IF_MATCH: '*' })).toBe('proceed')
    expect(evaluate({ HTTP_IF_MATCH: '*' }, weak)).toBe('proceed')
  })

  test('fails for another tag and for any weak one', () => {
    expect(evaluate({ HTTP_IF_MATCH: '"v2"' })).toBe('failed')
    expect(evaluate({ HTTP_IF_MATCH: 'W/"v1"' })).toBe('failed')
    expect(evaluate({ HTTP_IF_MATCH: '"v1"' }, weak)).toBe('failed')
    expect(evaluate({ HTTP_IF_MATCH: '' })).toBe('failed')
  })

  test('makes If-Unmodified-Since count for nothing, and comes before If-None-Match (N1)', () => {
    expect(evaluate({ HTTP_IF_MATCH: '"v1"', HTTP_IF_UNMODIFIED_SINCE: before })).toBe('proceed')
    expect(evaluate({ HTTP_IF_MATCH: '"v2"', HTTP_IF_NONE_MATCH: '"v1"' })).toBe('failed')
    expect(evaluate({ HTTP_IF_MATCH: '"v1"', HTTP_IF_NONE_MATCH: '"v1"' })).toBe('not-modified')
  })
})

test('If-Unmodified-Since fails when the file was modified later', () => {
  expect(evaluate({ HTTP_IF_UNMODIFIED_SINCE: before })).toBe('failed')
  expect(evaluate({ HTTP_IF_UNMODIFIED_SINCE: same })).toBe('proceed')
  expect(evaluate({ HTTP_IF_UNMODIFIED_SINCE: 'soon' })).toBe('proceed')
})
