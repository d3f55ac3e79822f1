import type { Application, Environ } from '@stapel/core'
import { validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Router } from './index.ts'
import { formatLocation } from './slash-redirect.ts'

const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return `${environ.SCRIPT_NAME}|${environ.PATH_INFO}`
}

/** A client of a router whose every answer is checked against the protocol. */
function clientOf(router: Router): Client {
  return new Client(validate(router.app))
}

describe('a slash at the end', () => {
  test('that is missing is added by a redirect', async () => {
    const answer = await clientOf(new Router().get('/about/', show)).get('/about')
    expect([answer.status, answer.headers.get('location')]).toEqual([308, '/about/'])
  })

  test('that is too many is taken away by a redirect', async () => {
    const answer = await clientOf(new Router().get('/users/:id', show)).get('/users/7/')
    expect([answer.status, answer.headers.get('location')]).toEqual([308, '/users/7'])
  })

  test('makes two paths where there are two rules', () => {
    const router = new Router().get('/a', show).get('/a/', show)
    expect(router.match('GET', '/a').rule?.pattern).toBe('/a')
    expect(router.match('GET', '/a/').rule?.pattern).toBe('/a/')
  })

  test('is kept where a wildcard takes it', () => {
    const router = new Router().get('/files/*path', show)
    expect(router.match('GET', '/files/a/')).toMatchObject({ params: { path: ['a', ''] } })
  })

  test('stays where only runs of slashes are to be merged', () => {
    const merging = new Router({ redirectSlashes: false }).get('/a/b', show)
    expect(merging.match('GET', '/a//b')).toMatchObject({ status: 308, location: '/a/b' })
    expect(merging.match('GET', '/a/b/')).toMatchObject({ status: 404 })
    expect(merging.match('GET', '/a//b/')).toMatchObject({ status: 404 })
    const toggling = new Router({ mergeSlashes: false }).get('/a/b', show)
    expect(toggling.match('GET', '/a/b/')).toMatchObject({ status: 308, location: '/a/b' })
    expect(toggling.match('GET', '/a//b')).toMatchObject({ status: 404 })
    expect(toggling.match('GET', '/a//b/')).toMatchObject({ status: 404 })
    const neither = new Router({ redirectSlashes: false, mergeSlashes: false }).get('/a/b', show)
    expect(neither.match('GET', '/a//b/')).toMatchObject({ status: 404 })
  })

  test('makes no difference to the root of a host', () => {
    expect(new Router().get('', show).match('GET', '/')).toMatchObject({ status: 404 })
    expect(new Router().get('/', show).match('GET', '')).toMatchObject({ status: 404 })
  })

  test('is added to and taken away from a mount', async () => {
    const withSlash = new Router().mount('/in', new Router().get('/', show).app)
    expect((await clientOf(withSlash).get('/in?a=1')).headers.get('location')).toBe('/in/?a=1')
    const without = new Router().mount('/in', new Router().get('', show).app)
    expect((await clientOf(without).get('/in/')).headers.get('location')).toBe('/in')
  })

  // robustness.md R5
  test('goes with any method, and keeps it', async () => {
    const answer = await clientOf(new Router().post('/items/', show)).post('/items')
    expect(answer.status).toBe(308)
  })

  // robustness.md R5
  test('redirects only what the rule takes', () => {
    const router = new Router().post('/items/', show)
    expect(router.match('GET', '/items')).toEqual({ rule: undefined, status: 404, allow: [] })
  })

  test('goes before 405', () => {
    const router = new Router().get('/items/', show).post('/items', show)
    expect(router.match('GET', '/items')).toEqual({ rule: undefined, status: 308, location: '/items/' })
    expect(router.match('PUT', '/items')).toMatchObject({ status: 405, allow: ['OPTIONS', 'POST'] })
  })

  test('goes before 400 for a path of a rule for WebSockets', () => {
    const router = new Router().get('/chat/', show).websocket('/chat', show)
    expect(router.match('GET', '/chat')).toMatchObject({ status: 308, location: '/chat/' })
  })

  test('leaves OPTIONS to the path that is there', () => {
    const router = new Router().add('/items/', show).post('/items', show)
    expect(router.match('OPTIONS', '/items')).toMatchObject({ status: 204, allow: ['OPTIONS', 'POST'] })
  })

  test('is answered 404 where the router, the group or the rule says so', () => {
    const strict = new Router({ redirectSlashes: false }).get('/a', show)
    expect(strict.match('GET', '/a/')).toMatchObject({ status: 404 })
    const router = new Router()
      .get('/a', show, { redirectSlashes: false })
      .group({ prefix: '/b', redirectSlashes: false }, (group) =>
        group.get('/x', show).get('/y', show, { redirectSlashes: true }),
      )
    expect(router.match('GET', '/a/')).toMatchObject({ status: 404 })
    expect(router.match('GET', '/b/x/')).toMatchObject({ status: 404 })
    expect(router.match('GET', '/b/y/')).toMatchObject({ status: 308 })
  })
})

