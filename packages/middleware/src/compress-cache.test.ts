import { open } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import {
  type Application,
  type Body,
  type Environ,
  FilePieces,
  type HeaderList,
  type OpenFile,
  stack,
  validate,
} from '@stapel/core'
import { serve } from '@stapel/core/node'
import { Client, type ClientAnswer, type ClientRequestInit } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { decode } from './compress.test-support.ts'
import { type CompressOptions, compress } from './compress.ts'
import { CACHE_KEY_LIMIT, CompressCache, cacheKeyOf } from './compress-cache.ts'
import { etag } from './etag.ts'

const page = 'All work and no play makes Jack a dull boy. '.repeat(100)
const other = 'Much work and some play makes Jill a bright girl. '.repeat(100)

/** An application whose content can be exchanged under the same tag, by which it shows whether the cache answered. */
function exchangeable(headers: HeaderList = []): { app: Application; state: { content: Body } } {
  const state: { content: Body } = { content: page }
  const app: Application = (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain'], ['ETag', '"v1"'], ...headers])
    return state.content
  }
  return { app: validate(app), state }
}

function clientOf(app: Application, options: CompressOptions = {}): Client {
  return new Client(compress({ cache: {}, ...options })(app), { headers: { 'Accept-Encoding': 'gzip' } })
}

function read(answer: ClientAnswer): string {
  return answer.headers.get('Content-Encoding') === 'gzip'
    ? decode('gzip', answer.bytes()).toString()
    : answer.text()
}

/** What the second request gets, after the content was exchanged: `kept` is what the first got. */
async function second(
  headers: HeaderList,
  first: ClientRequestInit & { path?: string } = {},
  then: ClientRequestInit & { path?: string } = first,
): Promise<'kept' | 'made anew'> {
  const { app, state } = exchangeable(headers)
  const client = clientOf(app)
  const { path = '/a?b', ...init } = first
  expect(read(await client.get(path, init))).toBe(page)
  state.content = other
  const { path: nextPath = '/a?b', ...nextInit } = then
  const answer = read(await client.get(nextPath, nextInit))
  if (answer === page) return 'kept'
  expect(answer).toBe(other)
  return 'made anew'
}

describe('is kept', () => {
  test.each([
    ['an answer with a tag', [], {}],
    ['what may be stored for a while', [['Cache-Control', 'max-age=60']], {}],
    ['what varies by the coding alone', [['Vary', 'accept-encoding']], {}],
    [
      'what is public, to a request with Authorization',
      [['Cache-Control', 'public']],
      { Authorization: 'a' },
    ],
    [
      'what is public, to a request with a cookie',
      [['Cache-Control', 'max-age=1, public']],
      { Cookie: 'a=1' },
    ],
    ['what shared caches may store', [['Cache-Control', 's-maxage=5']], { Authorization: 'a' }],
  ] as [string, HeaderList, Record<string, string>][])('%s', async (_name, headers, request) => {
    expect(await second(headers, { headers: request })).toBe('kept')
  })

  test('with the headers of the answer at hand', async () => {
    let count = 0
    const client = clientOf((_environ, startResponse) => {
      startResponse('200 OK', [
        ['Content-Type', 'text/plain'],
        ['ETag', '"v1"'],
        ['X-Count', String(++count)],
      ])
      return page
    })
    const answers = [await client.get('/'), await client.get('/')]
    expect(answers.map(({ headers }) => headers.get('X-Count'))).toEqual(['1', '2'])
    expect(answers.map(({ headers }) => headers.get('ETag'))).toEqual(['W/"v1"', 'W/"v1"'])
    expect(answers.map(read)).toEqual([page, page])
  })
})

