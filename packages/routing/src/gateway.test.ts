// The router where it is used: over a socket, over every shape of application, inside of other layers.
import { get, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Application, dispose, type Middleware, stack, transform } from '@stapel/core'
import { serve } from '@stapel/core/node'
import { applicationShapes, Client } from '@stapel/testing'
import { Request, Response } from '@stapel/wrappers'
import { describe, expect, test } from 'vitest'
import { int, Router } from './index.ts'

describe.each(applicationShapes)('over $name', ({ make }) => {
  const app = make({
    status: '201 Created',
    headers: [
      ['X-A', '1'],
      ['X-A', '2'],
    ],
    chunks: ['one', 'two'],
  })

  test.each([
    ['a rule', new Router().get('/x', app), '/x'],
    ['a rule with a parameter', new Router().get('/:id', app), '/x'],
    ['a mount', new Router().mount('/in', app), '/in/x'],
    ['routers in routers', new Router().mount('/in', new Router().mount('/:a', app).app), '/in/x/y'],
  ])('%s hands the answer on', async (_title, router, target) => {
    const answer = await new Client(router.app).get(target)
    expect([answer.status, answer.headers.get('x-a'), answer.text()]).toEqual([201, '1, 2', 'onetwo'])
  })

  test('answers HEAD without content', async () => {
    expect((await new Client(new Router().get('/', app).app).head('/')).text()).toBe('')
  })
})

describe('over a socket', () => {
  const hello = Request.application((request) => Response.json(request.params))
  const router = new Router()
    .get(
      '/users/:id',
      Request.application((request) => Response.json({ next: request.params.id + 1 })),
      {
        convert: { id: int() },
      },
    )
    .get('/files/*path', hello)
    .post('/items', hello)
    .mount(
      '/in',
      Request.application((request) => new Response(`${request.scriptName} ${request.path}`)),
    )

  test('answers, whatever was asked before', async () => {
    const server = await serve(router.app, { port: 0 })
    try {
      const ask = async (method: string, path: string): Promise<unknown[]> => {
        const answer = await fetch(new URL(path, server.url), { method })
        return [answer.status, answer.headers.get('allow'), answer.status < 300 ? await answer.text() : '']
      }
      expect(await ask('GET', '/users/41')).toEqual([200, null, '{"next":42}'])
      expect(await ask('HEAD', '/users/41')).toEqual([200, null, ''])
      expect(await ask('GET', '/users/x')).toEqual([404, null, ''])
      expect(await ask('DELETE', '/users/41')).toEqual([405, 'GET, HEAD, OPTIONS', ''])
      expect(await ask('OPTIONS', '/items')).toEqual([204, 'OPTIONS, POST', ''])
      expect(await ask('GET', '/files/a%2Fb/%63')).toEqual([200, null, '{"path":["a/b","c"]}'])
      expect(await ask('GET', '/files/%zz')).toEqual([400, null, ''])
      expect(await ask('GET', '/files/%FF')).toEqual([400, null, ''])
      expect(await ask('GET', '/x/../in/%7e')).toEqual([200, null, '/in /~'])
      expect(await ask('GET', '/users/41')).toEqual([200, null, '{"next":42}'])
    } finally {
      await server.close()
    }
  })
})

describe('rules for WebSockets over a socket', () => {
  const greet: Application = async (environ, startResponse) => {
    const socket = await environ['wsgi.websocket']?.accept()
    await socket?.send(`${environ.SCRIPT_NAME} ${JSON.stringify(environ['stapel.params'])}`)
    startResponse('204 No Content', [])
    return ''
  }
  const page = Request.application(() => new Response('the page'))
  const rooms = new Router().websocket('/:room', greet).get('/lobby', page)
  const router = new Router().mount('/:team', rooms).get('/about', page)

  /** The first answer to an offer: the text of the first message, or the status and the text of an ordinary answer. */
  async function offer(url: string): Promise<unknown> {
    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version': '13',
    }
    return new Promise((resolve, reject) => {
      get(url, { headers, agent: false }, async (answer) => {
        resolve([answer.statusCode, await text(answer)])
      })
        .on('upgrade', async (_answer, socket: Socket, head: Buffer) => {
          resolve(textOfFrame(head.length > 0 ? head : await new Promise((got) => socket.once('data', got))))
          socket.destroy()
        })
        .on('error', reject)
    })
  }

  test('an offer reaches the rule, through mounts, and an ordinary request does not', async () => {
    const server = await serve(router.app, { port: 0 })
    try {
      expect(await offer(new URL('/red/lobby', server.url).href)).toBe('/red {"team":"red","room":"lobby"}')
      expect(await (await fetch(new URL('/red/lobby', server.url))).text()).toBe('the page')
      expect((await fetch(new URL('/red/hall', server.url))).status).toBe(400)
    } finally {
      await server.close({ timeout: 0 })
    }
  })

  // RFC 9110 section 7.8
  test('an offer that no such rule takes is an ordinary request', async () => {
    const server = await serve(router.app, { port: 0 })
    try {
      expect(await offer(new URL('/about', server.url).href)).toEqual([200, 'the page'])
      expect(await offer(new URL('/red/a/b', server.url).href)).toEqual([404, expect.stringContaining('404')])
    } finally {
      await server.close({ timeout: 0 })
    }
  })
})

