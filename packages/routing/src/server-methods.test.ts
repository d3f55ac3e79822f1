import { type Application, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { Router } from './index.ts'
import { Rule } from './rule.ts'
import { ServerMethods } from './server-methods.ts'

const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return `${environ.REQUEST_METHOD} ${environ.PATH_INFO}`
}

// RFC 9110 section 9.3.7; the gateway makes an empty PATH_INFO of `*` (clause 2).
describe('OPTIONS *', () => {
  test('is answered with the methods of all rules, also of routers that are mounted', async () => {
    const inner = new Router().delete('/:id', show)
    const router = new Router().get('/', show).mount('/in', inner).mount('/again', inner)
    inner.add('/:id', show, { methods: ['PATCH', 'GET'], host: 'example.org' })
    const answer = await new Client(validate(router.app)).options('*')
    expect(answer.status).toBe(204)
    expect(answer.headers.get('Allow')).toBe('DELETE, GET, HEAD, OPTIONS, PATCH')
    expect(router.match('OPTIONS', '')).toEqual({
      rule: undefined,
      status: 204,
      allow: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH'],
    })
    expect(String(router.explain('OPTIONS', ''))).toContain('204')
  })

  test('goes to a fallback where there is one', async () => {
    const client = new Client(validate(new Router().get('/', show).mount('/', show).app))
    expect((await client.options('*')).text()).toBe('OPTIONS ')
  })

  test('is one of the methods of a router without rules', () => {
    expect(new Router().match('OPTIONS', '')).toMatchObject({ status: 204, allow: ['OPTIONS'] })
  })

  test('asks for no more than its path where the router is mounted', () => {
    const router = new Router().get('/a', show)
    expect(router.match('OPTIONS', '', undefined, { scriptName: '/in' })).toMatchObject({ status: 404 })
    expect(router.match('GET', '')).toMatchObject({ status: 404 })
  })
})

describe('ServerMethods', () => {
  const rule = (methods: string[], kind: object = {}): Rule =>
    new Rule({ pattern: '/a', app: show, methods, ...kind })

  test('lists the methods of rules that answer requests, and of no others', () => {
    const methods = new ServerMethods()
    methods.add(rule(['PUT']))
    methods.add(rule(['PUT', 'DELETE']))
    methods.add(rule(['PATCH'], { websocket: true }))
    methods.add(new Rule({ pattern: '/b', app: show }))
    expect(methods.list()).toEqual(['DELETE', 'OPTIONS', 'PUT'])
  })

  test('ends where routers are mounted in each other', () => {
    const [one, other] = [new ServerMethods(), new ServerMethods()]
    one.mount(other)
    other.mount(one)
    other.add(rule(['PUT']))
    one.add(rule(['GET']))
    expect(one.list()).toEqual(['GET', 'HEAD', 'OPTIONS', 'PUT'])
    expect(other.list()).toEqual(one.list())
  })
})
