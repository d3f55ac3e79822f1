import { setImmediate as turn } from 'node:timers/promises'
import * as zlib from 'node:zlib'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import {
  type Application,
  type Chunk,
  NotFound,
  onError,
  outline,
  ProtocolError,
  stack,
  validate,
} from '@stapel/core'
import { applicationShapes, Client, type ClientAnswer, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { type CompressOptions, compress, isCompressibleType } from './compress.ts'

const gzip = { headers: { 'Accept-Encoding': 'gzip' } }
const page = 'All work and no play makes Jack a dull boy. '.repeat(100)

function unzip(answer: ClientAnswer): string {
  return gunzipSync(answer.bytes()).toString()
}

/** An application that answers with one text. */
function text(
  body: string | Uint8Array,
  headers: [string, string][] = [],
  status = '200 OK' as const,
): Application {
  return (_environ, startResponse) => {
    startResponse(status, [['Content-Type', 'text/plain; charset=utf-8'], ...headers])
    return body
  }
}

describe('over every application shape', () => {
  test.each(applicationShapes)('compresses $name', async ({ make }) => {
    const inner = make({
      status: '201 Created',
      headers: [
        ['Content-Type', 'text/html'],
        ['ETag', '"a"'],
      ],
      chunks: [page, new TextEncoder().encode('ä€'), page],
    })
    const answer = await new Client(stack(validate(inner), compress())).get('/', gzip)
    expect(answer.status).toBe(201)
    expect(answer.headers.get('Content-Encoding')).toBe('gzip')
    expect(answer.headers.get('Vary')).toBe('Accept-Encoding')
    expect(answer.headers.get('ETag')).toBe('W/"a"')
    expect(unzip(answer)).toBe(`${page}ä€${page}`)
    expect(answer.errors).toBe('')
  })

  test.each(applicationShapes)('leaves $name alone for a client that takes no coding', async ({ make }) => {
    const inner = make({
      status: '200 OK',
      headers: [
        ['Content-Type', 'text/html'],
        ['ETag', '"a"'],
      ],
      chunks: [page, 'end'],
    })
    const answer = await new Client(stack(validate(inner), compress())).get('/')
    expect(answer.headers.has('Content-Encoding')).toBe(false)
    expect(answer.headers.get('Vary')).toBe('Accept-Encoding')
    expect(answer.headers.get('ETag')).toBe('"a"')
    expect(answer.text()).toBe(`${page}end`)
  })

  test.each(applicationShapes)('leaves an image from $name alone', async ({ make }) => {
    const inner = make({
      status: '200 OK',
      headers: [['Content-Type', 'image/png']],
      chunks: [page, 'end'],
    })
    const answer = await new Client(stack(validate(inner), compress())).get('/', gzip)
    expect(answer.headers.has('Content-Encoding')).toBe(false)
    expect(answer.headers.has('Vary')).toBe(false)
    expect(answer.text()).toBe(`${page}end`)
  })

  test.each(applicationShapes)('gives HEAD the headers of GET for $name', async ({ make }) => {
    const inner = make({
      status: '200 OK',
      headers: [
        ['Content-Type', 'text/html'],
        ['Content-Length', String(page.length)],
        ['ETag', '"a"'],
      ],
      chunks: [page],
    })
    const answer = await new Client(stack(validate(inner), compress())).head('/', gzip)
    expect(answer.headers.get('Content-Encoding')).toBe('gzip')
    expect(answer.headers.get('ETag')).toBe('W/"a"')
    expect(answer.headers.get('Vary')).toBe('Accept-Encoding')
    expect(answer.headers.has('Content-Length')).toBe(false)
    expect(answer.bytes()).toHaveLength(0)
  })
})

describe('chooses', () => {
  test.each([
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['br, deflate, gzip;q=0.1', 'gzip'],
    ['*', 'gzip'],
    ['gzip, identity', 'gzip'],
    ['identity;q=0.5, gzip;q=0.5', 'gzip'],
    ['*;q=0, gzip', 'gzip'],
    ['gzip;q=0', null],
    ['gzip;q=0.0', null],
    ['gzip;q=0, *', null],
    ['*;q=0', null],
    ['identity;q=0', null],
    ['identity, gzip;q=0.5', null],
    ['identity', null],
    ['br, deflate', null],
    ['xgzip', null],
    ['gzip;q=2', null],
    ['', null],
  ])('for %j the coding %s of gzip alone', async (header, coding) => {
    const answer = await new Client(compress({ codings: ['gzip'] })(text(page))).get('/', {
      headers: { 'Accept-Encoding': header },
    })
    expect(answer.headers.get('Content-Encoding')).toBe(coding)
    expect(answer.headers.get('Vary')).toBe('Accept-Encoding')
    expect(coding === null ? answer.text() : unzip(answer)).toBe(page)
  })

  // robustness.md Z5
  test.each([
    ['gzip, deflate, br', 'br'],
    ['*', 'br'],
    ['x-gzip', 'gzip'],
    ['br;q=0.5, gzip;q=0.8, deflate;q=0.7', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['deflate', 'deflate'],
    ['identity;q=0.5, *;q=0', null],
    ['identity;q=0, compress', null],
    ['*;q=0, identity;q=0', null],
  ])('for %j the coding %s', async (header, coding) => {
    const app = compress({ codings: ['br', 'gzip', 'deflate'] })(text(page))
    const answer = await new Client(app).get('/', { headers: { 'Accept-Encoding': header } })
    expect([answer.status, answer.headers.get('Content-Encoding')]).toEqual([200, coding])
    expect(answer.headers.get('Vary')).toBe('Accept-Encoding')
  })

  test('what the option codings names first', async () => {
    const all = { headers: { 'Accept-Encoding': 'gzip, deflate, br, zstd' } }
    const first = await new Client(compress({ codings: ['deflate', 'gzip'] })(text(page))).get('/', all)
    expect(first.headers.get('Content-Encoding')).toBe('deflate')
    const own = await new Client(compress()(text(page))).get('/', all)
    expect(own.headers.get('Content-Encoding')).toBe('createZstdCompress' in zlib ? 'zstd' : 'br')
  })
})

describe('leaves alone', () => {
  test.each([
    ['a Content-Encoding that is there already', [['Content-Encoding', 'br']]],
    ['no-transform', [['Cache-Control', 'max-age=60, no-transform']]],
    ['a digest of the content', [['Content-Digest', 'sha-256=:AAAA:']]],
    ['a digest of the representation', [['Repr-Digest', 'sha-256=:AAAA:']]],
  ] as [string, [string, string][]][])('%s', async (_name, headers) => {
    const answer = await new Client(compress()(text(page, headers))).get('/', gzip)
    expect(answer.text()).toBe(page)
    expect(answer.headers.has('Vary')).toBe(false)
    expect(answer.headers.get(headers[0]?.[0] ?? '')).toBe(headers[0]?.[1])
  })

  test.each(['204 No Content', '205 Reset Content'] as const)('a %s', async (status) => {
    const app: Application = (_environ, startResponse) => {
      startResponse(status, [['ETag', '"a"']])
      return ''
    }
    const answer = await new Client(compress()(app)).get('/', gzip)
    expect([...answer.headers].map(([name, value]) => `${name.toLowerCase()}: ${value}`)).toEqual([
      'etag: "a"',
    ])
  })

  // RFC 9110 section 15.4.5
  test('a 304, but says that the whole may vary', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('304 Not Modified', [['ETag', '"a"']])
      return ''
    }
    for (const headers of [gzip.headers, {}]) {
      const answer = await new Client(compress()(app)).get('/', { headers })
      expect([...answer.headers]).toEqual([
        ['etag', '"a"'],
        ['vary', 'Accept-Encoding'],
      ])
    }
  })

  test('a range, but says that the whole varies', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('206 Partial Content', [
        ['Content-Type', 'text/plain'],
        ['Content-Range', 'bytes 0-9/5000'],
        ['Content-Length', '10'],
      ])
      return page.slice(0, 10)
    }
    const answer = await new Client(compress()(app)).get('/', gzip)
    expect(answer.text()).toBe(page.slice(0, 10))
    expect(answer.headers.get('Vary')).toBe('Accept-Encoding')
  })

  test('a body below the threshold', async () => {
    const answer = await new Client(compress()(text('a'.repeat(1023)))).get('/', gzip)
    expect(answer.headers.has('Content-Encoding')).toBe(false)
    expect(answer.text()).toHaveLength(1023)
  })

  test('a Content-Length below the threshold, without asking caches to tell clients apart', async () => {
    const answer = await new Client(compress()(text('short', [['Content-Length', '5']]))).get('/', gzip)
    expect(answer.text()).toBe('short')
    expect(answer.headers.has('Vary')).toBe(false)
  })

  test('an answer without a Content-Type', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      return page
    }
    const answer = await new Client(compress()(app)).get('/', gzip)
    expect(answer.text()).toBe(page)
  })

  test('an empty body, even with a threshold of 0', async () => {
    const answer = await new Client(compress({ threshold: 0 })(text(''))).get('/', gzip)
    expect(answer.headers.has('Content-Encoding')).toBe(false)
    expect(answer.bytes()).toHaveLength(0)
  })

  test('a body that is not as long as its Content-Length', async () => {
    const app = compress()(text(page, [['Content-Length', String(page.length + 1)]]))
    // The gateway finds the fault (clause 4.5), which compression would have covered up.
    await expect(new Client(app).get('/', gzip)).rejects.toThrow('4.5')
  })
})

