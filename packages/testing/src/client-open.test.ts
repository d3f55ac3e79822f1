import { inspect } from 'node:util'
import { type Application, onError, stack, validate } from '@stapel/core'
import { Request, Response } from '@stapel/wrappers'
import { describe, expect, test } from 'vitest'
import { Client } from './client.ts'
import { CookieJar } from './cookie-jar.ts'
import { createEnviron } from './environ.ts'

const echo = Request.application(async (request) =>
  Response.json({
    method: request.method,
    url: request.url,
    headers: [...request.headers],
    body: await request.text(),
  }),
)

interface Echoed {
  method: string
  url: string
  headers: [string, string][]
  body: string
}

describe('what to open', () => {
  test('is / unless told otherwise', async () => {
    expect((await new Client(echo).open()).json<Echoed>()).toMatchObject({
      method: 'GET',
      url: 'http://localhost/',
    })
    expect((await new Client(echo).get()).json<Echoed>().url).toBe('http://localhost/')
  })

  test('may be a URL', async () => {
    const answer = await new Client(echo).open(new URL('https://example.org/a?b'))
    expect(answer.json<Echoed>().url).toBe('https://example.org/a?b')
  })

  test('may be an environ, which is sent as it is', async () => {
    const environ = createEnviron('/a', { method: 'PUT', body: 'content', headers: { 'X-Custom': 'b' } })
    delete environ.REMOTE_ADDR
    const answer = await new Client(echo).open(environ)
    expect(answer.json<Echoed>()).toMatchObject({ method: 'PUT', url: 'http://localhost/a', body: 'content' })
    expect('REMOTE_ADDR' in answer.request.environ).toBe(false)
    expect(answer.request.environ).not.toBe(environ)
  })

  test('may be a fetch Request', async () => {
    const request = new globalThis.Request('https://example.org/a', {
      method: 'POST',
      body: 'content',
      headers: { 'X-Custom': 'b' },
    })
    const seen = (await new Client(echo).open(request)).json<Echoed>()
    expect(seen).toMatchObject({ method: 'POST', url: 'https://example.org/a', body: 'content' })
    expect(seen.headers).toContainEqual(['x-custom', 'b'])
  })

  test('a fetch Request brings its signal', async () => {
    const left = new AbortController()
    const app: Application = async (_environ, startResponse) => {
      left.abort(new Error('gone'))
      await new Promise((resolve) => setImmediate(resolve))
      startResponse('200 OK', [])
      return ''
    }
    const request = new globalThis.Request('http://localhost/', { signal: left.signal })
    await expect(new Client(app).open(request)).rejects.toThrow('gone')
  })

  test('the reader of a stream leaves an environ that was made by hand, too', async () => {
    const seen: string[] = []
    const app: Application = async function* (environ, startResponse) {
      environ['stapel.context'].signal.addEventListener('abort', () => seen.push('aborted'))
      startResponse('200 OK', [])
      for (;;) yield 'a'
    }
    const answer = await new Client(app).stream(createEnviron())
    for await (const _ of answer) break
    expect(seen).toEqual(['aborted'])
  })
})

describe('the body of a request', () => {
  /** A body without an end, which tells what becomes of it. */
  async function* endless(seen: string[]): AsyncGenerator<string, void> {
    try {
      for (;;) yield 'a'
    } finally {
      seen.push('left')
    }
  }

  test('is left when the application has answered without reading on', async () => {
    const seen: string[] = []
    const app: Application = async (environ, startResponse) => {
      for await (const _ of environ['wsgi.input']) break
      startResponse('413 Content Too Large', [])
      return ''
    }
    expect((await new Client(app).post('/', { body: endless(seen) })).status).toBe(413)
    expect(seen).toEqual(['left'])
  })

  test('is not begun where the application reads none of it', async () => {
    const seen: string[] = []
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      return ''
    }
    const answer = await new Client(app).post('/', { body: endless(seen) })
    expect(seen).toEqual([])
    const unread = answer.request.environ['wsgi.input'][Symbol.asyncIterator]()
    expect(await unread.next()).toEqual({ done: false, value: new Uint8Array([97]) })
  })

  test('that fails rejects where the application reads it', async () => {
    const body = (async function* () {
      yield 'a'
      throw new Error('no more')
    })()
    await expect(new Client(echo).post('/', { body })).rejects.toThrow('no more')
  })
})

describe('what all requests of a client have', () => {
  test('a base, below which their targets are', async () => {
    const client = new Client(echo, { base: 'https://example.org/shop' })
    expect((await client.get('/a')).json<Echoed>().url).toBe('https://example.org/shop/a')
    await expect(client.get('https://example.org/other')).rejects.toThrow(RangeError)
  })

  test('headers, which a request replaces by name', async () => {
    const client = new Client(echo, { headers: { Accept: 'a/b', 'X-Custom': 'c' } })
    const { headers } = (await client.get('/', { headers: [['accept', 'd/e']] })).json<Echoed>()
    expect(headers.filter(([name]) => name !== 'host')).toEqual([
      ['x-custom', 'c'],
      ['accept', 'd/e'],
    ])
  })

  test('credentials', async () => {
    const client = new Client(echo, { auth: { username: 'a', password: 'b' } })
    expect((await client.get('/')).request.headers.get('authorization')).toBe('Basic YTpi')
    const other = await client.get('/', { auth: { username: 'c', password: 'd' } })
    expect(other.request.headers.get('authorization')).toBe('Basic Yzpk')
    const common = await client.get('/', { auth: undefined })
    expect(common.request.headers.get('authorization')).toBe('Basic YTpi')
  })
})

