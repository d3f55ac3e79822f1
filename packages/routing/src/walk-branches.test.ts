import type { Application } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { FUNCTION_SIZE_LIMIT, GENERATE_AFTER } from './generated-limits.ts'
import { Router } from './index.ts'

const app: Application = () => ''
/** More than one function takes, where each leads to a call. */
const names = Array.from({ length: FUNCTION_SIZE_LIMIT * 2 + 72 }, (_, i) => `name-${i}`)

/** Till what is asked often has functions. */
function warm(router: Pick<Router, 'match'>, paths: readonly string[]): void {
  for (let i = 0; i <= GENERATE_AFTER * 2; i++) for (const path of paths) router.match('GET', path)
}

function found(router: Pick<Router, 'match'>, path: string, method = 'GET'): unknown {
  const match = router.match(method, path)
  return match.rule === undefined ? match.status : [match.rule.pattern, match.params]
}

describe('a place that too many texts for one function lead on from', () => {
  const router: Router = new Router()
  for (const name of names) router.get(`/${name}/:id`, app).post(`/${name}/:id/edit`, app)

  test('leads to each of them, before and after it was asked often', () => {
    const ask = (): unknown[] => names.map((name) => found(router, `/${name}/7`))
    const expected = names.map((name) => [`/${name}/:id`, { id: '7' }])
    expect(ask()).toEqual(expected)
    warm(router, ['/name-0/7', '/name-150/7'])
    expect(ask()).toEqual(expected)
    expect(found(router, '/name-150/7/edit', 'POST')).toEqual(['/name-150/:id/edit', { id: '7' }])
  })

  test('leads nowhere else', () => {
    warm(router, ['/name-0/7'])
    const paths = [
      '/name-0',
      '/name-0/',
      '/name-0/7/8',
      '/name-00/7',
      '/other/7',
      '/n',
      '/',
      '',
      '/name-0x/7',
    ]
    expect(paths.map((path) => found(router, path))).toEqual(paths.map(() => 404))
    expect(found(router, '/name-3/7/edit')).toBe(405)
    expect(found(router, '/name-3/7')).toEqual(['/name-3/:id', { id: '7' }])
  })
})

test('a place of many texts that only several characters together tell apart leads to each of them', () => {
  const router: Router = new Router()
  const numbers = Array.from({ length: 1000 }, (_, i) => `n${1000 + i * 7}`)
  for (const name of numbers) router.get(`/${name}/:id`, app)
  warm(router, ['/n1007/7', '/n7993/7'])
  expect(numbers.map((name) => found(router, `/${name}/7`))).toEqual(
    numbers.map((name) => [`/${name}/:id`, { id: '7' }]),
  )
  expect(found(router, '/n1001/7')).toBe(404)
})

test('a place below parameters hands their values on, and gives way where it leads nowhere', () => {
  const router: Router = new Router().get('/:site/*rest', app)
  for (const name of names) router.get(`/:site/${name}/:id`, app)
  warm(router, ['/a/name-5/7'])
  expect(found(router, '/a/name-5/7')).toEqual(['/:site/name-5/:id', { site: 'a', id: '7' }])
  expect(found(router, '/a/name-150/7')).toEqual(['/:site/name-150/:id', { site: 'a', id: '7' }])
  expect(found(router, '/a/name-x/7')).toEqual(['/:site/*rest', { site: 'a', rest: ['name-x', '7'] }])
})

test('a place below parameters that nothing else leads on from hands their values on', () => {
  const router: Router = new Router()
  for (const name of names) router.get(`/:site/${name}/:id`, app)
  warm(router, ['/a/name-5/7', '/b/name-150/7'])
  expect(found(router, '/a/name-5/7')).toEqual(['/:site/name-5/:id', { site: 'a', id: '7' }])
  expect(found(router, '/c/name-150/8')).toEqual(['/:site/name-150/:id', { site: 'c', id: '8' }])
  expect(found(router, '/a/name-x/7')).toBe(404)
})

