import { describe, expect, test } from 'vitest'
import { formatHttpDate } from './date.ts'
import { formatEntityTag, parseEntityTag } from './etag.ts'
import { FILE_REST_MS, fileValidators } from './file-validators.ts'

const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678)

test('the tag tells size and time apart', () => {
  const tag = (size: number, mtimeMs: number) => fileValidators({ size, mtimeMs }, now).etag.value
  expect(tag(1, 1000)).not.toBe(tag(2, 1000))
  expect(tag(1, 1000)).not.toBe(tag(1, 1000.001))
  expect(tag(1, 1000)).toBe(tag(1, 1000))
})

test('the tag is weak until the file has rested, and the same otherwise', () => {
  const mtimeMs = now - FILE_REST_MS
  const fresh = fileValidators({ size: 1, mtimeMs }, now - 1).etag
  const rested = fileValidators({ size: 1, mtimeMs }, now).etag
  expect(fresh.weak).toBe(true)
  expect(rested).toEqual({ value: fresh.value, weak: false })
})

test.each([-1, -9e21, 0, 9e21])('a file system that says %d gives validators all the same', (mtimeMs) => {
  const { etag, lastModified } = fileValidators({ size: 1, mtimeMs }, now)
  expect(parseEntityTag(formatEntityTag(etag))).toEqual(etag)
  expect(formatHttpDate(lastModified)).toMatch(/GMT$/)
})

test('the time of now is taken where none is given', () => {
  expect(fileValidators({ size: 1, mtimeMs: Date.now() }).etag.weak).toBe(true)
  expect(fileValidators({ size: 1, mtimeMs: 0 }).etag.weak).toBe(false)
})

describe('the date (robustness.md N3)', () => {
  test.each([
    ['is in whole seconds', 1_500, 1_000],
    ['is not before 1970', -5_000, 0],
    ['is not later than now', now + 60_000, now - 678],
  ])('%s', (_name, mtimeMs, expected) => {
    expect(fileValidators({ size: 1, mtimeMs }, now).lastModified.getTime()).toBe(expected)
  })
})

test.each([
  [{ size: 0, mtimeMs: 0 }, '0-0'],
  [{ size: 255, mtimeMs: 1 }, 'ff-3e8'],
  [{ size: 4096, mtimeMs: 1_500.25 }, '1000-16e45a'],
])('the tag of %j is %s: size and microseconds in hexadecimal, the same on every machine', (state, value) => {
  expect(fileValidators(state, now).etag).toEqual({ value, weak: false })
  expect(fileValidators(state, now).lastModified.getTime()).toBe(Math.floor(state.mtimeMs / 1000) * 1000)
})

test('a file rests for two seconds', () => {
  expect(fileValidators({ size: 1, mtimeMs: now - 1999 }, now).etag.weak).toBe(true)
  expect(fileValidators({ size: 1, mtimeMs: now - 2000 }, now).etag.weak).toBe(false)
})
