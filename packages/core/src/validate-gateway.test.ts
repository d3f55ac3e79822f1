import { applicationShapes, createEnviron, type ShapedAnswer } from '@stapel/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fetchHandler } from './gateway/fetch-handler.ts'
import { serve } from './gateway/serve.ts'
import type { Application, Chunk, Closeable, Environ } from './protocol.ts'
import { validate } from './validate.ts'

const hello: Application = function hello(_environ, startResponse) {
  startResponse('200 OK', [])
  return 'Hello'
}

function* words(_environ: Environ, startResponse: Parameters<Application>[1]): Generator<Chunk> {
  startResponse('200 OK', [])
  yield 'one'
  yield 'two'
}

const app = validate(hello, { gateway: true })
const start = () => () => {}

describe('2: environ as the gateway makes it', () => {
  test.each([
    { target: '/' },
    { target: '/a//b/%C3%BC?c=d?e' },
    { target: '/%61/./b/../c' },
    { target: '/ü?ü' },
    { target: '/a?' },
    { target: 'http://localhost:8080/a?b' },
    { target: '*', method: 'OPTIONS' },
  ])('2: $target passes', ({ target, method = 'GET' }) => {
    expect(app(createEnviron(target, { method }), start)).toBe('Hello')
  })

  test('2: a part of the path may be in SCRIPT_NAME', () => {
    const environ = createEnviron('/a/b', { environ: { SCRIPT_NAME: '/a', PATH_INFO: '/b' } })
    expect(app(environ, start)).toBe('Hello')
  })

  test('2: a path that is not that of REQUEST_URI is the fault of the gateway', () => {
    const environ = createEnviron('/a/b', { environ: { PATH_INFO: '/a' } })
    expect(() => app(environ, start)).toThrow(
      'the gateway: SCRIPT_NAME and PATH_INFO give "/a"; expected "/a/b", the normal form of the path in REQUEST_URI. (protocol 2)',
    )
  })

  test('2: a query that is not that of REQUEST_URI is, too', () => {
    const environ = createEnviron('/a?b', { environ: { QUERY_STRING: '?b' } })
    expect(() => app(environ, start)).toThrow('QUERY_STRING is "?b"; expected "b"')
  })

  test('2: an environ is used for one request', () => {
    const environ = createEnviron('/')
    app(environ, start)
    expect(() => app(environ, start)).toThrow(
      expect.objectContaining({
        clause: '2',
        layer: 'the gateway',
        message: expect.stringContaining('Used the environ of an earlier call'),
      }),
    )
  })

  test('2: a context is used for one request', () => {
    const environ = createEnviron('/')
    app(environ, start)
    expect(() => app({ ...environ }, start)).toThrow('Used the stapel.context of an earlier call')
  })

  test('2: without the option a layer may call twice, and with another path', () => {
    const environ = createEnviron('/a')
    const layered = validate(hello)
    expect(layered(environ, start)).toBe('Hello')
    expect(layered({ ...environ, PATH_INFO: '/b' }, start)).toBe('Hello')
  })
})

describe('4.4: a body of which nothing is sent', () => {
  const streamed = validate(words, { gateway: true })

  test('4.4: it may be read until startResponse was called', () => {
    const body = streamed(createEnviron('/', { method: 'HEAD' }), start) as Iterable<Chunk> & Closeable
    const iterator = body[Symbol.iterator]()
    iterator.next()
    iterator.return?.()
    body.close?.()
  })

  test('4.4: a gateway that reads on for HEAD is at fault', () => {
    const body = streamed(createEnviron('/', { method: 'HEAD' }), start) as Iterable<Chunk>
    const iterator = body[Symbol.iterator]()
    iterator.next()
    expect(() => iterator.next()).toThrow(
      'the gateway: Called next() on the body of words, of which nothing is sent. (protocol 4.4)',
    )
  })

  test.each(['204 No Content', '205 Reset Content', '304 Not Modified'] as const)(
    '4.4: a gateway that reads on for %s is at fault',
    (status) => {
      const body = validate(
        (_environ, startResponse) => {
          startResponse(status, [])
          return new Set(['one'])
        },
        { gateway: true },
      )(createEnviron('/'), start) as Iterable<Chunk>
      expect(() => body[Symbol.iterator]().next()).toThrow(expect.objectContaining({ clause: '4.4' }))
    },
  )

  test('4.4: without the option a layer may read it, for its ETag', () => {
    const body = validate(words)(createEnviron('/', { method: 'HEAD' }), start) as Iterable<Chunk> & Closeable
    expect([...body]).toEqual(['one', 'two'])
    body.close?.()
  })
})

test('a call from inside of another one does not come from the gateway', () => {
  const outer = validate(function outer(environ, startResponse) {
    return app({ ...environ, PATH_INFO: '/other' }, startResponse)
  })
  expect(outer(createEnviron('/'), start)).toBe('Hello')
})

/** An application with an answer that has content, and some that have none. */
function site(make: (answer: ShapedAnswer) => Application): Application {
  const answers = new Map<string, Application>([
    ['/', make({ status: '200 OK', headers: [], chunks: ['Hel', 'lo'] })],
    ['/none', make({ status: '204 No Content', headers: [], chunks: ['ignored'] })],
    ['/same', make({ status: '304 Not Modified', headers: [], chunks: ['ig', 'nored'] })],
  ])
  return validate(
    (environ, startResponse) => (answers.get(environ.PATH_INFO) ?? hello)(environ, startResponse),
    { gateway: true, name: 'the site' },
  )
}

describe('our gateways keep every clause that can be seen from inside', () => {
  test.each(applicationShapes)('serve() with $name', async ({ make }) => {
    const log: string[] = []
    const errors = { write: (text: string) => void log.push(text), flush() {} }
    const server = await serve(site(make), { port: 0, host: '127.0.0.1', errors })
    onTestFinished(() => server.close({ timeout: 0 }))
    const url = new URL('/?a=b', server.url)
    expect(await (await fetch(url)).text()).toBe('Hello')
    expect(await (await fetch(url, { method: 'HEAD' })).text()).toBe('')
    expect((await fetch(new URL('/none', url))).status).toBe(204)
    expect((await fetch(new URL('/same', url))).status).toBe(304)
    expect(log.join('')).toBe('')
  })

  test.each(applicationShapes)('fetchHandler() with $name', async ({ make }) => {
    const log: string[] = []
    const errors = { write: (text: string) => void log.push(text), flush() {} }
    const handle = fetchHandler(site(make), { errors })
    const get = async (path: string, method = 'GET'): Promise<string> => {
      const answer = await handle(new Request(`http://localhost${path}`, { method }))
      return `${answer.status} ${await answer.text()}`
    }
    expect(await get('/?a=b')).toBe('200 Hello')
    // A head that is replaced after the first step comes too late for HEAD.
    expect(await get('/', 'HEAD')).toMatch(/^20[02] $/)
    expect(await get('/none')).toBe('204 ')
    expect(await get('/same')).toBe('304 ')
    expect(log.join('')).toBe('')
  })
})
