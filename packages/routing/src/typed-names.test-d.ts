import type { Application } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { type Converter, date, float, int, oneOf, Router, string, uuid } from './index.ts'

declare const app: Application

test('url takes what each converter gives, and nothing else', () => {
  const when: Converter<Date> = {
    name: 'when',
    parse: (text) => new Date(text),
    format: (value) => value.toISOString(),
  }
  const router = new Router()
    .get('/float/:x', app, { name: 'float', convert: { x: float() } })
    .get('/uuid/:x', app, { name: 'uuid', convert: { x: uuid() } })
    .get('/date/:x', app, { name: 'date', convert: { x: date() } })
    .get('/one/:x', app, { name: 'one', convert: { x: oneOf('a', 'b') } })
    .get('/string/:x', app, { name: 'string', convert: { x: string({ max: 2 }) } })
    .get('/text/:x', app, { name: 'text', convert: { x: { pattern: /a/ } } })
    .get('/when/:x', app, { name: 'when', convert: { x: when } })
    .get('/mixed/:x-:y.:z', app, { name: 'mixed', convert: { x: int(), z: oneOf('json') } })
  router.url('float', { x: 1.5 })
  router.url('uuid', { x: 'a' })
  router.url('date', { x: '2026-11-21' })
  router.url('one', { x: 'b' })
  router.url('string', { x: 'a' })
  router.url('text', { x: 'a' })
  router.url('when', { x: new Date() })
  router.url('mixed', { x: 1, y: 'a', z: 'json' })
  // @ts-expect-error: a number
  router.url('float', { x: '1.5' })
  // @ts-expect-error: a text
  router.url('uuid', { x: 1 })
  // @ts-expect-error: a text, as it is captured
  router.url('date', { x: new Date() })
  // @ts-expect-error: none of the two
  router.url('one', { x: 'c' })
  // @ts-expect-error: a text
  router.url('string', { x: 7 })
  // @ts-expect-error: a text
  router.url('text', { x: 7 })
  // @ts-expect-error: a date
  router.url('when', { x: '2026-11-21' })
  // @ts-expect-error: one of three is missing
  router.url('mixed', { x: 1, z: 'json' })
  // @ts-expect-error: no such text
  router.url('mixed', { x: 1, y: 'a', z: 'xml' })
  // @ts-expect-error: null is none
  router.url('one', { x: null })
})

test('url may leave out what stands in optional groups, and no more', () => {
  const router = new Router()
    .get('/p/:blog{/:year{/:month}}', app, { name: 'posts', convert: { month: int() } })
    .get('/f{/*path}', app, { name: 'files' })
    .get('/g{/:a}/x{/:b}', app, { name: 'groups' })
  router.url('posts', { blog: 'a' })
  router.url('posts', { blog: 'a', year: '2026', month: 11 })
  router.url('posts', { blog: 'a', year: undefined })
  router.url('files')
  router.url('files', {})
  router.url('files', { path: ['a'] })
  router.url('groups', { b: 'x' })
  // @ts-expect-error: it stands in no group
  router.url('posts', { year: '2026' })
  // @ts-expect-error: it stands in no group, and undefined is none
  router.url('posts', { blog: undefined })
  // @ts-expect-error: a number where it is given
  router.url('posts', { blog: 'a', year: '2026', month: '11' })
  // @ts-expect-error: a wildcard takes a list
  router.url('files', { path: 'a' })
  // @ts-expect-error: no such parameter
  router.url('groups', { c: 'x' })
})

test('signs that are escaped are no parameters, and names may be quoted', () => {
  const router = new Router()
    .get('/\\:x/\\*y/:"first name"', app, { name: 'quoted' })
    .get('/a\\{b\\}/:c', app, { name: 'braces' })
  router.url('quoted', { 'first name': 'a' })
  router.url('braces', { c: 'a' })
  // @ts-expect-error: no such parameter
  router.url('quoted', { 'first name': 'a', x: 'b' })
  // @ts-expect-error: it is missing, as it stands in no group
  router.url('braces')
})

test('every way to add a rule adds its name', () => {
  const router = new Router()
    .head('/head/:h', app, { name: 'head' })
    .post('/post/:p', app, { name: 'post' })
    .put('/put/:p', app, { name: 'put' })
    .patch('/patch/:p', app, { name: 'patch' })
    .delete('/delete/:d', app, { name: 'delete' })
    .options('/options/:o', app, { name: 'options' })
    .websocket('/websocket/:w', app, { name: 'websocket' })
    .add('/any/:a', app, { name: 'any', methods: ['GET'] })
    .buildOnly('/build/:b', { name: 'build' })
    .add([{ pattern: '/list/:l', app, name: 'list' }])
  expectTypeOf(router.url<'head'>)
    .parameter(0)
    .toEqualTypeOf<'head'>()
  router.url('head', { h: 'a' })
  router.url('post', { p: 'a' })
  router.url('put', { p: 'a' })
  router.url('patch', { p: 'a' })
  router.url('delete', { d: 'a' })
  router.url('options', { o: 'a' })
  router.url('websocket', { w: 'a' })
  router.url('any', { a: 'a' })
  router.url('build', { b: 'a' })
  router.url('list', { l: 'a' })
  // @ts-expect-error: the parameters of another rule
  router.url('head', { p: 'a' })
  // @ts-expect-error: missing
  router.url('websocket')
  // @ts-expect-error: no such parameter
  router.url('build', { b: 'a', c: 'a' })
  // @ts-expect-error: missing
  router.url('list', {})
  // @ts-expect-error: no such name
  router.url('lists', { l: 'a' })
})

