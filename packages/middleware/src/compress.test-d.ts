import type { Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { type CodingName, compress } from './compress.ts'
import { decompress } from './decompress.ts'

test('codings and levels are named', () => {
  expectTypeOf(compress({ codings: ['br', 'gzip'], level: { br: 5 } })).toEqualTypeOf<Middleware>()
  expectTypeOf(compress({ level: 6, cache: {} })).toEqualTypeOf<Middleware>()
  expectTypeOf(decompress({ codings: ['gzip'] })).toEqualTypeOf<Middleware>()
  expectTypeOf<CodingName>().toEqualTypeOf<'zstd' | 'br' | 'gzip' | 'deflate'>()
  // @ts-expect-error There is no such coding.
  compress({ codings: ['compress'] })
  // @ts-expect-error There is no such coding.
  compress({ level: { snappy: 1 } })
  // @ts-expect-error The cache has bounds, not a switch.
  compress({ cache: true })
})
