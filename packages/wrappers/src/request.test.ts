import { BadRequest, ContentTooLarge, type Environ, UnsupportedMediaType } from '@stapel/core'
import { createEnviron, type RequestInit } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { Request } from './request.ts'

function requestOf(target: string, init?: RequestInit): Request {
  return new Request(createEnviron(target, init))
}

describe('the head', () => {
  test('is environ under the names of HTTP and fetch', () => {
    const request = requestOf('/a%2Fb?q=1', {
      method: 'PUT',
      headers: { Accept: '*/*' },
      environ: { SCRIPT_NAME: '/app' },
    })
    expect(request.method).toBe('PUT')
    expect(request.scriptName).toBe('/app')
    expect(request.path).toBe('/a%2Fb')
    expect(request.url).toBe('http://localhost/app/a%2Fb?q=1')
    expect(request.headers.get('accept')).toBe('*/*')
    expect(request.remoteAddr).toBe('127.0.0.1')
  })

  test('args are the query, decoded as forms are', () => {
    const { args } = requestOf('/?q=a+b%21&q=c&empty&__proto__=x')
    expect(args.getAll('q')).toEqual(['a b!', 'c'])
    expect(args.get('empty')).toBe('')
    expect(args.get('__proto__')).toBe('x')
    expect(args.get('constructor')).toBeNull()
  })

  test('cookies come from the Cookie header', () => {
    expect(requestOf('/', { headers: { Cookie: 'theme=dark' } }).cookies.get('theme')).toBe('dark')
    expect(requestOf('/').cookies.size).toBe(0)
  })

  test('params are what the router captured', () => {
    expect(requestOf('/', { environ: { 'stapel.params': { id: 42 } } }).params).toEqual({ id: 42 })
  })

  test('without a router params are empty, also of what every object has (robustness.md K2)', () => {
    const { params } = requestOf('/')
    expect(Object.keys(params)).toEqual([])
    expect(params.constructor).toBeUndefined()
    expect(Object.isFrozen(params)).toBe(true)
  })

  test.each([
    ['Text/HTML; charset=UTF-8', 'text/html'],
    ['application/json', 'application/json'],
    [undefined, ''],
  ])('the mimetype of %j is %j', (contentType, mimetype) => {
    const request = requestOf(
      '/',
      contentType === undefined ? {} : { headers: { 'Content-Type': contentType } },
    )
    expect(request.contentType).toBe(contentType)
    expect(request.mimetype).toBe(mimetype)
  })

  test.each([
    ['5', 5],
    ['0', 0],
    ['007', 7],
    [undefined, undefined],
    ['', undefined],
    ['+5', undefined],
    ['-1', undefined],
    ['5.0', undefined],
    ['1e3', undefined],
    [' 5', undefined],
    ['٥', undefined],
    ['99999999999999999999', undefined],
  ])('the content length %j is %j', (text, length) => {
    const environ: Environ = createEnviron('/')
    if (text !== undefined) environ.CONTENT_LENGTH = text
    expect(new Request(environ).contentLength).toBe(length)
  })

  test('the signal aborts when the client leaves', () => {
    const leave = new AbortController()
    const { signal } = requestOf('/', { signal: leave.signal })
    expect(signal.aborted).toBe(false)
    leave.abort()
    expect(signal.aborted).toBe(true)
  })
})

describe('bytes and text', () => {
  test('give the body, one after the other', async () => {
    const request = requestOf('/', { method: 'POST', body: 'grün' })
    expect(await request.text()).toBe('grün')
    expect(await request.bytes()).toEqual(new TextEncoder().encode('grün'))
    expect(await request.text()).toBe('grün')
  })

  test('an absent body is empty', async () => {
    expect(await requestOf('/').text()).toBe('')
    expect(await requestOf('/').bytes()).toHaveLength(0)
  })

  test('text is decoded in the charset of the content type', async () => {
    const body = Uint8Array.from([0x67, 0x72, 0xfc, 0x6e])
    const post = (type: string): Promise<string> =>
      requestOf('/', { method: 'POST', headers: { 'Content-Type': type }, body }).text()
    expect(await post('text/plain; charset=iso-8859-1')).toBe('grün')
    expect(await post('text/plain')).toBe('gr\ufffdn')
    await expect(post('text/plain; charset=klingon')).rejects.toThrow(UnsupportedMediaType)
  })

  test('more than the limit is answered 413, with and without a length (robustness.md M5)', async () => {
    const big = new Uint8Array(1_048_577)
    await expect(requestOf('/', { method: 'POST', body: big }).bytes()).rejects.toThrow(ContentTooLarge)
    await expect(requestOf('/', { method: 'POST', body: [big] }).text()).rejects.toThrow(ContentTooLarge)
    await expect(requestOf('/', { method: 'POST', body: 'abc' }).text({ limit: 2 })).rejects.toThrow(
      ContentTooLarge,
    )
    expect(await requestOf('/', { method: 'POST', body: [big] }).bytes({ limit: 2_000_000 })).toHaveLength(
      1_048_577,
    )
  })

  test.each([Number.NaN, -1, 1.5, '1mb'])('the limit %j is refused (robustness.md M6)', (limit) => {
    expect(() => requestOf('/').bytes({ limit: limit as number })).toThrow(RangeError)
  })

  test('a client that leaves rejects with ClientDisconnected (X3)', async () => {
    const leave = new AbortController()
    const request = requestOf('/', { method: 'POST', body: stalled(), signal: leave.signal })
    const text = request.text()
    leave.abort()
    await expect(text).rejects.toMatchObject({ name: 'ClientDisconnected' })
  })
})

