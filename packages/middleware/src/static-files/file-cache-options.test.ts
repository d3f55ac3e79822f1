import { describe, expect, test } from 'vitest'
import { FILE_CACHE_LIMITS } from './file-cache.ts'
import { type FileCacheOptions, readFileCacheOptions } from './file-cache-options.ts'
import { readOptions, type StaticFilesOptions } from './options.ts'

test('what is not given has its default, which includes files of 100 kB', () => {
  expect(readFileCacheOptions()).toEqual(FILE_CACHE_LIMITS)
  expect(readFileCacheOptions({ maxStaleMs: 0 })).toEqual({ ...FILE_CACHE_LIMITS, maxStaleMs: 0 })
  expect(FILE_CACHE_LIMITS.maxFileBytes).toBeGreaterThanOrEqual(100_000)
})

test('false is no cache', () => {
  expect(readFileCacheOptions(false)).toBe(false)
})

test('less memory for all than a file may take by default lets files take that', () => {
  expect(readFileCacheOptions({ maxBytes: 10_000 })).toMatchObject({ maxBytes: 10_000, maxFileBytes: 10_000 })
})

describe('misuse throws, and shows what it got', () => {
  test.each([
    [{ maxBytes: -1 }, 'staticFiles, cache: got -1 for the option maxBytes; expected a number of bytes'],
    [{ maxFileBytes: 1.5 }, 'staticFiles, cache: got 1.5 for the option maxFileBytes'],
    [
      { maxEntries: '10' },
      'staticFiles, cache: got "10" for the option maxEntries; expected a number of files',
    ],
    [{ maxStaleMs: Number.NaN }, 'staticFiles, cache: got NaN for the option maxStaleMs'],
    [{ maxAge: 1 }, 'staticFiles, cache: got the unknown option "maxAge"; it knows maxBytes, maxFileBytes,'],
    [{ maxBytes: 10, maxFileBytes: 11 }, 'got 11 for maxFileBytes and 10 for maxBytes'],
  ])('%j', (options, message) => {
    expect(() => readFileCacheOptions(options as FileCacheOptions)).toThrow(message)
  })

  test.each([true, null, 'yes', 1])('a cache that is %j', (cache) => {
    expect(() => readOptions({ cache } as unknown as StaticFilesOptions)).toThrow(TypeError)
  })

  test.each([[['deflate']], [['br', 'br']], ['br'], [true]])('precompressed that is %j', (precompressed) => {
    expect(() => readOptions({ precompressed } as unknown as StaticFilesOptions)).toThrow(
      "for the option precompressed; expected a list of some of 'br', 'zstd', 'gzip', each once.",
    )
  })
})
