import { type Application, NotFound, validate } from '@stapel/core'
import { serve } from '@stapel/core/node'
import { Request, Response } from '@stapel/wrappers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Client } from './client.ts'
import type { ClientOptions } from './client-options.ts'
import { applicationShapes } from './shapes.ts'

type Open = (app: Application, options?: ClientOptions) => Promise<Client>

const ways: readonly { way: string; open: Open }[] = [
  { way: 'in process', open: async (app, options) => new Client(app, options) },
  {
    way: 'over HTTP',
    open: async (app, options) => {
      const running = await serve(validate(app), { port: 0, errors: { write() {}, flush() {} } })
      onTestFinished(() => running.close())
      return new Client(running.url, options)
    },
  },
]

describe.each(ways)('$way', ({ open }) => {
  test('JSON, query and credentials arrive', async () => {
    const app = Request.application(async (request) =>
      Response.json({
        page: request.args.get('page'),
        user: request.authorization?.username,
        value: await request.json(),
      }),
    )
    const client = await open(app, { auth: { username: 'Ada', password: 'b' } })
    const answer = await client.put('/', { query: { page: 2 }, json: ['ü'] })
    expect(answer.json()).toEqual({ page: '2', user: 'Ada', value: ['ü'] })
    expect(answer.mimetype).toBe('application/json')
  })

  test('forms arrive with their length', async () => {
    const app = Request.application(async (request) => {
      const form = await request.formData()
      const file = form.get('file')
      return Response.json([
        request.contentLength !== undefined,
        form.getAll('tag'),
        file instanceof File ? [file.name, file.type, await file.text()] : file,
      ])
    })
    const client = await open(app)
    const file = new File(['content'], 'naïve "x".txt', { type: 'text/plain' })
    expect((await client.post('/', { form: { tag: ['a', 'b'], file } })).json()).toEqual([
      true,
      ['a', 'b'],
      ['naïve "x".txt', 'text/plain', 'content'],
    ])
    expect((await client.post('/', { form: { tag: 'a', file: 'text' } })).json()).toEqual([
      true,
      ['a'],
      'text',
    ])
  })

  test('HEAD, 204 and 304 have no content', async () => {
    const app: Application = (environ, startResponse) => {
      const status = environ.PATH_INFO === '/204' ? '204 No Content' : '304 Not Modified'
      startResponse(environ.REQUEST_METHOD === 'HEAD' ? '200 OK' : status, [['X-Custom', 'a']])
      return 'content'
    }
    const client = await open(app)
    const head = await client.head('/')
    expect([head.status, head.headers.get('content-length'), head.text()]).toEqual([200, '7', ''])
    for (const status of [204, 304]) {
      const answer = await client.get(`/${status}`)
      expect([answer.status, answer.text(), answer.headers.get('x-custom')]).toEqual([status, '', 'a'])
    }
  })

  test('an HTTPError is its answer', async () => {
    const client = await open(() => {
      throw new NotFound('Nothing here.')
    })
    const answer = await client.get('/')
    expect([answer.status, answer.text()]).toEqual([404, expect.stringContaining('Nothing here.')])
  })

  test('a login is remembered through redirects', async () => {
    const app = Request.application(async (request) => {
      if (request.path === '/login') {
        const response = Response.redirect('/', 303)
        response.setCookie('user', String((await request.formData()).get('name')), {
          httpOnly: true,
          secure: true,
        })
        return response
      }
      if (request.path === '/logout') {
        const response = Response.redirect('/', 303)
        response.deleteCookie('user', { httpOnly: true, secure: true })
        return response
      }
      return new Response(request.cookies.get('user') ?? 'nobody')
    })
    const client = await open(app, { followRedirects: true })
    expect((await client.get('/')).text()).toBe('nobody')
    const login = await client.post('/login', { form: { name: 'Ada' } })
    expect([login.text(), login.request.path, login.history[0]?.status]).toEqual(['Ada', '/', 303])
    expect((await client.post('/logout')).text()).toBe('nobody')
  })

  test('a circle of redirects ends', async () => {
    const client = await open(
      Request.application(() => Response.redirect('/', 302)),
      { followRedirects: true },
    )
    await expect(client.get('/')).rejects.toMatchObject({ code: 'ERR_REDIRECT_LOOP' })
  })

  test('a body that is broken off is no answer', async () => {
    const app: Application = async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'half'
      throw new Error('half way')
    }
    const answer = await (await open(app)).stream('/')
    const chunks = answer[Symbol.asyncIterator]()
    expect(new TextDecoder().decode((await chunks.next()).value)).toBe('half')
    await expect(chunks.next()).rejects.toThrow(/half way|aborted/)
  })

  test.each(applicationShapes)('$name answers', async ({ make }) => {
    const client = await open(
      make({ status: '201 Created', headers: [['X-Custom', 'a']], chunks: ['Grü', 'ße'] }),
    )
    const answer = await client.get('/')
    expect([answer.status, answer.headers.get('x-custom'), answer.text()]).toEqual([201, 'a', 'Grüße'])
    expect(await (await client.stream('/')).text()).toBe('Grüße')
  })
})