describe('the headers', () => {
  test('lose what is true of the plain bytes only', async () => {
    const app = compress()(
      text(page, [
        ['Content-Length', String(page.length)],
        ['Accept-Ranges', 'bytes'],
        ['ETag', 'W/"a"'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ]),
    )
    const answer = await new Client(app).get('/', gzip)
    expect(answer.headers.has('Accept-Ranges')).toBe(false)
    expect(answer.headers.get('ETag')).toBe('W/"a"')
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(unzip(answer)).toBe(page)
  })

  test.each([
    ['Origin', 'Origin, Accept-Encoding'],
    ['accept-encoding', 'accept-encoding'],
    ['Origin, Accept-Encoding', 'Origin, Accept-Encoding'],
    ['*', '*'],
    ['X-Accept-Encoding', 'X-Accept-Encoding, Accept-Encoding'],
  ])('merge Vary: %s into %s', async (before, after) => {
    const client = new Client(compress()(text(page, [['Vary', before]])))
    expect((await client.get('/', gzip)).headers.get('Vary')).toBe(after)
    expect((await client.get('/')).headers.get('Vary')).toBe(after)
  })

  test('that an application shares between its answers stay as they are', async () => {
    const shared: [string, string][] = [['Content-Type', 'text/plain']]
    const client = new Client(
      compress()((_environ, startResponse) => {
        startResponse('200 OK', shared)
        return page
      }),
    )
    await client.get('/', gzip)
    await client.get('/')
    expect(shared).toEqual([['Content-Type', 'text/plain']])
  })

  test('of the answer to HEAD without a body are those of GET', async () => {
    const app = compress()(text('', [['Content-Length', '5000']]))
    const answer = await new Client(app).head('/', gzip)
    expect(answer.headers.get('Content-Encoding')).toBe('gzip')
    expect(answer.headers.has('Content-Length')).toBe(false)
  })

  test('of the answer to HEAD stay when nobody knows what GET would give', async () => {
    const answer = await new Client(compress()(text(''))).head('/', gzip)
    expect(answer.headers.has('Content-Encoding')).toBe(false)
    expect(answer.headers.get('Vary')).toBe('Accept-Encoding')
  })
})

describe('the way', () => {
  test('is synchronous for a small body of a synchronous application', () => {
    const body = compress()(text(page))(createEnviron('/', gzip), () => () => {})
    expect(body).toBeInstanceOf(Uint8Array)
  })

  test.each([4096, 65_536, 65_537, 1_048_576, 1_048_577, 3_000_000])('fits %i bytes', async (size) => {
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * i) >> 7)
    const client = new Client(compress()(text(bytes)))
    expect(gunzipSync((await client.get('/', gzip)).bytes()).equals(bytes)).toBe(true)
  })

  test('calls through without a promise and without Vary for what is not compressible', () => {
    const body: Chunk[] = ['a']
    const app = compress()((_environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'image/png']])
      return body
    })
    expect(app(createEnviron('/', gzip), () => () => {})).toBe(body)
  })

  test('does not touch the body of an async application that is not compressible', async () => {
    const file = {
      // A gateway that knows such bodies sends them in a way of its own.
      [Symbol.asyncIterator](): AsyncIterator<Chunk> {
        throw new Error('The body was iterated.')
      },
    }
    const app = compress()(async (_environ, startResponse) => {
      await turn()
      startResponse('200 OK', [['Content-Type', 'video/mp4']])
      return file
    })
    expect(await app(createEnviron('/', gzip), () => () => {})).toBe(file)
  })

  test('gives the same bytes for the same body', async () => {
    const client = new Client(compress()(text(page)))
    const [first, second] = [await client.get('/', gzip), await client.get('/', gzip)]
    expect(first?.bytes()).toEqual(second?.bytes())
  })
})

