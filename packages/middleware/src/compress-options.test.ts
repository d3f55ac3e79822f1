import { describe, expect, test } from 'vitest'
import { type CompressOptions, compress } from './compress.ts'

describe('compress refuses when it is made', () => {
  test.each([
    [{ level: 10 }, 'got 10 for the option level; expected one level: an integer from 1 to 9; or levels by'],
    [{ level: 0 }, 'got 0 for the option level'],
    [{ level: 5.5 }, 'got 5.5 for the option level'],
    [{ level: '6' }, 'got "6" for the option level'],
    [{ level: null }, 'got null for the option level'],
    [{ level: [6] }, 'got [6] for the option level'],
    // At 11 brotli takes half a second for 64 KiB.
    [{ level: { br: 11 } }, 'zstd 1 to 19, br 0 to 9, gzip 1 to 9, deflate 1 to 9.'],
    [{ level: { gzip: 0 } }, 'got { gzip: 0 } for the option level'],
    [{ level: { zstd: 20 } }, 'got { zstd: 20 } for the option level'],
    [{ level: { snappy: 1 } }, 'got { snappy: 1 } for the option level'],
    [{ level: { constructor: 1 } }, 'got { constructor: 1 } for'],
    [{ codings: 'gzip' }, 'got "gzip" for the option codings; expected a list of names, each once'],
    [{ codings: ['gzip', 'gzip'] }, 'got ["gzip", "gzip"] for the option codings'],
    [{ codings: ['compress'] }, 'has one at least: zstd, br, gzip, deflate.'],
    [{ codings: [] }, 'got [] for the option codings'],
    [
      { threshold: '1kb' },
      'got "1kb" for the option threshold; expected a number of bytes: an integer from 0 up',
    ],
    [
      { compressible: /text/ },
      'got an object of class RegExp for the option compressible; expected a function',
    ],
    [{ except: '/secret' }, 'got "/secret" for the option except; expected a list of paths'],
    [{ cache: true }, 'got true for the option cache; expected an object with maxBytes and maxEntries'],
    [{ cache: { maxBytes: 0 } }, 'got { maxBytes: 0 } for the option cache'],
    [{ cache: { maxEntries: 1.5 } }, 'got { maxEntries: 1.5 } for the option cache'],
    [{ cache: { size: 1 } }, 'got { size: 1 } for the option cache'],
    [
      { treshold: 1 },
      'got the unknown option "treshold"; it knows codings, level, threshold, compressible, except, cache',
    ],
    [null, 'got null for the options; expected an object'],
  ])('%j', (options, message) => {
    const make = () => compress(options as CompressOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})

test('compress takes the ends of every range, and options that are undefined', () => {
  expect(compress({ level: { zstd: 1, br: 0, gzip: 1, deflate: 1 } })).toBeTypeOf('function')
  expect(compress({ level: { zstd: 19, br: 9, gzip: 9, deflate: 9 } })).toBeTypeOf('function')
  expect(compress({ cache: {} })).toBeTypeOf('function')
  const nothing = { codings: undefined, level: undefined, cache: undefined } as unknown as CompressOptions
  expect(compress(nothing)).toBeTypeOf('function')
})

test('a coding that this version of Node lacks is left out, unless it is the only one', () => {
  expect(compress({ codings: ['zstd', 'gzip'] })).toBeTypeOf('function')
  const alone = () => compress({ codings: ['zstd'] })
  if (Number.parseInt(process.versions.node, 10) >= 24) expect(alone()).toBeTypeOf('function')
  else expect(alone).toThrow(`Node ${process.version} has one at least`)
})
