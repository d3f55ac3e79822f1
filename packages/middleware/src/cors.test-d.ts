import type { Environ, Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { cors } from './cors.ts'

test('origins are a word, a pattern, a list of both, or a function', () => {
  expectTypeOf(cors('*')).toEqualTypeOf<Middleware>()
  cors('https://app.example')
  cors(/https:\/\/[a-z]+\.example/)
  cors(['https://app.example', /https:\/\/[a-z]+\.example/] as const)
  cors((origin, environ) => {
    expectTypeOf(origin).toEqualTypeOf<string>()
    expectTypeOf(environ).toEqualTypeOf<Environ>()
    return Promise.resolve(true)
  })
  // @ts-expect-error: the origins are what it cannot do without.
  cors()
  // @ts-expect-error: a function says yes or no.
  cors((origin) => origin)
})

test('options that there are not are errors', () => {
  cors('*', { methods: ['GET', 'PURGE'] as const, allowHeaders: '*', preflight: 'pass', maxAge: 600 })
  // @ts-expect-error: the statuses of a preflight are 200 and 204.
  cors('*', { preflight: 201 })
  // @ts-expect-error: methods are a list, or '*'.
  cors('*', { methods: 'GET' })
  // @ts-expect-error: it is called credentials.
  cors('https://app.example', { allowCredentials: true })
})
