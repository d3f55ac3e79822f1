import { type Application, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { int, Router, uuid } from './index.ts'

const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify(environ['stapel.params'])
}

function locationOf(router: Pick<Router, 'match'>, path: string, method = 'GET'): string | undefined {
  const match = router.match(method, path)
  return match.rule === undefined && match.status === 308 ? match.location : undefined
}

describe('a default in an optional group', () => {
  const router = new Router().get('/posts{/:page}', show, {
    defaults: { page: 1, sort: 'date' },
    convert: { page: int() },
  })

  test('is redirected away where a path spells it', async () => {
    const client = new Client(validate(new Router().mount('/blog', router).app))
    const answer = await client.get('/blog/posts/1?q=a')
    expect([answer.status, answer.headers.get('Location')]).toEqual([308, '/blog/posts?q=a'])
    expect((await client.get('/blog/posts')).text()).toBe('{"page":1,"sort":"date"}')
    expect((await client.get('/blog/posts/2')).text()).toBe('{"page":2,"sort":"date"}')
  })

  test('stays where the router leaves defaults alone', () => {
    const lenient = new Router({ redirectDefaults: false }).get('/posts{/:page}', show, {
      defaults: { page: '1' },
    })
    expect(locationOf(lenient, '/posts/1')).toBeUndefined()
  })

  test('stays below a mount, whose end it is', () => {
    const mounted = new Router().mount('/:team{/:lang}', show, { defaults: { lang: 'en' } })
    expect(locationOf(mounted, '/red/en')).toBeUndefined()
  })

  test('is left out alone, from several', () => {
    const several = new Router().get('/:lang{/:year{/:month}}', show, {
      defaults: { year: '2026', month: '1' },
    })
    expect(locationOf(several, '/de/2026/1')).toBe('/de')
    expect(locationOf(several, '/de/2025/1')).toBe('/de/2025')
    expect(locationOf(several, '/de/2026/2')).toBeUndefined()
    expect(locationOf(several, '/de')).toBeUndefined()
  })

  test('is left out inside of a segment', () => {
    const report = new Router().get('/report{.:format}', show, { defaults: { format: 'html' } })
    expect(locationOf(report, '/report.html')).toBe('/report')
    expect(locationOf(report, '/report.pdf')).toBeUndefined()
  })

  test('stays where the shorter path is one of another rule, or of none that takes the method', () => {
    const user = new Router()
      .get('/:user{/:page}', show, { defaults: { page: '1' } })
      .get('/admin', show)
      .post('/ann', show)
    expect(locationOf(user, '/bob/1')).toBe('/bob')
    expect(locationOf(user, '/admin/1')).toBeUndefined()
    expect(locationOf(user, '/ann/1')).toBe('/ann')
    expect(locationOf(user, '/ann/1', 'HEAD')).toBe('/ann')
  })

  test('is no reason to redirect what is written in another way', () => {
    const file = new Router().get('/:file{/:part}', show, {
      defaults: { part: '1' },
      convert: { file: uuid() },
    })
    const id = 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6'
    expect(locationOf(file, `/${id}`)).toBeUndefined()
    expect(locationOf(file, `/${id}/2`)).toBeUndefined()
    expect(locationOf(file, `/${id}/1`)).toBe(`/${id.toLowerCase()}`)
  })

  test('leads in one step to a path with the same parameters', () => {
    const value = fc.constantFrom('1', '2', 'a')
    let redirected = 0
    fc.assert(
      fc.property(fc.array(value, { maxLength: 3 }), fc.tuple(value, value), (values, [x, y]) => {
        const optional = new Router().get('/r{/:x{/:y}}', show, { defaults: { x, y } })
        const path = ['/r', ...values].join('/')
        const location = locationOf(optional, path)
        if (location === undefined) return
        redirected++
        const [x1 = x, y1 = y] = values
        expect(optional.match('GET', location)).toMatchObject({ params: { x: x1, y: y1 } })
        expect(location.length).toBeLessThan(path.length)
      }),
      { numRuns: 500 },
    )
    expect(redirected).toBeGreaterThan(20)
  })
})