describe('the answer', () => {
  const app = Request.application(() => {
    const response = Response.json({ a: 1 }, { status: 201 })
    response.setCookie('user', 'Ada Lovelace', { maxAge: 60 })
    response.headers.set('Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT')
    return response
  })

  test('has what a Response has', async () => {
    const answer = await new Client(app).get('/')
    expect(answer).toBeInstanceOf(Response)
    expect([answer.status, answer.statusText, answer.reason]).toEqual([201, 'Created', 'Created'])
    expect(answer.contentLength).toBe(7)
  })

  test('has the getters of Response by themselves', async () => {
    const answer = await new Client(app).get('/')
    for (let type = Response.prototype; type !== Object.prototype; type = Object.getPrototypeOf(type)) {
      for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
        if (property.get === undefined) continue
        const whole = new Response(answer.bytes(), { status: 201, headers: answer.headers })
        expect({ [name]: Reflect.get(answer, name) }).toEqual({ [name]: Reflect.get(whole, name) })
      }
    }
  })

  test('has no type where none was sent', async () => {
    const bare: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      return 'text'
    }
    expect((await new Client(bare).get('/')).headers.has('content-type')).toBe(false)
  })

  test('shows the cookies that it sets', async () => {
    const { cookies } = await new Client(app).get('/')
    expect([...cookies.keys()]).toEqual(['user'])
    expect(cookies.get('user')).toMatchObject({ value: 'Ada Lovelace', maxAge: 60, path: '/' })
  })

  test('shows the request', async () => {
    const { request } = await new Client(app).post('/a?b=c', { body: 'd' })
    expect([request.method, request.path, request.args.get('b')]).toEqual(['POST', '/a', 'c'])
  })

  test('that is not JSON says what it is', async () => {
    const html = Request.application(() => new Response('<p>Oops</p>', { status: 500 }))
    const answer = await new Client(html).get('/')
    expect(() => answer.json()).toThrow('Got 500 with "<p>Oops</p>"; expected JSON.')
  })

  test('of an error that a layer has answered shows what was logged', async () => {
    const failing = Request.application(() => {
      throw new Error('the reason')
    })
    const client = new Client(
      stack(
        failing,
        onError(() => new Response('Oops', { status: 500 })),
      ),
    )
    const answer = await client.get('/')
    expect(answer.errors).toContain('Error: the reason')
    expect(inspect(answer)).toMatch(/\n\nOops\n\nwsgi\.errors:\nError: the reason\n/)
    expect(() => answer.json()).toThrow(
      /^Got 500 with "Oops"; expected JSON\. Logged was: Error: the reason\n/,
    )
    const streamed = await client.stream('/')
    await expect(streamed.json()).rejects.toThrow('Logged was: Error: the reason')
  })

  test('shows itself to people', async () => {
    const shown = inspect(await new Client(app).get('/a?b'))
    expect(shown).toMatch(/^201 Created, of GET http:\/\/localhost\/a\?b\n/)
    expect(shown).toContain('\nContent-Type: application/json\n')
    expect(shown).toMatch(/\n\n\{"a":1\}$/)
    const streamed = await new Client(app).stream('/')
    expect(inspect(streamed)).toMatch(/^201 Created, of GET http:\/\/localhost\/\n/)
    expect(await streamed.json()).toEqual({ a: 1 })
  })

  test('can be given on by an application', async () => {
    const answer = await new Client(app).get('/')
    const again = await new Client(
      validate((environ, startResponse) => answer.respond(environ, startResponse)),
    ).get('/')
    expect([again.status, again.json()]).toEqual([201, { a: 1 }])
  })

  test('over the limit rejects, and says how to read it', async () => {
    const endless: Application = function* (_environ, startResponse) {
      startResponse('200 OK', [])
      for (;;) yield 'x'.repeat(1000)
    }
    const client = new Client(endless, { answerLimit: 10_000 })
    await expect(client.get('/')).rejects.toThrow('read it with stream()')
  })
})