/** The text of a frame of RFC 6455 section 5.2, as servers send short ones: final, not masked. */
function textOfFrame(frame: Buffer): string {
  expect(frame[0]).toBe(0x81)
  return frame.subarray(2, 2 + (frame[1] as number)).toString()
}

describe('redirects over a socket', () => {
  const router = new Router()
    .get(
      '/:page',
      Request.application((request) => Response.json(request.params)),
      { name: 'page' },
    )
    .get('/items/', () => '')
    .post(
      '/items',
      Request.application(async (request) => new Response(`got ${await request.text()}`)),
    )

  // robustness.md R1
  test.each([
    ['//evil.example', '/evil.example'],
    ['///evil.example/', '/evil.example'],
    ['/%2F%2Fevil.example/', '/%2F%2Fevil.example'],
    ['/\\\\evil.example/?next=//a', '/%5C%5Cevil.example?next=//a'],
    ['/a/../b/', '/b'],
  ])('of %s lead to %s, on the host that was asked', async (path, location) => {
    const server = await serve(router.app, { port: 0 })
    try {
      const { hostname, port } = new URL(server.url)
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        get({ host: hostname, port, path, agent: false }, resolve).on('error', reject)
      })
      answer.resume()
      expect([answer.statusCode, answer.headers.location]).toEqual([308, location])
    } finally {
      await server.close()
    }
  })

  test('keep the method and the body of a client that follows', async () => {
    const server = await serve(router.app, { port: 0 })
    try {
      const answer = await fetch(new URL('/items//', server.url), { method: 'POST', body: 'a' })
      expect([answer.redirected, new URL(answer.url).pathname, await answer.text()]).toEqual([
        true,
        '/items',
        'got a',
      ])
    } finally {
      await server.close()
    }
  })
})

describe('inside of other layers', () => {
  test('has what they add to an answer on its 404, 405 and 400 too', async () => {
    const marked: Middleware = (inner) => (environ, startResponse) =>
      inner(environ, (status, headers, error) =>
        startResponse(status, [...headers, ['X-Layer', 'marked']], error),
      )
    const greet = Request.application(() => new Response('Hello'))
    const app = new Router().get('/', greet).get('/users/:id', greet).app
    const client = new Client(stack(app, marked))
    const answers = await Promise.all([client.get('/a/b'), client.post('/'), client.get('/users/%ff')])
    expect(answers.map(({ status, headers }) => [status, headers.get('x-layer')])).toEqual([
      [404, 'marked'],
      [405, 'marked'],
      [400, 'marked'],
    ])
  })

  test('lets a layer put its own page in the place of a 404', async () => {
    const page = transform((answer) => {
      if (!answer.status.startsWith('404')) return answer
      dispose(answer.body)
      return { ...answer, headers: [['Content-Type', 'text/plain']], body: 'our own page' }
    })
    const answer = await new Client(stack(new Router().app, page)).get('/x')
    expect([answer.status, answer.text()]).toEqual([404, 'our own page'])
  })

  test('throws what the application throws', async () => {
    const broken: Application = () => {
      throw new RangeError('broken')
    }
    await expect(new Client(new Router().get('/', broken).app).get('/')).rejects.toThrow('broken')
  })

  test('keeps the requests of two clients apart', async () => {
    const slow = Request.application(async (request) => {
      await new Promise((resolve) => setImmediate(resolve))
      return Response.json(request.params)
    })
    const client = new Client(new Router().get('/:id', slow).app)
    const answers = await Promise.all(['a', 'b', 'c'].map((id) => client.get(`/${id}`)))
    expect(answers.map((answer) => answer.json())).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
  })

  test('gives the page of a 405 in HTML where the client prefers it', async () => {
    const client = new Client(new Router().post('/', () => '').app)
    const answer = await client.get('/', { headers: { Accept: 'text/html' } })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  })
})