describe('json', () => {
  const post = (body: string | Uint8Array, type = 'application/json', headers = {}): Request =>
    requestOf('/', { method: 'POST', headers: { 'Content-Type': type, ...headers }, body })

  test('gives the value, a new one each time', async () => {
    const request = post('{"name":"Ada"}')
    const value = await request.json<{ name: string }>()
    expect(value.name).toBe('Ada')
    expect(await request.json()).not.toBe(value)
  })

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/problem+json',
  ])('%s is JSON', async (type) => {
    expect(await post('[1]', type).json()).toEqual([1])
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'text/html; x=+json',
    '',
  ])('the type %j is answered 415', async (type) => {
    await expect(post('[1]', type).json()).rejects.toMatchObject({ status: 415 })
  })

  test('an absent type is answered 415, as another site can leave it out without a preflight', async () => {
    const request = requestOf('/', { method: 'POST', body: '[1]' })
    await expect(request.json()).rejects.toThrow(UnsupportedMediaType)
    expect(await request.json({ checkType: false })).toEqual([1])
  })

  test('invalid JSON is answered 400 with its place', async () => {
    await expect(post('{"a":}').json()).rejects.toThrow('position 5 (line 1, column 6)')
  })

  test('bytes that are no UTF-8 are answered 400', async () => {
    await expect(post(Uint8Array.from([0x22, 0xff, 0x22])).json()).rejects.toThrow(BadRequest)
  })

  test('a byte order mark is skipped', async () => {
    expect(await post('\ufeff{}').json()).toEqual({})
  })

  test('a prototype key is answered 400 unless it is asked for (robustness.md K4)', async () => {
    await expect(post('{"__proto__":{}}').json()).rejects.toThrow(BadRequest)
    expect(await post('{"__proto__":{},"a":1}').json({ prototypeKeys: 'remove' })).toEqual({ a: 1 })
  })

  test('the limit counts bytes (robustness.md M5)', async () => {
    await expect(post('[1,2]').json({ limit: 4 })).rejects.toThrow(ContentTooLarge)
  })
})

describe('a body with a content coding (robustness.md M9)', () => {
  const request = (coding: string, type: string): Request =>
    requestOf('/', {
      method: 'POST',
      headers: { 'Content-Encoding': coding, 'Content-Type': type },
      body: '[]',
    })

  test('is answered 415 by all but bytes', async () => {
    await expect(request('gzip', 'application/json').json()).rejects.toMatchObject({
      status: 415,
      headers: [['Accept-Encoding', 'identity']],
    })
    await expect(request('br', 'text/plain').text()).rejects.toThrow(UnsupportedMediaType)
    await expect(request('gzip', 'application/x-www-form-urlencoded').formData()).rejects.toThrow(
      UnsupportedMediaType,
    )
    expect(await request('gzip', 'text/plain').bytes()).toHaveLength(2)
  })

  test('identity is none', async () => {
    expect(await request('identity', 'application/json').json()).toEqual([])
  })
})

describe('formData', () => {
  test('is read once: later calls get the same', async () => {
    const request = requestOf('/', { method: 'POST', body: new URLSearchParams({ a: '1' }) })
    const form = await request.formData()
    expect(form.get('a')).toBe('1')
    expect(await request.formData()).toBe(form)
    expect(await request.text()).toBe('a=1')
  })

  test('a failure is kept as well (robustness.md F7)', async () => {
    const request = requestOf('/', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'a=%zz',
    })
    const first = await request.formData().catch((error) => error)
    expect(first).toBeInstanceOf(BadRequest)
    await expect(request.formData()).rejects.toBe(first)
  })

  test('a multipart form that somebody has read as bytes can still be read (robustness.md F7)', async () => {
    const form = new FormData()
    form.append('a', '1')
    const request = requestOf('/', { method: 'POST', body: form })
    await request.bytes()
    expect((await request.formData()).get('a')).toBe('1')
  })

  test('bytes after a multipart form rejects at once (robustness.md F7)', async () => {
    const form = new FormData()
    form.append('a', '1')
    const request = requestOf('/', { method: 'POST', body: form })
    await request.formData()
    await expect(request.bytes()).rejects.toThrow('read it in one way only')
  })

  test.each(['text/plain', 'multipart/mixed; boundary=a', 'nonsense'])(
    'the type %s is answered 415',
    async (type) => {
      const request = requestOf('/', { method: 'POST', headers: { 'Content-Type': type }, body: 'a=1' })
      await expect(request.formData()).rejects.toThrow(UnsupportedMediaType)
    },
  )

  test('close may be called with no form, and again', async () => {
    const request = requestOf('/')
    expect(request.hasForm).toBe(false)
    await request.close()
    await request.close()
  })
})

test('a subclass adds what an application needs', () => {
  class UserRequest extends Request {
    get user(): string {
      return this.cookies.get('user') ?? 'nobody'
    }
  }
  expect(new UserRequest(createEnviron('/', { headers: { Cookie: 'user=ada' } })).user).toBe('ada')
})

async function* stalled(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1)
  await new Promise(() => {})
}