describe('is not kept', () => {
  test.each([
    ['what sets a cookie', [['Set-Cookie', 'a=1']], {}],
    ['what is private', [['Cache-Control', 'private']], {}],
    ['what is private in part', [['Cache-Control', 'private="X-Name"']], {}],
    ['what is not to be stored', [['Cache-Control', 'no-store']], {}],
    [
      'what is private after all',
      [
        ['Cache-Control', 'public'],
        ['Cache-Control', 'private'],
      ],
      {},
    ],
    ['what varies by the language', [['Vary', 'Accept-Encoding, Accept-Language']], {}],
    ['what varies by anything', [['Vary', '*']], {}],
    ['an answer to a request with Authorization', [], { Authorization: 'Basic YTpi' }],
    ['an answer to a request with a cookie', [], { Cookie: 'session=1' }],
  ] as [string, HeaderList, Record<string, string>][])('%s', async (_name, headers, request) => {
    expect(await second(headers, { headers: request })).toBe('made anew')
  })

  test('what has no tag', async () => {
    const state = { content: page }
    const client = clientOf((_environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      return state.content
    })
    expect(read(await client.get('/'))).toBe(page)
    state.content = other
    expect(read(await client.get('/'))).toBe(other)
  })

  test('an answer of another status than 200', async () => {
    const state = { content: page }
    const client = clientOf((_environ, startResponse) => {
      startResponse('404 Not Found', [
        ['Content-Type', 'text/plain'],
        ['ETag', '"v1"'],
      ])
      return state.content
    })
    expect(read(await client.get('/'))).toBe(page)
    state.content = other
    expect(read(await client.get('/'))).toBe(other)
  })

  test.each([
    ['another query', { path: '/a?c' }],
    ['another path', { path: '/ab' }],
    ['another host', { headers: { Host: 'other.example' } }],
    ['another coding', { headers: { 'Accept-Encoding': 'deflate' } }],
  ])('for %s', async (_name, then) => {
    const { app, state } = exchangeable()
    const client = clientOf(app)
    await client.get('/a?b')
    state.content = other
    const { path = '/a?b', ...init } = then as ClientRequestInit & { path?: string }
    const answer = await client.get(path, init)
    const coding = answer.headers.get('Content-Encoding') as 'gzip'
    expect(decode(coding, answer.bytes()).toString()).toBe(other)
  })

  test('under one key what only looks alike when it is put together', () => {
    const environ = {
      SCRIPT_NAME: '',
      PATH_INFO: '/a',
      QUERY_STRING: '',
      'wsgi.url_scheme': 'http',
    } as Environ
    const keys = [
      cacheKeyOf({ ...environ, HTTP_HOST: 'a' }, [['ETag', '"b"']], 'gzip'),
      cacheKeyOf({ ...environ, HTTP_HOST: '' }, [['ETag', '"b"']], 'gzip'),
      cacheKeyOf({ ...environ, PATH_INFO: '', HTTP_HOST: 'a/a' }, [['ETag', '"b"']], 'gzip'),
      cacheKeyOf({ ...environ, HTTP_HOST: 'a', 'wsgi.url_scheme': 'https' }, [['ETag', '"b"']], 'gzip'),
      cacheKeyOf({ ...environ, HTTP_HOST: 'a' }, [['ETag', 'W/"b"']], 'gzip'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('what has a longer URL than the limit', () => {
    const environ = { SCRIPT_NAME: '', QUERY_STRING: '', 'wsgi.url_scheme': 'http' } as Environ
    const keyOf = (length: number) =>
      cacheKeyOf({ ...environ, PATH_INFO: `/${'a'.repeat(length)}` }, [['ETag', '"b"']], 'gzip')
    expect(keyOf(100)).toBeDefined()
    expect(keyOf(CACHE_KEY_LIMIT)).toBeUndefined()
  })
})

describe('a file', () => {
  function fileOf(content: Uint8Array): { file: OpenFile; state: { reads: number; closed: number } } {
    const state = { reads: 0, closed: 0 }
    const file: OpenFile = {
      async read(buffer, offset, length, position) {
        state.reads++
        await turn()
        const part = content.subarray(position, position + length)
        buffer.set(part, offset)
        return { bytesRead: part.byteLength }
      },
      async close() {
        state.closed++
      },
    }
    return { file, state }
  }

  function filesOf(content: Uint8Array, length = content.byteLength) {
    const opened: { reads: number; closed: number }[] = []
    const app: Application = (_environ, startResponse) => {
      const { file, state } = fileOf(content)
      opened.push(state)
      startResponse('200 OK', [
        ['Content-Type', 'text/plain'],
        ['Content-Length', String(length)],
        ['ETag', '"v1"'],
      ])
      return new FilePieces(file, [{ first: 0, last: length - 1 }])
    }
    return { app, opened }
  }

  const content = new TextEncoder().encode(page.repeat(40))

  test('of the file wrapper of a gateway is kept, too', async () => {
    let opened = 0
    const app: Application = async (environ, startResponse) => {
      opened++
      const file = await open(new URL(import.meta.url))
      const { size } = await file.stat()
      startResponse('200 OK', [
        ['Content-Type', environ.PATH_INFO === '/image' ? 'image/png' : 'text/plain'],
        ['Content-Length', String(size)],
        ['ETag', '"v1"'],
      ])
      const body = environ['wsgi.file_wrapper']?.(file)
      if (body === undefined) throw new Error('There is no file wrapper.')
      return body
    }
    const running = await serve(stack(app, compress({ cache: {} })), { port: 0 })
    try {
      const texts: string[] = []
      for (const path of ['/', '/', '/image']) {
        const answer = await fetch(new URL(path, running.url), { headers: { 'Accept-Encoding': 'gzip' } })
        texts.push(`${answer.headers.get('Content-Encoding')} ${answer.headers.has('Content-Length')}`)
        expect(await answer.text()).toContain('of the file wrapper of a gateway')
      }
      // Only what was compressed in one go has a length, or was not compressed.
      expect(texts).toEqual(['gzip true', 'gzip true', 'null true'])
      expect(opened).toBe(3)
    } finally {
      await running.close()
    }
  })

  test('is read once, and its later bodies are only closed', async () => {
    const { app, opened } = filesOf(content)
    const client = clientOf(app)
    for (let i = 0; i < 3; i++) expect(read(await client.get('/'))).toBe(page.repeat(40))
    expect(opened.map(({ reads }) => reads > 0)).toEqual([true, false, false])
    expect(opened.map(({ closed }) => closed)).toEqual([1, 1, 1])
  })

  test('is compressed once for all who ask at the same time', async () => {
    const { app, opened } = filesOf(content)
    const client = clientOf(app)
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.get('/')))
    expect(new Set(answers.map(read))).toEqual(new Set([page.repeat(40)]))
    expect(opened.filter(({ reads }) => reads > 0)).toHaveLength(1)
    expect(opened.map(({ closed }) => closed)).toEqual(Array(10).fill(1))
  })

  test('that breaks under one breaks only that answer', async () => {
    const { app } = filesOf(content)
    let count = 0
    const client = clientOf((environ, startResponse) => {
      if (count++ > 0) return app(environ, startResponse)
      const shrunk = filesOf(content.subarray(0, 70_000), content.byteLength)
      return shrunk.app(environ, startResponse)
    })
    const [broken, whole] = await Promise.allSettled([client.get('/'), client.get('/')])
    expect(broken?.status).toBe('rejected')
    expect(whole?.status === 'fulfilled' && read(whole.value)).toBe(page.repeat(40))
    expect(read(await client.get('/'))).toBe(page.repeat(40))
  })

  test('above 1 MiB is sent as it is compressed', async () => {
    const large = new Uint8Array(1_048_577).fill(97)
    const { app, opened } = filesOf(large)
    const client = clientOf(app)
    for (let i = 0; i < 2; i++) expect(read(await client.get('/'))).toHaveLength(large.byteLength)
    expect(opened.every(({ reads }) => reads > 0)).toBe(true)
  })
})

test('a stream is not kept, and not read ahead', async () => {
  let calls = 0
  const client = clientOf(async function* (_environ, startResponse) {
    calls++
    startResponse('200 OK', [
      ['Content-Type', 'text/plain'],
      ['Content-Length', String(page.length)],
      ['ETag', '"v1"'],
    ])
    yield page
  })
  for (let i = 0; i < 2; i++) expect(read(await client.get('/'))).toBe(page)
  expect(calls).toBe(2)
})

test('lists and what takes the thread pool are kept, and closed each time', async () => {
  let closed = 0
  const large = page.repeat(50)
  const client = clientOf((_environ, startResponse) => {
    startResponse('200 OK', [
      ['Content-Type', 'text/plain'],
      ['ETag', '"v1"'],
    ])
    return Object.assign([large, 'end'], { close: () => void closed++ })
  })
  const answers = await Promise.all([client.get('/'), client.get('/'), client.get('/')])
  answers.push(await client.get('/'))
  expect(new Set(answers.map(read))).toEqual(new Set([`${large}end`]))
  expect(closed).toBe(4)
})

test('the tags of etag() serve it, with 304 for who has the content', async () => {
  const app = stack(
    (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      return page
    },
    compress({ cache: {} }),
    etag(),
  )
  const client = new Client(app, { headers: { 'Accept-Encoding': 'gzip' } })
  const tag = (await client.get('/')).headers.get('ETag') ?? ''
  expect(read(await client.get('/'))).toBe(page)
  expect((await client.get('/', { headers: { 'If-None-Match': tag } })).status).toBe(304)
})

describe('the bounds', () => {
  const content = (size: number) => new Uint8Array(size)

  test('hold for bytes, keys among them, and for entries', () => {
    const cache = new CompressCache({ maxBytes: 10_000, maxEntries: 5 })
    for (let i = 0; i < 100; i++) {
      cache.keep(`key${i}`, content(900))
      expect(cache.bytes).toBeLessThanOrEqual(10_000)
    }
    expect(cache.bytes).toBe(5 * (900 + 5))
  })

  test('leave out what takes more than an eighth', () => {
    const cache = new CompressCache({ maxBytes: 8000 })
    cache.keep('large', content(1000))
    expect(cache.get('large')).toBeUndefined()
    cache.keep('small', content(995))
    expect(cache.get('small')?.byteLength).toBe(995)
  })

  test('are those of what is held: the buffer behind is not kept', () => {
    const cache = new CompressCache()
    const view = content(16_384).subarray(0, 100)
    cache.keep('view', view)
    expect(cache.get('view')?.buffer.byteLength).toBe(100)
  })

  test('keep what is asked for again while others ask for everything once', () => {
    const cache = new CompressCache({ maxBytes: 100_000, maxEntries: 10 })
    cache.keep('wanted', content(100))
    for (let i = 0; i < 1000; i++) {
      cache.keep(`scan${i}`, content(100))
      if (i % 5 === 0) expect(cache.get('wanted')).toBeDefined()
    }
  })
})
