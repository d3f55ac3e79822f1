import { collect } from '@stapel/core'
import { Request } from '@stapel/wrappers'
import { describe, expect, test } from 'vitest'
import { createEnviron } from './environ.ts'
import { isReadOnce } from './request-body.ts'

const sent = (init: Parameters<typeof createEnviron>[1]): Request =>
  new Request(createEnviron('/', { method: 'POST', ...init }))

describe('json', () => {
  test('is sent with its type and length', async () => {
    const request = sent({ json: { a: ['ü', null] } })
    expect(request.environ).toMatchObject({ CONTENT_TYPE: 'application/json', CONTENT_LENGTH: '17' })
    expect(await request.json()).toEqual({ a: ['ü', null] })
  })

  test('may be null or false', async () => {
    expect(await sent({ json: null }).json()).toBe(null)
    expect(await sent({ json: false }).json()).toBe(false)
  })

  test('keeps a type that was given', () => {
    const request = sent({ json: {}, headers: { 'Content-Type': 'application/problem+json' } })
    expect(request.mimetype).toBe('application/problem+json')
  })

  test('that JSON cannot hold is refused', () => {
    expect(() => sent({ json: () => 1 })).toThrow(TypeError)
  })
})

describe('form', () => {
  test.each([
    [{ a: {} }, 'Got an object of class Object for "a" of a form or query'],
    [{ a: ['x', new Date(0)] }, 'Got an object of class Date for "a"'],
    [{ a: null }, 'Got null for "a"'],
    [{ a: [['x']] }, 'Got an object of class Array for "a"'],
    [{ file: new Blob(['x']), a: {} }, 'Got an object of class Object for "a"'],
  ])('refuses %j, which no form can hold', (form, message) => {
    expect(() => sent({ form: form as never })).toThrow(message)
  })

  test('is urlencoded where there is no file', async () => {
    const request = sent({ form: { name: 'Ada & Co', n: 1, tag: ['a', 'b'], none: undefined } })
    expect(request.mimetype).toBe('application/x-www-form-urlencoded')
    expect(await request.text()).toBe('name=Ada+%26+Co&n=1&tag=a&tag=b')
  })

  test('is multipart where there is a file, with its name and type', async () => {
    const picture = new File(['png'], 'cat.png', { type: 'image/png' })
    const request = sent({ form: { name: 'Ada', pictures: [picture, new Blob(['x'])], none: undefined } })
    expect(request.mimetype).toBe('multipart/form-data')
    const form = await request.formData()
    expect([...form.keys()]).toEqual(['name', 'pictures', 'pictures'])
    const [first, second] = form.getAll('pictures') as File[]
    expect([first?.name, first?.type, await first?.text()]).toEqual(['cat.png', 'image/png', 'png'])
    expect([second?.name, await second?.text()]).toEqual(['blob', 'x'])
  })
})

describe('body', () => {
  test('a Blob is sent with its length and type', async () => {
    const request = sent({ body: new Blob(['abc'], { type: 'text/csv' }) })
    expect(request.environ).toMatchObject({ CONTENT_TYPE: 'text/csv', CONTENT_LENGTH: '3' })
    expect(await request.text()).toBe('abc')
  })

  test('an iterable may give strings', async () => {
    const environ = createEnviron('/', { method: 'POST', body: ['a', new Uint8Array([98]), 'ü'] })
    expect(new TextDecoder().decode(await collect(environ['wsgi.input']))).toBe('abü')
  })

  test('a ReadableStream is sent as it comes', async () => {
    expect(await sent({ body: new Blob(['abc']).stream() as never }).text()).toBe('abc')
  })

  test('two bodies are refused', () => {
    expect(() => sent({ body: 'a', json: 1 })).toThrow('Got body and json')
  })

  test('an object says what would send it', () => {
    expect(() => sent({ body: { a: 1 } as never })).toThrow('sent by `json` or `form`')
  })
})

describe('auth', () => {
  test('is Basic, as UTF-8', () => {
    expect(sent({ auth: { username: 'Ada', password: 'pä:ss' } }).environ.HTTP_AUTHORIZATION).toBe(
      `Basic ${Buffer.from('Ada:pä:ss').toString('base64')}`,
    )
  })

  test('is Bearer for a token alone, and any other by its scheme', () => {
    expect(sent({ auth: { token: 'abc' } }).environ.HTTP_AUTHORIZATION).toBe('Bearer abc')
    expect(sent({ auth: { scheme: 'digest', parameters: { uri: '/' } } }).environ.HTTP_AUTHORIZATION).toBe(
      'Digest uri="/"',
    )
  })

  test('does not replace a header', () => {
    const request = sent({ auth: { username: 'a', password: 'b' }, headers: { Authorization: 'Bearer c' } })
    expect(request.headers.get('authorization')).toBe('Bearer c')
  })

  test('with a colon in the name is refused', () => {
    expect(() => sent({ auth: { username: 'a:b', password: 'c' } })).toThrow(RangeError)
  })
})

test.each([
  {
    kind: 'a generator',
    body: (function* () {
      yield ''
    })(),
    once: true,
  },
  {
    kind: 'an async generator',
    body: (async function* () {
      yield ''
    })(),
    once: true,
  },
  { kind: 'a list', body: ['a'], once: false },
  { kind: 'a form', body: new FormData(), once: false },
  { kind: 'a Blob', body: new Blob(['a']), once: false },
  { kind: 'a string', body: 'a', once: false },
  { kind: 'no body', body: undefined, once: false },
])('$kind is read once: $once', ({ body, once }) => {
  expect(isReadOnce(body)).toBe(once)
})

test('a method that no client can send is refused', () => {
  expect(() => createEnviron('/', { method: 'GET /' })).toThrow('expected a token')
})
