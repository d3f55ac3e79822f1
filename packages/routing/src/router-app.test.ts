import { type Application, type Environ, traced, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { Router } from './index.ts'

const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify(environ['stapel.params'] ?? {})
}

describe('the application of a router', () => {
  test('hands the same environ on', () => {
    let handed: Environ | undefined
    const router = new Router().get('/:id', (environ) => {
      handed = environ
      return ''
    })
    const environ = { REQUEST_METHOD: 'GET', PATH_INFO: '/a' } as Environ
    router.app(environ, () => () => {})
    expect(handed).toBe(environ)
  })

  test('answers a redirect with a note, whose content HEAD leaves out', async () => {
    const client = new Client(validate(new Router().get('/a', show).app))
    const answer = await client.get('/a/')
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answer.text()).toBe('Go to /a\n')
    expect((await client.head('/a/')).text()).toBe('')
  })

  test('answers what a converter throws, if that is an HTTPError, and throws the rest', async () => {
    const failing = (error: unknown) => ({
      name: 'failing',
      parse(): string {
        throw error
      },
      format: String,
    })
    const { BadRequest } = await import('@stapel/core')
    const refusing = new Router().get('/:a', show, { convert: { a: failing(new BadRequest('No.')) } })
    expect((await new Client(validate(refusing.app)).get('/x')).status).toBe(400)
    expect(refusing.match('GET', '/x')).toEqual({ rule: undefined, status: 400, allow: [] })
    const broken = new Router().get('/:a', show, { convert: { a: failing(new RangeError('broken')) } })
    await expect(new Client(broken.app).get('/x')).rejects.toThrow('broken')
    expect(() => broken.match('GET', '/x')).toThrow('broken')
  })

  test('is asked by a converter of its own while it looks for a rule', async () => {
    const router: Router = new Router()
    const asking = {
      name: 'asking',
      parse: (text: string) => router.match('GET', `/names/${text}`).rule && text,
      format: String,
    }
    router
      .get('/names/known', show)
      .get('/:x', show, { host: 'a.example', convert: { x: asking } })
      .put('/:x', show)
    const ask = async (path: string) => {
      return (await new Client(validate(router.app)).get(path, { headers: { Host: 'a.example' } })).status
    }
    expect(await ask('/known')).toBe(200)
    expect(await ask('/unknown')).toBe(405)
  })
})

describe('in development', () => {
  test('the rules that matched are in the trace, that of the outer router first', async () => {
    const inner = new Router().get('/:id', show, { name: 'item', host: 'example.org' })
    const outer = new Router().mount('/items', inner.app)
    let rules: unknown
    const app: Application = (environ, startResponse) => {
      const body = outer.app(environ, startResponse)
      rules = environ['stapel.context'].trace?.rules
      return body
    }
    await new Client(traced(app)).get('/items/7', { headers: { Host: 'example.org' } })
    expect(rules).toMatchObject([
      { pattern: '/items' },
      { pattern: '/:id', name: 'item', host: 'example.org', methods: ['GET'] },
    ])
  })

  test('a refusal leaves an explanation in the trace', async () => {
    const router = new Router().get('/users/:id', show)
    let explanation = ''
    const app: Application = (environ, startResponse) => {
      const body = router.app(environ, startResponse)
      explanation = String(environ['stapel.context'].trace?.explain?.())
      return body
    }
    expect((await new Client(traced(app)).get('/users')).status).toBe(404)
    expect(explanation).toContain('/users/:id')
  })
})

describe('explain', () => {
  test('says what match says, and which rules were tried', () => {
    const router = new Router().get('/users/:id', show).post('/users/:id', show, { host: 'api.example.org' })
    const explanation = router.explain('POST', '/users/7', 'www.example.org')
    expect(explanation.toJSON()).toMatchObject({ method: 'POST', path: '/users/7', status: 405 })
    expect(String(router.explain('GET', '/users/7/'))).toContain('/users/7')
    expect(router.explain('GET', '/users/7').answer.rule?.pattern).toBe('/users/:id')
  })

  test('knows whether a WebSocket is offered', () => {
    const router = new Router().websocket('/chat', show)
    expect(router.explain('GET', '/chat').answer.status).toBe(400)
    expect(router.explain('GET', '/chat', undefined, { websocket: true }).answer.rule?.websocket).toBe(true)
  })
})
