import { formatEntityTag, formatHttpDate, parseEntityTag } from '@stapel/core/http'
import { expect, test } from 'vitest'
import { REST_MS, validatorsOf } from './validators.ts'

const mtimeMs = Date.UTC(2024, 1, 3, 4, 5, 6) + 789.123
const later = mtimeMs + 3_600_000

test('the tag is of size and time of modification, to the microsecond', () => {
  const tag = formatEntityTag(validatorsOf({ size: 10, mtimeMs }, later).etag)
  expect(parseEntityTag(tag)?.weak).toBe(false)
  expect(tag).toBe(formatEntityTag(validatorsOf({ size: 10, mtimeMs }, later + 1).etag))
  expect(tag).not.toBe(formatEntityTag(validatorsOf({ size: 11, mtimeMs }, later).etag))
  expect(tag).not.toBe(formatEntityTag(validatorsOf({ size: 10, mtimeMs: mtimeMs + 0.001 }, later).etag))
})

test('the tag is weak until the file has rested, and the same otherwise', () => {
  const fresh = validatorsOf({ size: 10, mtimeMs }, mtimeMs + REST_MS - 1)
  const rested = validatorsOf({ size: 10, mtimeMs }, mtimeMs + REST_MS)
  expect(fresh.etag.weak).toBe(true)
  expect(rested.etag).toEqual({ value: fresh.etag.value, weak: false })
})

test('the date is in whole seconds and never later than now (robustness.md N3)', () => {
  const date = (now: number) => formatHttpDate(validatorsOf({ size: 1, mtimeMs }, now).lastModified)
  expect(date(later)).toBe('Sat, 03 Feb 2024 04:05:06 GMT')
  expect(date(Date.UTC(2023, 0, 1))).toBe('Sun, 01 Jan 2023 00:00:00 GMT')
})

test.each([-1, -9e21, 0, 9e21])('a file system that says %d gives validators all the same', (time) => {
  const { etag, lastModified } = validatorsOf({ size: 1, mtimeMs: time }, later)
  expect(parseEntityTag(formatEntityTag(etag))).toEqual(etag)
  expect(formatHttpDate(lastModified)).toMatch(/GMT$/)
})