test('a place of many texts and of a parameter beside them leads to all of it', () => {
  const router: Router = new Router().get('/*rest', app).get('/:site/:id', app)
  for (const name of names) router.get(`/${name}/:id/edit`, app)
  const paths = ['/name-5/7/edit', '/name-150/7', '/other/7', '/name-150/7/8', '/name-399/7/edit', '/name-5']
  const expected = paths.map((path) => found(router, path))
  expect(expected.map((each) => Array.isArray(each) && each[0])).toEqual([
    '/name-5/:id/edit',
    '/:site/:id',
    '/:site/:id',
    '/*rest',
    '/*rest',
    '/*rest',
  ])
  warm(router, paths)
  expect(paths.map((path) => found(router, path))).toEqual(expected)
})

test('a place of many texts at which paths end leads to each of them', () => {
  const router: Router = new Router()
  for (const name of names.slice(0, FUNCTION_SIZE_LIMIT + 1)) router.get(`/:site/${name}`, app)
  warm(router, ['/a/name-5', '/b/name-128'])
  for (const name of names.slice(0, FUNCTION_SIZE_LIMIT + 1))
    expect(found(router, `/a/${name}`)).toEqual([`/:site/${name}`, { site: 'a' }])
  expect(found(router, '/a/name-5/')).toBe(308)
  expect(found(router, '/a/name-129')).toBe(404)
  expect(found(router, '/a/name-5', 'POST')).toBe(405)
})

test('a place of few texts that much follows leads to each of them', () => {
  const router: Router = new Router()
  const tops = ['first', 'second', 'third']
  for (const top of tops) for (const name of names.slice(0, 90)) router.get(`/${top}/:id/${name}`, app)
  warm(router, ['/first/7/name-3', '/second/7/name-80'])
  for (const top of tops)
    expect(found(router, `/${top}/7/name-80`)).toEqual([`/${top}/:id/name-80`, { id: '7' }])
  expect(found(router, '/fourth/7/name-80')).toBe(404)
  expect(found(router, '/first')).toBe(404)
})

test('a place that ends paths as well as it leads on does both', () => {
  const router: Router = new Router()
  for (const name of names) router.mount(`/${name}`, app).get(`/${name}/:id`, app)
  warm(router, ['/name-3/7', '/name-3'])
  expect(found(router, '/name-3')).toEqual(['/name-3', {}])
  expect(found(router, '/name-3/7')).toEqual(['/name-3/:id', { id: '7' }])
  expect(found(router, '/name-3/7/8')).toEqual(['/name-3', {}])
})

test('a place of many texts and of a short one leads to each of them', () => {
  const router: Router = new Router().get('/n/:id', app)
  for (const name of names) router.get(`/${name}/:id`, app)
  warm(router, ['/n/7', '/name-150/7'])
  expect(found(router, '/n/7')).toEqual(['/n/:id', { id: '7' }])
  for (const name of names) expect(found(router, `/${name}/7`)).toEqual([`/${name}/:id`, { id: '7' }])
  expect(found(router, '/name/7')).toBe(404)
})

test('a place of many texts and of a short one hands the values of parameters before it on', () => {
  const router: Router = new Router().get('/:site/n/:id', app)
  for (const name of names) router.get(`/:site/${name}/:id`, app)
  warm(router, ['/a/n/7', '/a/name-150/7'])
  expect(found(router, '/b/n/8')).toEqual(['/:site/n/:id', { site: 'b', id: '8' }])
  expect(found(router, '/b/name-150/8')).toEqual(['/:site/name-150/:id', { site: 'b', id: '8' }])
})

test('a place of many texts and of a parameter leads to each of them', () => {
  const router: Router = new Router().get('/:other', app).get('/a/:site/:other', app)
  const short = names.slice(0, FUNCTION_SIZE_LIMIT + 1)
  for (const name of short) router.get(`/${name}/*rest`, app).get(`/a/:site/${name}/*rest`, app)
  warm(router, ['/name-5/7', '/name-7', '/a/b/name-5/7', '/a/b/name-7'])
  for (const name of short) {
    expect(found(router, `/${name}/7`)).toEqual([`/${name}/*rest`, { rest: ['7'] }])
    expect(found(router, `/${name}`)).toEqual(['/:other', { other: name }])
    expect(found(router, `/a/b/${name}/7`)).toEqual([`/a/:site/${name}/*rest`, { site: 'b', rest: ['7'] }])
    expect(found(router, `/a/b/${name}`)).toEqual(['/a/:site/:other', { site: 'b', other: name }])
  }
})
