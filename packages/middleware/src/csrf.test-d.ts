import type { Environ, Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { csrf } from './csrf.ts'

test('exceptions are paths, or a function of environ', () => {
  expectTypeOf(csrf()).toEqualTypeOf<Middleware>()
  csrf({
    origins: ['https://shop.example', /https:\/\/[a-z]+\.example/] as const,
    except: ['/hooks'] as const,
  })
  csrf({
    except: (environ) => {
      expectTypeOf(environ).toEqualTypeOf<Environ>()
      return environ.PATH_INFO === '/hooks'
    },
  })
  // @ts-expect-error: a list of paths.
  csrf({ except: '/hooks' })
})

test('options that there are not are errors', () => {
  // @ts-expect-error: origins are a list.
  csrf({ origins: 'https://shop.example' })
  // @ts-expect-error: there is no token.
  csrf({ token: 'x' })
})