describe('several slashes', () => {
  test.each([
    ['//a', '/a'],
    ['/a//b', '/a/b'],
    ['///a////b', '/a/b'],
    ['/files//x//y', '/files/x/y'],
  ])('in %s are merged by a redirect to %s', (path, location) => {
    const router = new Router().get('/a', show).get('/a/b', show).get('/files/*path', show)
    expect(router.match('GET', path)).toEqual({ rule: undefined, status: 308, location })
  })

  test('are kept in what a wildcard takes', () => {
    const router = new Router().get('/files/*path', show)
    expect(router.match('GET', '/files/a//b')).toMatchObject({ params: { path: ['a', '', 'b'] } })
  })

  test('are merged together with the slash at the end, in one redirect', () => {
    const router = new Router().get('/a/b', show)
    expect(router.match('GET', '//a//b/')).toEqual({ rule: undefined, status: 308, location: '/a/b' })
  })

  test('are merged with a slash at the end for a wildcard where the rule of the merged path wants no merging', () => {
    const router = new Router().get('/*rest', show).get('/a/b', show, { mergeSlashes: false })
    expect(router.match('GET', '//a/b')).toEqual({ rule: undefined, status: 308, location: '/a/b/' })
    expect(router.match('GET', '/a/b/')).toMatchObject({ rule: { pattern: '/*rest' } })
  })

  test('are left as they are where the slash at the end is all that is wrong', () => {
    const router = new Router().get('/files/*path/', show)
    expect(router.match('GET', '/files/a//b')).toEqual({
      rule: undefined,
      status: 308,
      location: '/files/a//b/',
    })
  })

  test('are answered 404 where the router, the group or the rule says so', () => {
    expect(new Router({ mergeSlashes: false }).get('/a', show).match('GET', '//a')).toMatchObject({
      status: 404,
    })
    const router = new Router()
      .get('/a', show, { mergeSlashes: false })
      .group({ mergeSlashes: false }, (group) =>
        group.get('/b', show).get('/c', show, { mergeSlashes: true }),
      )
    expect(router.match('GET', '//a')).toMatchObject({ status: 404 })
    expect(router.match('GET', '//b')).toMatchObject({ status: 404 })
    expect(router.match('GET', '//c')).toMatchObject({ status: 308, location: '/c' })
    expect(router.match('GET', '/a/')).toMatchObject({ status: 308, location: '/a' })
  })

  test('need both flags of the rule where the slash at the end is wrong too', () => {
    const router = new Router()
      .get('/a', show, { mergeSlashes: false })
      .get('/b', show, { redirectSlashes: false })
    expect(router.match('GET', '//a/')).toMatchObject({ status: 404 })
    expect(router.match('GET', '//b/')).toMatchObject({ status: 404 })
    expect(router.match('GET', '//b')).toMatchObject({ status: 308 })
  })

  test('before a mount are merged, those behind it are left to what is mounted', async () => {
    const router = new Router().mount('/in', show)
    expect((await clientOf(router).get('//in/a')).headers.get('location')).toBe('/in/a')
    expect((await clientOf(router).get('/in//a')).text()).toBe('/in|//a')
  })
})