describe('cookies', () => {
  const counter = Request.application((request) => {
    const count = Number(request.cookies.get('count') ?? 0) + 1
    const response = new Response(String(count))
    response.setCookie('count', String(count), { path: request.path })
    return response
  })

  test('are kept and sent', async () => {
    const client = new Client(counter)
    expect((await client.get('/')).text()).toBe('1')
    expect((await client.get('/')).text()).toBe('2')
    expect(client.cookies.get('count')?.value).toBe('2')
    client.cookies.clear()
    expect((await client.get('/')).text()).toBe('1')
  })

  test('of another path are not sent', async () => {
    const client = new Client(counter)
    await client.get('/a')
    expect((await client.get('/')).text()).toBe('1')
    expect((await client.get('/a/b')).text()).toBe('2')
  })

  test('that are set by hand belong to the base', async () => {
    const client = new Client(counter, { base: 'https://example.org/shop' })
    client.cookies.set('count', '41', { secure: true })
    expect((await client.get('http://example.org/shop/')).text()).toBe('1')
    expect((await client.get('/')).text()).toBe('42')
  })

  test('given as a header replace those of the jar, for once', async () => {
    const client = new Client(counter)
    client.cookies.set('count', '1')
    expect((await client.get('/', { headers: { cookie: 'count=8' } })).text()).toBe('9')
    expect((await client.get('/', { environ: { HTTP_COOKIE: undefined } })).text()).toBe('1')
  })

  test('are shared with a jar, or not kept', async () => {
    const cookies = new CookieJar()
    await new Client(counter, { cookies }).get('/')
    expect((await new Client(counter, { cookies }).get('/')).text()).toBe('2')
    const none = new Client(counter, { cookies: false })
    await none.get('/')
    expect((await none.get('/')).text()).toBe('1')
    expect(none.cookies.size).toBe(0)
  })

  test('of a stream are kept, too', async () => {
    const client = new Client(counter)
    await (await client.stream('/')).leave()
    expect((await client.get('/')).text()).toBe('2')
  })
})

describe('rejectErrors: false', () => {
  test('answers any error with 500, without its message, and logs it', async () => {
    const client = new Client(
      () => {
        throw new Error('the password is 1234')
      },
      { rejectErrors: false },
    )
    const answer = await client.get('/')
    expect(answer.status).toBe(500)
    expect(answer.text()).not.toContain('1234')
    expect(answer.errors).toContain('Error: the password is 1234')
  })

  test('rejects where the answer was begun', async () => {
    const app: Application = function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'a'
      throw new Error('half way')
    }
    await expect(new Client(app, { rejectErrors: false }).get('/')).rejects.toThrow('half way')
  })
})

describe('options', () => {
  test.each([{ maxRedirects: -1 }, { maxRedirects: Number.NaN }, { answerLimit: -1 }])(
    '%j is refused',
    (options) => {
      expect(() => new Client(echo, options)).toThrow(RangeError)
    },
  )

  test.each([{ followRedirect: true }, { jar: false }])('%j is unknown', (options) => {
    expect(() => new Client(echo, options as never)).toThrow('unknown option')
  })

  test('another method than the one that was called', async () => {
    const sent = new Client(echo).get('/', { method: 'POST' })
    await expect(sent).rejects.toThrow(
      'Got the method "POST" for get(); expected none there, or open() for it.',
    )
    expect((await new Client(echo).get('/', { method: 'GET' })).status).toBe(200)
  })

  test.each([{ jsn: {} }, { params: {} }, { data: 1 }])('%j is unknown of a request', async (init) => {
    await expect(new Client(echo).get('/', init as never)).rejects.toThrow('unknown option')
    expect(() => createEnviron('/', init as never)).toThrow('unknown option')
  })

  test('the refusal names what a request of a client has', async () => {
    await expect(new Client(echo).get('/', { redirects: true } as never)).rejects.toThrow(
      'there are method, query, headers, auth, body, json, form, environ, signal, followRedirects.',
    )
  })

  test('the base is that of the client', async () => {
    await expect(new Client(echo).get('/', { base: 'http://localhost/a' } as never)).rejects.toThrow(
      TypeError,
    )
  })

  test.each([
    [{ cookies: true }, 'Got true for cookies; expected a CookieJar, or false.'],
    [{ hosts: 'example.org' }, 'Got example.org for hosts; expected a list of hosts.'],
    [{ hosts: [5] }, 'expected a list of hosts'],
    [{ auth: 'token' }, 'Got token for auth; expected an object, as in { username, password } or { token }.'],
    [{ environ: 'x' }, 'for environ; expected an object'],
    [{ followRedirects: 'no' }, 'Got no for followRedirects; expected true or false.'],
    [{ validate: 0 }, 'Got 0 for validate'],
    [{ rejectErrors: 'yes' }, 'Got yes for rejectErrors'],
    [{ answerLimit: '5' }, 'Got 5 for answerLimit; expected a number of 0 or more.'],
  ])('%j is refused when the client is made', (options, message) => {
    expect(() => new Client(echo, options as never)).toThrow(message)
  })

  test('an agent is for URLs', async () => {
    const { globalAgent } = await import('node:http')
    expect(() => new Client(echo, { agent: globalAgent })).toThrow(TypeError)
  })

  test('headers that no client can send are refused when it is made', () => {
    expect(() => new Client(echo, { headers: { 'X-A': 'a\nb' } })).toThrow('which no client can send')
  })
})
