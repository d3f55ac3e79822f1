import type { Application } from '@stapel/core'
import { Request, Response } from '@stapel/wrappers'
import { expectTypeOf, test } from 'vitest'
import type { Refusing } from '../../core/src/refusing.test-support.ts'
import {
  type AddOptions,
  type Converter,
  type DateOptions,
  type FloatOptions,
  type GroupOptions,
  type IntOptions,
  int,
  type MatchOptions,
  type MountOptions,
  type PlaceOptions,
  type RedirectToOptions,
  Router,
  type RouterOptions,
  type RuleInit,
  type RuleOptions,
  type StringOptions,
  type TextConverter,
  type UrlOptions,
  type UrlRequest,
} from './index.ts'

declare const app: Application
declare const nothing: undefined
declare const perhaps: string | undefined

test('an option that may be missing is given as it is', () => {
  expectTypeOf<Refusing<RouterOptions | MatchOptions | RuleInit>>().toBeNever()
  // The types of parameters are made of these two.
  expectTypeOf<Refusing<RuleOptions | AddOptions | MountOptions | GroupOptions>>().toEqualTypeOf<
    'convert' | 'defaults'
  >()
  expectTypeOf<Refusing<UrlOptions | PlaceOptions | UrlRequest | RedirectToOptions>>().toBeNever()
  expectTypeOf<Refusing<IntOptions | FloatOptions | DateOptions | StringOptions>>().toBeNever()
  expectTypeOf<Refusing<Converter<string> | TextConverter>>().toBeNever()
})

test('options that are undefined tell nothing of a rule', () => {
  const router = new Router()
    .get('/', app, { name: nothing, host: nothing })
    .get('/users/:id', app, { name: 'user', host: nothing, convert: { id: int() }, middleware: nothing })
    .add('/posts/:id', app, { name: 'post', methods: nothing, alias: nothing })
    .mount('/files', app, { name: nothing, redirectSlashes: nothing })
    .group({ prefix: nothing, name: 'blog.', host: nothing }, (blog) =>
      blog.get('/blog/:slug', app, { name: 'post', mergeSlashes: nothing }),
    )
  router.url('user', { id: 1 }, { query: nothing, host: perhaps })
  router.url('blog.post', { slug: 'a' })
  // @ts-expect-error the converter takes a number
  router.url('user', { id: '1' })
  // @ts-expect-error no rule has this name
  router.url('home')
})

test('of a text that may be undefined nothing is known', () => {
  new Router().get(
    '/:id',
    Request.application((request) => {
      expectTypeOf(request.params).toEqualTypeOf<Readonly<Record<string, unknown>>>()
      return new Response()
    }),
    { host: perhaps },
  )
  expectTypeOf(new Router().get('/', app, { name: perhaps }).url)
    .parameter(0)
    .toEqualTypeOf<string>()
})
