import type { Environ } from '@stapel/core'
import { createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import {
  cacheControlOf,
  dateOf,
  ifMatchOf,
  ifModifiedSinceOf,
  ifNoneMatchOf,
  ifRangeOf,
  ifUnmodifiedSinceOf,
  rangeOf,
} from './request-conditions.ts'

function sent(name: string, value: string): Environ {
  return createEnviron('/', { headers: { [name]: value } })
}

test('what was not sent is undefined, and Cache-Control without directives', () => {
  const environ = createEnviron('/')
  for (const read of [
    ifMatchOf,
    ifNoneMatchOf,
    ifModifiedSinceOf,
    ifUnmodifiedSinceOf,
    ifRangeOf,
    rangeOf,
    dateOf,
  ]) {
    expect(read(environ)).toBeUndefined()
  }
  expect(cacheControlOf(environ)).toEqual({})
})

describe('tags (robustness.md N2)', () => {
  test.each([
    ['*', '*'],
    [' * ', '*'],
    [
      '"a", W/"b"',
      [
        { value: 'a', weak: false },
        { value: 'b', weak: true },
      ],
    ],
    [
      '"a,b" ,, "c"',
      [
        { value: 'a,b', weak: false },
        { value: 'c', weak: false },
      ],
    ],
    ['a', []],
    ['', []],
    ['"a', []],
  ])('%j is %j', (header, tags) => {
    expect(ifMatchOf(sent('If-Match', header))).toEqual(tags)
    expect(ifNoneMatchOf(sent('If-None-Match', header))).toEqual(tags)
  })

  // robustness.md M8
  test('at most a hundred are read', () => {
    const header = Array.from({ length: 500 }, (_, i) => `"${i}"`).join(',')
    expect(ifNoneMatchOf(sent('If-None-Match', header))).toHaveLength(100)
  })
})

describe('dates (robustness.md N3)', () => {
  const date = new Date('1994-11-06T08:49:37Z')

  test.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    '%s is read in all fields',
    (text) => {
      expect(ifModifiedSinceOf(sent('If-Modified-Since', text))).toEqual(date)
      expect(ifUnmodifiedSinceOf(sent('If-Unmodified-Since', text))).toEqual(date)
      expect(dateOf(sent('Date', text))).toEqual(date)
      expect(ifRangeOf(sent('If-Range', text))).toEqual(date)
    },
  )

  test.each([
    '',
    '0',
    'now',
    '1994-11-06',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 +0100',
  ])('%j is ignored', (text) => {
    expect(ifModifiedSinceOf(sent('If-Modified-Since', text))).toBeUndefined()
    expect(ifUnmodifiedSinceOf(sent('If-Unmodified-Since', text))).toBeUndefined()
    expect(dateOf(sent('Date', text))).toBeUndefined()
    expect(ifRangeOf(sent('If-Range', text))).toBeUndefined()
  })
})

describe('If-Range (robustness.md G4)', () => {
  test('a strong tag is given, a weak one may not stand there', () => {
    expect(ifRangeOf(sent('If-Range', '"a"'))).toEqual({ value: 'a', weak: false })
    expect(ifRangeOf(sent('If-Range', 'W/"a"'))).toBeUndefined()
    expect(ifRangeOf(sent('If-Range', '"a", "b"'))).toBeUndefined()
  })
})

describe('Range (robustness.md G1, G3)', () => {
  test.each([
    ['bytes=0-499', [{ first: 0, last: 499 }]],
    ['bytes=500-', [{ first: 500, last: undefined }]],
    ['Bytes=-500, 0-0', [{ suffix: 500 }, { first: 0, last: 0 }]],
    ['bytes=-0', [{ suffix: 0 }]],
  ])('%s is %j', (header, ranges) => {
    expect(rangeOf(sent('Range', header))).toEqual(ranges)
  })

  test.each([
    'bytes=',
    'bytes=a-b',
    'bytes=5-4',
    'bytes=-',
    'items=0-1',
    '0-1',
    'bytes=0-1;2-3',
    'bytes=+1-2',
  ])('%j is ignored', (header) => {
    expect(rangeOf(sent('Range', header))).toBeUndefined()
  })

  test('more than a hundred ranges are ignored', () => {
    expect(rangeOf(sent('Range', `bytes=${'0-0,'.repeat(100)}`))).toHaveLength(100)
    expect(rangeOf(sent('Range', `bytes=${'0-0,'.repeat(101)}`))).toBeUndefined()
  })
})

test('Cache-Control of requests', () => {
  const environ = sent(
    'Cache-Control',
    'no-cache, max-age=0, max-stale, min-fresh=x, only-if-cached, future="a"',
  )
  expect(cacheControlOf(environ)).toEqual({
    noCache: true,
    maxAge: 0,
    maxStale: true,
    onlyIfCached: true,
    extensions: new Map([['future', 'a']]),
  })
})
