import type { Environ } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { int, Router, redirectTo } from './index.ts'

test('a pattern asks for what it is filled with', () => {
  new Router()
    .get('/old/:id', redirectTo('/new/:id'))
    .get('/number/:id', redirectTo('/new/:id'), { convert: { id: int() } })
    .get('/more/:year/:id', redirectTo('/new/:id'))
    .get('/old{/:id}', redirectTo('/new{/:id}'))
    .get('/old/:id/:id2', redirectTo('/new{/:id}'))
    .get('/files/*path', redirectTo('https://files.example.org:8443/*path'))
    .get('/docs{/*page}', redirectTo('https://docs.example.org{/*page}'))
    .get('/help', redirectTo('https://docs.example.org'))
    .get('/search', redirectTo('/find?q=1:x#:y'))
    .mount('/:tenant', redirectTo('/tenants/:tenant'))

  // @ts-expect-error the rule captures no id
  new Router().get('/old', redirectTo('/new/:id'))
  // @ts-expect-error the rule does not always capture id
  new Router().get('/old{/:id}', redirectTo('/new/:id'))
  // @ts-expect-error the rule captures no path
  new Router().get('/files', redirectTo('https://files.example.org/*path'))
})

test('a function gets what the rule captures', () => {
  new Router().get(
    '/old/:id/*path',
    redirectTo((params: { id: number; path: string[] }, environ) => {
      expectTypeOf(environ).toEqualTypeOf<Environ>()
      return `/${params.id}`
    }),
    { convert: { id: int() } },
  )
  new Router().get(
    '/old/:id',
    redirectTo((params) => {
      expectTypeOf(params.id).toEqualTypeOf<string>()
      return `/${params.id}`
    }),
  )
  const next = (params: { id: number }): string => `/${params.id}`
  // @ts-expect-error id is a text
  new Router().get('/old/:id', redirectTo(next))
})

test('any text will do where it is not known', () => {
  const target: string = '/new/:id'
  new Router().get('/old/:id', redirectTo(target))
  // @ts-expect-error a redirect is one of these
  redirectTo('/new', { status: 200 })
})
