import { BadHost, ContentTooLarge, validate } from '@stapel/core'
import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { Request } from './request.ts'
import type { RequestClass } from './request-types.ts'
import { Response } from './response.ts'

const json = { 'Content-Type': 'application/json' }

describe('trustedHosts', () => {
  class OwnRequest extends Request {
    static override trustedHosts = ['example.org', '.example.net']
  }

  test('a request for another host is answered 400 before the handler is called', async () => {
    let called = 0
    const client = new Client(
      validate(
        OwnRequest.application(() => {
          called++
          return new Response('Hello')
        }),
      ),
    )
    const refused = await client.get('/', { headers: { Host: 'evil.example' } })
    expect(refused.status).toBe(400)
    expect(await refused.text()).not.toContain('example.org')
    expect(called).toBe(0)
    expect((await client.get('/', { headers: { Host: 'www.example.net:8080' } })).status).toBe(200)
    expect(called).toBe(1)
  })

  test('guards what is made by hand when the host is read', () => {
    const request = new OwnRequest(createEnviron('http://evil.example/a'))
    expect(() => request.host).toThrow(BadHost)
    expect(() => request.url).toThrow(BadHost)
    expect(() => request.rootUrl).toThrow(BadHost)
    expect(request.path).toBe('/a')
    expect(new OwnRequest(createEnviron('http://example.org/a')).url).toBe('http://example.org/a')
  })

  test('holds for the subclasses of a subclass', () => {
    class UserRequest extends OwnRequest {}
    expect(() => new UserRequest(createEnviron('http://evil.example/')).host).toThrow(BadHost)
  })

  test('without a list any host is answered for', () => {
    expect(new Request(createEnviron('http://evil.example/')).host).toBe('evil.example')
  })
})

describe('bodyLimit', () => {
  class SmallRequest extends Request {
    static override bodyLimit = 4
  }

  const post = (body: string): SmallRequest =>
    new SmallRequest(createEnviron('/', { method: 'POST', headers: json, body }))

  test('is the limit of every way to read that names none (robustness.md M5)', async () => {
    await expect(post('[1,2]').bytes()).rejects.toThrow(ContentTooLarge)
    await expect(post('[1,2]').text()).rejects.toThrow(ContentTooLarge)
    await expect(post('[1,2]').json()).rejects.toThrow(ContentTooLarge)
    await expect(post('[1,2]').blob()).rejects.toThrow(ContentTooLarge)
    await expect(post('[1,2]').arrayBuffer()).rejects.toThrow(ContentTooLarge)
    await expect(post('[1,2]').stream()[Symbol.asyncIterator]().next()).rejects.toThrow(ContentTooLarge)
  })

  test('gives way to the limit of a call', async () => {
    expect(await post('[1,2]').json({ limit: 5 })).toEqual([1, 2])
    expect(await post('[1]').json()).toEqual([1])
  })
})

test('formLimits are those of forms that are read without any', async () => {
  class OneField extends Request {
    static override formLimits = { parts: 1 }
  }
  const post = (): OneField =>
    new OneField(createEnviron('/', { method: 'POST', body: new URLSearchParams({ a: '1', b: '2' }) }))
  await expect(post().formData()).rejects.toThrow(ContentTooLarge)
  expect((await post().formData({ parts: 2 })).get('b')).toBe('2')
})

describe('a class that is set wrongly is refused when its application is made (robustness.md M6)', () => {
  class Base extends Request {
    static override trustedHosts: readonly string[] | undefined
    static override bodyLimit = 1
    static override formLimits: Partial<Record<'parts', number>> | undefined
  }

  test.each([
    ['an empty list of hosts', { trustedHosts: [] }],
    ['a URL for a host', { trustedHosts: ['https://example.org'] }],
    ['a limit that is no number', { bodyLimit: '1mb' }],
    ['a negative limit', { bodyLimit: -1 }],
    ['a form limit that there is none', { formLimits: { part: 1 } }],
  ])('%s', (_what, statics) => {
    const broken = class extends Base {}
    Object.assign(broken, statics)
    expect(() => (broken as typeof Request).application(() => new Response(''))).toThrow(/expected/)
  })
})

test('a class is one of requests', () => {
  const own: RequestClass = class extends Request {}
  expect(new own(createEnviron('/')).path).toBe('/')
})

test('without trusted hosts an application does not read the host', async () => {
  const app = Request.application((request) => new Response(request.path))
  const environ = createEnviron('/a', { environ: { HTTP_HOST: 'not a host' } })
  let status = ''
  await app(environ, (line) => {
    status = line
    return () => {}
  })
  expect(status).toBe('200 OK')
})
