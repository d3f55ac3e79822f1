import type { Application } from '@stapel/core'
import { Request, Response } from '@stapel/wrappers'
import { expectTypeOf, test } from 'vitest'
import { type Converter, float, int, oneOf, type ParamsOf, Router, string, uuid } from './index.ts'

declare const app: Application

test('params are read from the pattern', () => {
  expectTypeOf<ParamsOf<'/'>>().toEqualTypeOf<Record<never, never>>()
  expectTypeOf<ParamsOf<'/users/:id'>>().toEqualTypeOf<{ readonly id: string }>()
  expectTypeOf<ParamsOf<'/:name.:ext'>>().toEqualTypeOf<{ readonly name: string; readonly ext: string }>()
  expectTypeOf<ParamsOf<'/:a-:b/x/:c'>>().toEqualTypeOf<{
    readonly a: string
    readonly b: string
    readonly c: string
  }>()
  expectTypeOf<ParamsOf<'/files/*path'>>().toEqualTypeOf<{ readonly path: string[] }>()
  expectTypeOf<ParamsOf<'/posts{/:year{/:month}}/:x'>>().toEqualTypeOf<{
    readonly x: string
    readonly year?: string | undefined
    readonly month?: string | undefined
  }>()
  expectTypeOf<ParamsOf<'/a{/*rest}'>>().toEqualTypeOf<{ readonly rest?: string[] | undefined }>()
  expectTypeOf<ParamsOf<'/:"first name"/\\:x'>>().toEqualTypeOf<{ readonly 'first name': string }>()
  expectTypeOf<ParamsOf<'/:größe'>>().toEqualTypeOf<{ readonly größe: string }>()
  expectTypeOf<ParamsOf<string>>().toEqualTypeOf<Readonly<Record<string, unknown>>>()
})

test('converters give their own types', () => {
  expectTypeOf<ParamsOf<'/:id/:x', { id: Converter<number> }>>().toEqualTypeOf<{
    readonly id: number
    readonly x: string
  }>()
  expectTypeOf<ParamsOf<'/a{/:id}', { id: Converter<number> }>>().toEqualTypeOf<{
    readonly id?: number | undefined
  }>()
})

test('a handler gets the params of its rule without an annotation', () => {
  new Router()
    .get(
      '/',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<Record<never, never>>()
        return new Response('')
      }),
    )
    .get(
      '/users/:id',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly id: string }>()
        return new Response(request.params.id)
      }),
    )
    .post(
      '/users/:id/:kind',
      Request.application(async (request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly id: number; readonly kind: 'a' | 'b' }>()
        return new Response('')
      }),
      { convert: { id: int({ min: 1 }), kind: oneOf('a', 'b') } },
    )
    .add(
      '/:x/:y/:z',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{
          readonly x: number
          readonly y: string
          readonly z: string
        }>()
        return new Response('')
      }),
      { methods: ['PUT'], name: 'xyz', convert: { x: float(), y: uuid(), z: string({ length: 2 }) } },
    )
    .get(
      '/named/:id',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly id: string }>()
        return new Response('')
      }),
      { name: 'named' },
    )
    .mount(
      '/:tenant',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly tenant: string }>()
        return new Response('')
      }),
    )
})

test('any application will do, written in place too', () => {
  new Router().get('/a', app).get('/b', (environ, startResponse) => {
    expectTypeOf(environ.PATH_INFO).toEqualTypeOf<string>()
    startResponse('200 OK', [])
    return ''
  })
})

test('a handler must not ask for params that its rule does not give', () => {
  const handler = Request.application(
    (request: Request<{ readonly id: string }>) => new Response(request.params.id),
  )
  new Router().get('/h/:id', handler)
  // @ts-expect-error: the converter makes it a number
  new Router().get('/h/:id', handler, { convert: { id: int() } })
  // @ts-expect-error: there is no id
  new Router().get('/h/:other', handler)
})

test('wrong options do not compile', () => {
  // @ts-expect-error: no such option
  new Router().get('/', app, { nme: 'x' })
  // @ts-expect-error: no such parameter
  new Router().get('/:id', app, { convert: { idd: int() } })
  // @ts-expect-error: no converter
  new Router().get('/:id', app, { convert: { id: Number } })
  // @ts-expect-error: a wildcard has no converter
  new Router().get('/*id', app, { convert: { id: int() } })
})

test('url knows the names and params of a chained router', () => {
  const router = new Router()
    .get('/', app, { name: 'home' })
    .get('/users/:id', app, { name: 'user', convert: { id: int() } })
    .get('/posts{/:year}', app, { name: 'posts' })
    .get('/files/*path', app, { name: 'file' })
  router.url('home')
  router.url('user', { id: 42 }, { query: { tab: 'a' } })
  router.url('posts')
  router.url('posts', { year: '2026' })
  router.url('file', { path: ['a', 'b'] })
  // @ts-expect-error: no such name
  router.url('users', { id: 42 })
  // @ts-expect-error: a text is no number
  router.url('user', { id: '42' })
  // @ts-expect-error: the id is missing
  router.url('user')
  // @ts-expect-error: no such parameter
  router.url('home', { id: 42 })
})

test('url takes any name of a router that was filled in statements', () => {
  const router = new Router()
  router.get('/users/:id', app, { name: 'user' })
  router.url('user', { id: '42' })
})