describe('errors', () => {
  test('before the first chunk reach the caller', async () => {
    const app = compress()(() => {
      throw new Error('early')
    })
    await expect(new Client(app).get('/', gzip)).rejects.toThrow('early')
  })

  test('after the first chunk break the answer off', async () => {
    const app = compress()(async function* (_environ, startResponse) {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      yield page
      throw new Error('late')
    })
    await expect(new Client(app).get('/', gzip)).rejects.toThrow('late')
  })

  test('are thrown for a stream that ends before its Content-Length', async () => {
    const app = compress()(function* (_environ, startResponse) {
      startResponse('200 OK', [
        ['Content-Type', 'text/plain'],
        ['Content-Length', '5000'],
      ])
      yield page
    })
    await expect(new Client(app).get('/', gzip)).rejects.toThrow(ProtocolError)
  })

  test('of startResponse give the body up', async () => {
    let closed = 0
    const app = compress()((_environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      return {
        *[Symbol.iterator]() {
          yield page
        },
        close() {
          closed++
        },
      }
    })
    const failing = () => {
      throw new Error('outer')
    }
    expect(() => app(createEnviron('/', gzip), failing)).toThrow('outer')
    await turn()
    expect(closed).toBe(1)
  })
})

test('closes a list that has close() once it is compressed', async () => {
  let closed = 0
  const app = compress()((_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return Object.assign([page], {
      close() {
        closed++
      },
    })
  })
  expect(unzip(await new Client(app).get('/', gzip))).toBe(page)
  expect(closed).toBe(1)
})

