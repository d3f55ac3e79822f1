import type { Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { etag } from './etag.ts'

test('all options can be left out', () => {
  expectTypeOf(etag()).toEqualTypeOf<Middleware>()
  etag({ strong: true, maxSize: 65_536 })
  // @ts-expect-error: true or false.
  etag({ strong: 'yes' })
  // @ts-expect-error: bytes.
  etag({ maxSize: '64kb' })
  // @ts-expect-error: it is called strong.
  etag({ weak: true })
})