describe('a fallback', () => {
  const router = new Router().get('/about/', show).mount('/', show)

  test('leaves what a rule has with other slashes to a redirect', async () => {
    expect((await clientOf(router).get('/about')).headers.get('location')).toBe('/about/')
    expect((await clientOf(router).get('//about/')).headers.get('location')).toBe('/about/')
  })

  test('takes everything else', async () => {
    expect((await clientOf(router).get('/other/')).text()).toBe('|/other/')
    expect((await clientOf(router).get('//other')).text()).toBe('|//other')
  })
})

test('a path that cannot be decoded is answered 400, whatever its slashes', () => {
  const router = new Router().get('/users/:id', show)
  expect(router.match('GET', '/users/%zz/')).toMatchObject({ status: 400 })
  expect(router.match('GET', '/users//%ff')).toMatchObject({ status: 400 })
})

test('a WebSocket is redirected to the path of its rule', () => {
  const router = new Router().websocket('/chat', show)
  expect(router.match('GET', '/chat/', undefined, { websocket: true })).toMatchObject({ location: '/chat' })
})

describe('the Location (robustness.md R1)', () => {
  test('keeps where the router is mounted, and the query', async () => {
    const inner = new Router().get('/users/:id', show)
    const client = clientOf(new Router().mount('/admin', inner.app))
    const answer = await client.get('/admin/users/7/?tab=a%2Fb&x')
    expect(answer.headers.get('location')).toBe('/admin/users/7?tab=a%2Fb&x')
  })

  test.each([
    '//evil.example/',
    '///evil.example/',
    '//evil.example//',
    '/%5Cevil.example/',
    '/\\evil.example/',
  ])('for %s does not leave the host', async (target) => {
    const answer = await clientOf(new Router().get('/:page', show)).get(target)
    expect(answer.headers.get('location')).toMatch(/^\/[^/\\]/)
  })

  test('starts with exactly one slash, whatever the path and the mount are', async () => {
    const piece = fc.constantFrom('/', '//', 'a', 'evil.example', '%5C', '%2F', '.a', ':', '@', '?')
    const path = fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`)
    let redirected = 0
    const router = new Router().get('/:a/', show).get('/:a/:b', show).get('/', show)
    await fc.assert(
      fc.asyncProperty(path, fc.constantFrom('', '/in', '/in/deep'), async (target, prefix) => {
        const app = prefix === '' ? router.app : new Router().mount(prefix, router.app).app
        const answer = await new Client(validate(app)).get(prefix + target)
        if (answer.status !== 308) return
        redirected++
        expect(answer.headers.get('location')).toMatch(/^\/(?![/\\])/)
        const next = await new Client(validate(app)).get(answer.headers.get('location') as string)
        expect(next.status).toBe(200)
      }),
    )
    expect(redirected).toBeGreaterThan(0)
  })

  test('starts with one slash also below a mount of two', () => {
    expect(formatLocation('//evil.example', '/a', '')).toBe('/evil.example/a')
    expect(formatLocation('/\\evil.example', '/a', 'b')).toBe('/evil.example/a?b')
    expect(formatLocation('', '/a', '')).toBe('/a')
  })
})

describe('a mounted router that says nothing of slashes', () => {
  const none = { redirectSlashes: false, mergeSlashes: false }
  const inner = new Router().get('/a', show).get('/b', show, { redirectSlashes: true, mergeSlashes: true })
  const statusOf = async (router: Router, path: string): Promise<number> =>
    (await clientOf(router).get(path)).status

  test.each([
    ['the router', new Router(none).mount('/in', inner)],
    ['its group', new Router().group(none, (routes) => routes.mount('/in', inner))],
    ['the mount', new Router().mount('/in', inner, none)],
    ['the mount of its app', new Router(none).mount('/in', inner.app)],
    ['the one around that', new Router(none).mount('/', new Router().mount('/in', inner))],
  ])('does as %s', async (_, router) => {
    expect(await statusOf(router, '/in/a/')).toBe(404)
    expect(await statusOf(router, '/in//a')).toBe(404)
    expect(await statusOf(router, '/in/b/')).toBe(308)
    expect(await statusOf(router, '/in//b/')).toBe(308)
    expect(await statusOf(router, '/in/a')).toBe(200)
  })

  test('inherits each flag from the nearest that has it', async () => {
    const router = new Router({ redirectSlashes: false }).mount(
      '/x',
      new Router({ mergeSlashes: false }).mount('/in', inner),
    )
    expect(await statusOf(router, '/x/in/a/')).toBe(404)
    expect(await statusOf(router, '/x/in//a')).toBe(404)
    const again = new Router(none).mount('/x', new Router({ redirectSlashes: true }).mount('/in', inner))
    expect(await statusOf(again, '/x/in/a/')).toBe(308)
    expect(await statusOf(again, '/x/in//a')).toBe(404)
  })

  test('goes by each mount, where it is mounted twice', async () => {
    const router = new Router().mount('/strict', inner, none).mount('/lenient', inner)
    expect(await statusOf(router, '/strict/a/')).toBe(404)
    expect(await statusOf(router, '/lenient/a/')).toBe(308)
    expect(await statusOf(router.snapshot() as unknown as Router, '/strict/a/')).toBe(404)
    expect(await statusOf(inner, '/a/')).toBe(308)
  })

  test('keeps what it says itself', async () => {
    const said = new Router({ redirectSlashes: true }).get('/a', show)
    expect(await statusOf(new Router(none).mount('/in', said), '/in/a/')).toBe(308)
  })

  test('is asked without a request by what the mount says', () => {
    expect(inner.match('GET', '/a/', undefined, { redirectSlashes: false })).toMatchObject({ status: 404 })
    expect(inner.match('GET', '//a', undefined, { mergeSlashes: false })).toMatchObject({ status: 404 })
    expect(inner.match('GET', '/b/', undefined, none)).toMatchObject({ status: 308, location: '/b' })
  })

  test('hands its rules on without flags, so that they go by the router they are added to', async () => {
    const router = new Router(none).add(inner)
    expect(await statusOf(router, '/a/')).toBe(404)
    expect(await statusOf(router, '/b/')).toBe(308)
  })
})

test('without a request, the root of a mount redirects where it is said to be one', () => {
  const inner = new Router().get('', show)
  expect(inner.match('GET', '/')).toMatchObject({ status: 404 })
  expect(inner.match('GET', '/', undefined, { scriptName: '/in' })).toEqual({
    rule: undefined,
    status: 308,
    location: '',
  })
})

test('looks for other slashes four times at most, however many there are', () => {
  let asked = 0
  const counting = { name: 'counting', parse: () => void asked++, format: String }
  const router = new Router().get('/:x', show, { convert: { x: counting } })
  router.match('GET', `/${'/'.repeat(10_000)}a/`)
  expect(asked).toBeLessThanOrEqual(4)
})

test('nothing is looked for twice where no rule asks for it', () => {
  let asked = 0
  const counting = { name: 'counting', parse: () => void asked++, format: String }
  const router = new Router({ redirectSlashes: false, mergeSlashes: false }).get('/:x', show, {
    convert: { x: counting },
  })
  router.match('GET', '/a')
  expect(asked).toBe(1)
})

test('leaves the environ as it was', async () => {
  const seen: Environ[] = []
  const router = new Router().get('/a', show)
  const app: Application = (environ, startResponse) => {
    seen.push({ ...environ })
    const body = router.app(environ, startResponse)
    expect(environ).toEqual(seen[0])
    return body
  }
  expect((await new Client(app).get('/a/')).status).toBe(308)
})
