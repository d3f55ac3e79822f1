import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CommandError } from '../command/command-error.ts'
import { readSettings } from '../command/settings.ts'
import { createCall, parseCall } from './call-request.ts'
import type { CallSettings } from './call-settings.ts'

const nothing: AsyncIterable<Uint8Array> = (async function* () {})()

/** A request as the arguments and settings make it. */
function call(args: readonly string[], settings: Partial<CallSettings> = {}): Promise<Request> {
  const defaults = readSettings({ flags: new Map(), environment: {} })
  return createCall(parseCall(args), { ...defaults, ...settings }, nothing)
}

test.for([
  [['/'], undefined, undefined, 'http://localhost/'],
  [['GET', '/a?b=c'], undefined, 'GET', 'http://localhost/a?b=c'],
  [['app.ts:app', '/'], 'app.ts:app', undefined, 'http://localhost/'],
  [['app.ts', 'patch', '//a'], 'app.ts', 'PATCH', 'http://localhost//a'],
  [['/srv/app.js', 'M-SEARCH', 'https://example.org/a'], '/srv/app.js', 'M-SEARCH', 'https://example.org/a'],
] as const)('%j is taken apart', ([args, app, method, url]) => {
  expect(parseCall(args)).toEqual({ app, method, url })
})

test.for([
  [[], 'Got no path; expected one that begins with /'],
  [['users'], 'Got "users" for the path; expected one that begins with /'],
  [['a.js', 'b.js', '/'], 'Got "b.js" besides "a.js"; expected stapel call'],
] as const)('%j is refused with exit code 2', ([args, message]) => {
  expect(() => parseCall(args)).toThrow(expect.objectContaining({ exitCode: 2 }))
  expect(() => parseCall(args)).toThrow(message)
})

test('the method is POST with a body and HEAD with -I, unless one is named', async () => {
  expect((await call(['/'])).method).toBe('GET')
  expect((await call(['/'], { data: ['a'] })).method).toBe('POST')
  expect((await call(['/'], { head: true })).method).toBe('HEAD')
  expect((await call(['/'], { request: 'PUT', data: ['a'] })).method).toBe('PUT')
  expect((await call(['DELETE', '/'], { request: 'PUT' })).method).toBe('DELETE')
})

test('data is joined, with its length and type', async () => {
  const request = await call(['/'], { data: ['a=1', 'b=2'] })
  expect(await request.text()).toBe('a=1&b=2')
  expect(request.headers.get('content-type')).toBe('application/x-www-form-urlencoded')
  expect(request.headers.get('content-length')).toBe('7')
})

test('a header field takes the place of a default one, is added to one of its name, or takes it back', async () => {
  const { headers } = await call(['/'], {
    jsonData: ['{}'],
    header: ['Accept: text/html', 'accept: text/*', 'Content-Type:', 'X-Empty;', 'X-Colon: a:b'],
  })
  expect(Object.fromEntries(headers)).toEqual({
    accept: 'text/html, text/*',
    'content-length': '2',
    'x-colon': 'a:b',
    'x-empty': '',
  })
})

test('the Host is that of the URL', async () => {
  const request = await call(['https://example.org/a'], { header: ['Host: two words'] }).catch(
    ({ message }) => message,
  )
  expect(request).toMatch(/^GET https:\/\/example\.org\/a cannot be asked: /)
  expect((await call(['/a'], { header: ['Host: example.com:8080'] })).url).toBe('http://example.com:8080/a')
})

test('a form has its parts, with awkward names quoted as browsers quote them', async () => {
  const form = ['text=a;type=text/plain', 'a"b\n=1', 'file=bytes;filename=a"b.bin;type=x/y']
  const parts = await (await call(['/'], { form })).formData()
  expect(parts.get('text')).toBe('a')
  const all = [...parts].map(([name, value]) => [name, typeof value])
  expect(all).toEqual([
    ['text', 'string'],
    ['a"b\r\n', 'string'],
    ['file', 'object'],
  ])
  const file = parts.get('file') as File
  expect([file.name, file.type, await file.text()]).toEqual(['a"b.bin', 'x/y', 'bytes'])
})

test('what fetch cannot ask is refused with its reason', async () => {
  await expect(call(['GET', '/'], { data: ['a'] })).rejects.toMatchObject({
    exitCode: 2,
    message: 'GET http://localhost/ cannot be asked: Request with GET/HEAD method cannot have body.',
  })
  await expect(call(['TRACE', '/'])).rejects.toMatchObject({ exitCode: 2 })
  await expect(call(['/'], { data: ['a'], form: ['a=1'] })).rejects.toThrow('Got a body of two kinds')
  await expect(call(['/'], { data: ['@none'] })).rejects.toThrow('The file none cannot be read.')
})

test('any arguments give a request, or one line that says why not', async () => {
  const args = fc.array(fc.oneof(fc.string(), fc.constantFrom('GET', 'app.ts', '/a', '//', 'http://[')), {
    maxLength: 4,
  })
  const field = fc.tuple(
    fc.constantFrom('Accept', 'X-Any', 'Host'),
    fc.constantFrom(':', ';'),
    fc.string({ unit: 'binary' }),
  )
  await fc.assert(
    fc.asyncProperty(args, fc.array(field.map((parts) => parts.join(''))), async (given, header) => {
      const result = await Promise.resolve()
        .then(() => call(given, { header }))
        .catch((error: unknown) => error)
      expect(result instanceof Request || result instanceof CommandError, String(result)).toBe(true)
    }),
  )
})

test('names and values of a form arrive as they were given', async () => {
  const line = (text: string): string => text.replace(/\r\n|\r|\n/g, '\r\n')
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('='))
  const value = fc.string({ unit: 'grapheme' }).filter((text) => !/^@|;/.test(text))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, value), { minLength: 1 }), async (pairs) => {
      const form = pairs.map((pair) => pair.join('='))
      const received = [...(await (await call(['/'], { form })).formData())]
      expect(received).toEqual(pairs.map(([key, text]) => [line(key), text]))
    }),
  )
})
