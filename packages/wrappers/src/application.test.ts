import {
  type Application,
  BadGateway,
  type Middleware,
  NotFound,
  type StartResponse,
  stack,
} from '@stapel/core'
import { applicationShapes, Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { Request, Response } from './index.ts'

const start: StartResponse = () => () => {}

describe('what a handler may give', () => {
  test('a Response', async () => {
    const app = Request.application((request) => new Response(`Hello ${request.args.get('name')}`))
    const answer = await new Client(app).get('/?name=Ada')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answer.text()).toBe('Hello Ada')
  })

  test('a promise of a Response', async () => {
    const app = Request.application(async (request) => Response.json(await request.json()))
    const answer = await new Client(app).post('/', {
      headers: { 'Content-Type': 'application/json' },
      body: '{"a":[1]}',
    })
    expect(answer.json()).toEqual({ a: [1] })
  })

  test('a fetch Response', async () => {
    const app = Request.application(() => new globalThis.Response('Hello', { status: 201 }))
    const answer = await new Client(app).get('/')
    expect(answer.status).toBe(201)
    expect(answer.text()).toBe('Hello')
  })

  test('an HTTPError, which answers', async () => {
    const app = Request.application(() => new NotFound('There is no entry 42.'))
    const answer = await new Client(app).get('/')
    expect(answer.status).toBe(404)
    expect(answer.text()).toContain('There is no entry 42.')
  })

  test('whatever has respond', async () => {
    const app = Request.application(() => ({
      respond(environ, startResponse) {
        startResponse('200 OK', [])
        return `at ${environ.PATH_INFO}`
      },
    }))
    expect((await new Client(app).get('/x')).text()).toBe('at /x')
  })

  test.each(applicationShapes)('an application: $name', async (shape) => {
    const inner = shape.make({
      status: '202 Accepted',
      headers: [['X-Inner', '1']],
      chunks: ['Hello ', 'World'],
    })
    const sync = await new Client(Request.application(() => inner)).get('/')
    expect([sync.status, sync.headers.get('x-inner'), sync.text()]).toEqual([202, '1', 'Hello World'])
    const later = await new Client(Request.application(async () => inner)).get('/')
    expect([later.status, later.headers.get('x-inner'), later.text()]).toEqual([202, '1', 'Hello World'])
  })

  test.each([[undefined], [null], ['Hello'], [5], [{}], [[]]])(
    '%j is refused with a message',
    async (result) => {
      const message = /from the handler; expected a Response, a fetch Response or an application/
      await expect(new Client(Request.application(() => result as never)).get('/')).rejects.toThrow(message)
      await expect(new Client(Request.application(async () => result as never)).get('/')).rejects.toThrow(
        message,
      )
    },
  )
})

describe('promises', () => {
  test('a handler that is not async makes an application without a promise', () => {
    const app = Request.application(() => new Response('Hello'))
    expect(app(createEnviron('/'), start)).toBe('Hello')
  })

  test('an application that it gives stays as synchronous as it is', () => {
    const inner: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      return ['a']
    }
    expect(Request.application(() => inner)(createEnviron('/'), start)).toEqual(['a'])
  })

  test('a stream is handed on as it is where no form can be read', () => {
    const body = ['a', 'b'].values()
    const app = Request.application(() => new Response(body))
    expect(app(createEnviron('/'), start)).toBe(body)
  })
})

describe('what a handler throws', () => {
  test('an HTTPError answers inside of the layers, which see its answer', async () => {
    const sync = Request.application(() => {
      throw new NotFound()
    })
    const later = Request.application(async () => {
      throw new NotFound()
    })
    const marked: Middleware = (inner) => (environ, startResponse) =>
      inner(environ, (status, headers, error) =>
        startResponse(status, [...headers, ['X-Layer', 'marked']], error),
      )
    for (const app of [sync, later]) {
      const { status, headers, errors } = await new Client(stack(app, marked)).get('/')
      expect([status, headers.get('x-layer'), errors]).toEqual([404, 'marked', ''])
    }
  })

  test('an HTTPError of 500 and above is logged', async () => {
    const app = Request.application(() => {
      throw new BadGateway('the other server is away')
    })
    const { status, errors } = await new Client(app).get('/')
    expect(status).toBe(502)
    expect(errors).toContain('the other server is away')
  })

  test('an HTTPError after the first bytes breaks the answer off', async () => {
    const app = Request.application(() => async (_environ, startResponse) => {
      await startResponse('200 OK', [])('begun')
      throw new NotFound()
    })
    await expect(new Client(app).get('/')).rejects.toThrow(NotFound)
  })

  test('a Response is told to be returned or given to abort', async () => {
    const message = /Got a Response of status 302 thrown by the handler; return it, or .* abort\(response\)/
    let closed = 0
    const sync = Request.application(() => {
      const response = new Response(null, { status: 302 })
      response.onClose(() => {
        closed++
      })
      throw response
    })
    const later = Request.application(async () => {
      throw new globalThis.Response('', { status: 302 })
    })
    for (const app of [sync, later]) await expect(new Client(app).get('/')).rejects.toThrow(message)
    expect(closed).toBe(1)
  })

  test('any other value goes on as it is', async () => {
    const app = Request.application(() => {
      throw undefined
    })
    await expect(new Client(app, { validate: false }).get('/')).rejects.toBeUndefined()
  })
})

test('a Response that cannot be sent has its body given up', async () => {
  let closed = 0
  const body = {
    *[Symbol.iterator]() {
      yield 'never'
    },
    close() {
      closed++
    },
  }
  const refusing: Middleware = (inner) => (environ) =>
    inner(environ, () => {
      throw new Error('refused')
    })
  const app = stack(
    Request.application(() => new Response(body)),
    refusing,
  )
  await expect(new Client(app).get('/')).rejects.toThrow('refused')
  expect(closed).toBe(1)
})

test('a subclass hands itself to its handlers', async () => {
  class UserRequest extends Request {
    get user(): string {
      return this.cookies.get('user') ?? 'nobody'
    }
  }
  const app = UserRequest.application((request) => new Response(request.user))
  expect((await new Client(app).get('/', { headers: { Cookie: 'user=ada' } })).text()).toBe('ada')
})

test('the application has the name of its handler', () => {
  expect(
    Request.application(function hello() {
      return new Response()
    }).name,
  ).toBe('hello')
  expect(Request.application(() => new Response()).name).toBe('application')
})

test.each([
  [undefined, 'Got undefined from the handler'],
  ['hello', 'Got the string "hello" from the handler'],
  [{ a: 1 }, 'Got an object of class Object from the handler'],
])('a handler that gives %j is told what to give', async (given, message) => {
  const app = Request.application(() => given as never)
  await expect(new Client(app).get('/')).rejects.toThrow(message)
})

test('what is no function is refused when the application is made', () => {
  expect(() => Request.application('hello' as never)).toThrow('Got hello for the handler')
})
