import type { Environ, Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { bodyLimit } from './body-limit.ts'

test('the limit is a number of bytes', () => {
  expectTypeOf(bodyLimit(1024)).toEqualTypeOf<Middleware>()
  bodyLimit(1024, {
    except: (environ) => {
      expectTypeOf(environ).toEqualTypeOf<Environ>()
      return environ.PATH_INFO === '/upload'
    },
  })
  // @ts-expect-error: the limit is what it cannot do without.
  bodyLimit()
  // @ts-expect-error: no units.
  bodyLimit('1mb')
  // @ts-expect-error: paths are a list.
  bodyLimit(1024, { except: '/upload' })
})
