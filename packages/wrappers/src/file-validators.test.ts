import { describe, expect, test } from 'vitest'
import { fileValidators, REST_MS } from './file-validators.ts'

const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678)

test('the tag tells size and time apart', () => {
  const tag = (size: number, mtimeMs: number) => fileValidators({ size, mtimeMs }, now).etag.value
  expect(tag(1, 1000)).not.toBe(tag(2, 1000))
  expect(tag(1, 1000)).not.toBe(tag(1, 1000.001))
  expect(tag(1, 1000)).toBe(tag(1, 1000))
})

test('the tag is weak until the file has rested', () => {
  expect(fileValidators({ size: 1, mtimeMs: now - REST_MS + 1 }, now).etag.weak).toBe(true)
  expect(fileValidators({ size: 1, mtimeMs: now - REST_MS }, now).etag.weak).toBe(false)
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