test('routers in routers have the names and parameters of all that are around them', () => {
  const comments = new Router()
    .get('/', app, { name: 'all' })
    .get('/:id{/:part}', app, { name: 'one', convert: { id: int(), part: oneOf('text', 'votes') } })
  const posts = new Router()
    .get('/:slug', app, { name: 'show' })
    .mount('/:slug/comments', comments, { name: 'comment.', convert: { slug: oneOf('x', 'y') } })
  const router = new Router()
    .mount('/:year', posts, { name: 'post.', convert: { year: int() } })
    .mount('/t', posts.snapshot(), { name: 'tenant.', host: ':tenant.example.org' })
  router.url('post.show', { year: 2026, slug: 'a' })
  router.url('post.comment.all', { year: 2026, slug: 'x' })
  router.url('post.comment.one', { year: 2026, slug: 'y', id: 7 })
  router.url('post.comment.one', { year: 2026, slug: 'y', id: 7, part: 'votes' })
  router.url('tenant.comment.one', { tenant: 'a', slug: 'x', id: 7 })
  // @ts-expect-error: the name of the router between is missing
  router.url('post.one', { year: 2026, slug: 'y', id: 7 })
  // @ts-expect-error: the parameter of the outer prefix is missing
  router.url('post.comment.all', { slug: 'x' })
  // @ts-expect-error: the outer mount converts it to a number
  router.url('post.comment.all', { year: '2026', slug: 'x' })
  // @ts-expect-error: the mount between takes two texts only
  router.url('post.comment.all', { year: 2026, slug: 'z' })
  // @ts-expect-error: the parameter of the innermost rule is missing
  router.url('post.comment.one', { year: 2026, slug: 'x' })
  // @ts-expect-error: no such part
  router.url('post.comment.one', { year: 2026, slug: 'x', id: 7, part: 'html' })
  // @ts-expect-error: the parameter of the host is missing
  router.url('tenant.show', { slug: 'a' })
  // @ts-expect-error: a mount on a host has no year
  router.url('tenant.show', { tenant: 'a', slug: 'a', year: 2026 })
})

test('groups in groups of hosts put together what they have', () => {
  const router = new Router().host(':tenant.example.org', (tenant) =>
    tenant
      .get('/', app, { name: 'home' })
      .group({ prefix: '/:lang', name: 'docs.', convert: { lang: oneOf('de', 'en') } }, (docs) =>
        docs
          .get('/*page', app, { name: 'page' })
          .group({ name: 'old.', host: 'old-:version.example.org', convert: { version: int() } }, (old) =>
            old.get('/:id', app, { name: 'page', defaults: { format: 'html' } }),
          )
          .mount('/api/:api', new Router().get('/{:method}', app, { name: 'call' }), { name: 'api.' }),
      ),
  )
  router.url('home', { tenant: 'a' })
  router.url('docs.page', { tenant: 'a', lang: 'de', page: ['b', 'c'] as readonly string[] })
  router.url('docs.old.page', { version: 2, lang: 'en', id: 'x' })
  router.url('docs.old.page', { version: 2, lang: 'en', id: 'x', format: 'html' })
  router.url('docs.api.call', { tenant: 'a', lang: 'de', api: 'v1' })
  router.url('docs.api.call', { tenant: 'a', lang: 'de', api: 'v1', method: 'm' })
  // @ts-expect-error: the parameter of the host is missing
  router.url('home')
  // @ts-expect-error: no such language
  router.url('docs.page', { tenant: 'a', lang: 'fr', page: ['b'] })
  // @ts-expect-error: the wildcard is missing
  router.url('docs.page', { tenant: 'a', lang: 'de' })
  // @ts-expect-error: the host of the group inside takes the place of the other
  router.url('docs.old.page', { tenant: 'a', version: 2, lang: 'en', id: 'x' })
  // @ts-expect-error: the converter of the host makes it a number
  router.url('docs.old.page', { version: '2', lang: 'en', id: 'x' })
  // @ts-expect-error: the rule has another format
  router.url('docs.old.page', { version: 2, lang: 'en', id: 'x', format: 'pdf' })
  // @ts-expect-error: the parameter of the mount is missing
  router.url('docs.api.call', { tenant: 'a', lang: 'de', method: 'm' })
  // @ts-expect-error: the name of the group is missing
  router.url('page', { tenant: 'a', lang: 'de', page: ['b'] })
})

test('a converter of a group belongs to the parameters of its name alone', () => {
  // @ts-expect-error: a wildcard inside has no converter
  new Router().group({ prefix: '/x' }, (group) => group.get('/*id', app, { convert: { id: int() } }))
  // @ts-expect-error: neither the prefix nor the rule has it
  new Router().group({ prefix: '/:a' }, (group) => group.get('/:b', app, { convert: { c: int() } }))
  // @ts-expect-error: the prefix of the mount has no such parameter
  new Router().mount('/:a', new Router(), { convert: { b: int() } })
  new Router().group({ prefix: '/:a' }, (group) => group.get('/:b', app, { convert: { a: int(), b: int() } }))
})