test('compresses what the option compressible wants', async () => {
  const app: Application = (environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', environ.QUERY_STRING]])
    return page
  }
  const compressible = (type: string): boolean => type !== 'text/event-stream' && isCompressibleType(type)
  const client = new Client(compress({ compressible })(app))
  expect((await client.get('/?text/event-stream', gzip)).headers.has('Content-Encoding')).toBe(false)
  expect((await client.get('/?TEXT/PLAIN;charset=utf-8', gzip)).headers.get('Content-Encoding')).toBe('gzip')
})

describe('the level', () => {
  const words = Array.from({ length: 5000 }, (_, i) => `${(i * 7919) % 1009}`).join(' ')

  async function sizeWith(level: CompressOptions['level'], coding: string): Promise<number> {
    const client = new Client(compress({ ...(level === undefined ? {} : { level }) })(text(words)))
    return (await client.get('/', { headers: { 'Accept-Encoding': coding } })).bytes().byteLength
  }

  test('makes smaller answers when it is higher', async () => {
    expect(await sizeWith(9, 'gzip')).toBeLessThan(await sizeWith(1, 'gzip'))
    expect(await sizeWith(9, 'br')).toBeLessThan(await sizeWith(1, 'br'))
  })

  test('may be another for each coding', async () => {
    const level = { gzip: 1, br: 9 }
    expect(await sizeWith(level, 'gzip')).toBe(await sizeWith(1, 'gzip'))
    expect(await sizeWith(level, 'br')).toBe(await sizeWith(9, 'br'))
    expect(await sizeWith(level, 'deflate')).toBe(await sizeWith(undefined, 'deflate'))
  })
})

test('leaves alone what the option except names, without asking caches to tell clients apart', async () => {
  const app = compress({ except: ({ PATH_INFO }) => PATH_INFO === '/secret' })(text(page))
  const answer = await new Client(app).get('/secret', gzip)
  expect([answer.text(), answer.headers.has('Content-Encoding'), answer.headers.has('Vary')]).toEqual([
    page,
    false,
    false,
  ])
  expect((await new Client(app).get('/', gzip)).headers.get('Content-Encoding')).toBe('gzip')
})

// robustness.md Z6
test('changes the answer of an application that calls writeHead before anything else is known', async () => {
  const { fromNode } = await import('@stapel/core/node')
  const app = compress()(
    fromNode((_req, res) => {
      res.writeHead(200, ['Content-Type', 'text/plain', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'])
      res.end(page)
    }),
  )
  const answer = await new Client(app).get('/', { headers: { 'Accept-Encoding': 'br' } })
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(brotliDecompressSync(answer.bytes()).toString()).toBe(page)
})

test('has its name in an outline', () => {
  const app = stack(function hello(_environ, startResponse) {
    startResponse('200 OK', [])
    return ''
  }, compress())
  expect(String(outline(app))).toBe('compress\n  hello')
})

test.each([10, 10_000])(
  'tells layers outside which error an answer of %i characters stands for',
  async (size) => {
    const app: Application = (environ, startResponse) =>
      new NotFound('x'.repeat(size)).respond(environ, startResponse)
    const shout = onError(({ status }) => new NotFound(`my own ${status}`))
    const answer = await new Client(stack(app, shout, validate, compress())).get('/', gzip)
    expect(answer.headers.has('content-encoding')).toBe(false)
    expect(answer.text()).toContain('my own 404')
  },
)
