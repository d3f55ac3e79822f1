import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CommandError } from '../command/command-error.ts'
import { readSettings } from '../command/settings.ts'
import { type CallRequest, createCall, parseCall } from './call-request.ts'
import type { CallSettings } from './call-settings.ts'
import { acceptEncoding } from './decode-body.ts'

const nothing: AsyncIterable<Uint8Array> = (async function* () {})()

/** A request as the arguments and settings make it. */
function call(args: readonly string[], settings: Partial<CallSettings> = {}): Promise<CallRequest> {
  const defaults = readSettings({ flags: new Map(), environment: {} })
  return createCall(parseCall(args), { ...defaults, ...settings }, nothing)
}

/** Its body as text. */
async function bodyOf(settings: Partial<CallSettings>): Promise<string | undefined> {
  return (await call(['/'], settings)).body?.text()
}

/** Its body as a form. */
async function formOf(settings: Partial<CallSettings>): Promise<FormData> {
  const { headers, body } = await call(['/'], settings)
  const [, type = ''] = headers.find(([name]) => name === 'Content-Type') ?? []
  return new Response(body ?? null, { headers: { 'Content-Type': type } }).formData()
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

test('a method in small letters is the one that is meant', async () => {
  expect((await call(['/'], { request: 'get' })).method).toBe('GET')
  expect((await call(['/'], { request: 'Get' })).method).toBe('Get')
})

test('data is joined, with its length and type', async () => {
  const { body, headers } = await call(['/'], { data: ['a=1', 'b=2'], dataRaw: ['@c'] })
  expect(await body?.text()).toBe('a=1&b=2&@c')
  expect(headers).toEqual([
    ['Host', 'localhost'],
    ['Accept', '*/*'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
    ['Content-Length', '10'],
  ])
})

test('--data-urlencode encodes the value, and not the name', async () => {
  expect(await bodyOf({ dataUrlencode: ['a b&c', '=a=b', 'n ame=é', ''] })).toBe(
    'a+b%26c&a%3Db&n ame=%C3%A9&',
  )
})

test('-G adds the data to the query, and asks with GET', async () => {
  const { method, url, headers, body } = await call(['/a?b=c'], {
    get: true,
    data: ['d=e'],
    dataUrlencode: ['f= '],
  })
  expect([method, url.href, body, headers.length]).toEqual([
    'GET',
    'http://localhost/a?b=c&d=e&f=+',
    undefined,
    2,
  ])
  await expect(call(['/'], { get: true, form: ['a=1'] })).rejects.toThrow('Got -G with --json or -F')
})

test('-b sends cookies, -u credentials, and a header field goes before both', async () => {
  const { headers } = await call(['/'], { cookie: ['a=1', 'b=2; c=3'], user: 'ada:é' })
  expect(headers.slice(2)).toEqual([
    ['Authorization', 'Basic YWRhOsOp'],
    ['Cookie', 'a=1; b=2; c=3'],
  ])
  const own = await call(['/'], { user: 'ada:secret', header: ['authorization: Bearer x'] })
  expect(own.headers.slice(2)).toEqual([['authorization', 'Bearer x']])
})

test('-A, -r and --compressed send their fields', async () => {
  const { headers } = await call(['/'], { userAgent: 'me/1', range: '0-4', compressed: true })
  expect(headers.slice(2)).toEqual([
    ['User-Agent', 'me/1'],
    ['Range', 'bytes=0-4'],
    ['Accept-Encoding', acceptEncoding()],
  ])
  expect((await call(['/'], { userAgent: '' })).headers).toHaveLength(2)
})

test('a header field takes the place of a default one, is added to one of its name, or takes it back', async () => {
  const { headers } = await call(['/'], {
    jsonData: ['{}'],
    header: [
      'Accept: text/html',
      'accept: text/*',
      'Content-Type:',
      'X-Empty;',
      'X-Colon: a:b',
      'host: example.org',
    ],
  })
  expect(headers).toEqual([
    ['Content-Length', '2'],
    ['Accept', 'text/html'],
    ['accept', 'text/*'],
    ['X-Empty', ''],
    ['X-Colon', 'a:b'],
    ['host', 'example.org'],
  ])
})

// RFC 9112 section 6.2
test('a body that is to be chunked has no length', async () => {
  const { headers } = await call(['/'], { data: ['a'], header: ['Transfer-Encoding: chunked'] })
  expect(headers.map(([name]) => name)).not.toContain('Content-Length')
})

test('a form has its parts, with awkward names quoted as browsers quote them', async () => {
  const form = ['text=a;type=text/plain', 'a"b\n=1', 'file=bytes;filename=a"b.bin;type=x/y']
  const parts = await formOf({ form })
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

test('a file of a form has the type that its name says, unless it is given', async () => {
  const typeOf = async (part: string): Promise<string> =>
    ((await formOf({ form: [part] })).get('a') as File).type
  const file = `a=@${import.meta.filename}`
  expect(await typeOf(file)).toBe('application/octet-stream')
  expect(await typeOf(`${file};filename=A.TXT`)).toBe('text/plain')
  expect(await typeOf(`${file};filename=a.png;type=x/y`)).toBe('x/y')
})

test('a body that cannot be had is refused with its reason', async () => {
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
      expect(
        result instanceof CommandError || (result as CallRequest).url instanceof URL,
        String(result),
      ).toBe(true)
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
      const received = [...(await formOf({ form }))]
      expect(received).toEqual(pairs.map(([key, text]) => [line(key), text]))
    }),
  )
})
