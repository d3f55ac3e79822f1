import * as zlib from 'node:zlib'
import { gzipSync, type ZlibOptions } from 'node:zlib'
import { type Application, outline, stack, validate } from '@stapel/core'
import { Client, type ClientAnswer, type ClientRequestInit, createEnviron } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bodyLimit } from './body-limit.ts'
import { present } from './compress.test-support.ts'
import { type CodingName, createCodings } from './compress-codings.ts'
import { type DecompressOptions, decompress, RATIO_GRACE } from './decompress.ts'

const text = 'All work and no play makes Jack a dull boy. '.repeat(500)

/** Reads all by `stapel.context.read` and gives it back. */
const echo: Application = async (environ, startResponse) => {
  const body = await environ['stapel.context'].read({ limit: Number.POSITIVE_INFINITY })
  startResponse('200 OK', [['Content-Type', 'application/octet-stream']])
  return body
}

/** Reads chunk by chunk and gives it back. */
const echoChunks: Application = async (environ, startResponse) => {
  const chunks: Uint8Array[] = []
  for await (const chunk of environ['wsgi.input']) chunks.push(chunk)
  startResponse('200 OK', [['Content-Type', 'application/octet-stream']])
  return chunks
}

const ways = [
  ['stapel.context.read', echo],
  ['wsgi.input', echoChunks],
] as const

function encode(name: CodingName, content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return (createCodings([name])[0] as { encodeSync(bytes: Uint8Array): Uint8Array }).encodeSync(bytes)
}

function post(
  app: Application,
  coding: string,
  body: ClientRequestInit['body'],
  options: DecompressOptions = {},
): Promise<ClientAnswer> {
  const client = new Client(decompress(options)(validate(app)))
  return client.post('/', { body: body as Uint8Array, headers: { 'Content-Encoding': coding } })
}

/** A body that comes in chunks of a size. */
async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size)
}

describe.each(ways)('by %s', (_way, app) => {
  test.each(present)('a body in %s is what was meant', async (name) => {
    const answer = await post(app, name, encode(name, text))
    expect([answer.status, answer.text()]).toEqual([200, text])
  })

  test.each(present)('a body in %s comes in single bytes', async (name) => {
    const answer = await post(app, name, inChunks(encode(name, text), 1))
    expect(answer.text()).toBe(text)
  })

  test.each(present)('a body in %s is larger than all buffers', async (name) => {
    const large = new Uint8Array(3_000_000)
    for (let i = 0; i < large.length; i++) large[i] = (Math.imul(i, 2_654_435_761) >>> 13) & 255
    const answer = await post(app, name, inChunks(encode(name, large), 50_000))
    expect(Buffer.compare(answer.bytes(), large)).toBe(0)
  })

  test('two codings are undone in the order of which they were not applied', async () => {
    const answer = await post(app, 'gzip, br', encode('br', encode('gzip', text)))
    expect(answer.text()).toBe(text)
  })

  test.each(present)('a body in %s that is cut off is 400', async (name) => {
    const encoded = encode(name, text)
    for (const length of [1, 5, encoded.length >> 1, encoded.length - 1]) {
      const answer = await post(app, name, encoded.subarray(0, length))
      expect(answer.status).toBe(400)
    }
  })

  test.each(present)('a body in %s that is damaged is 400, without a detail', async (name) => {
    const encoded = encode(name, text)
    const damaged = Uint8Array.from(encoded, (byte, i) => (i === 4 || i === 20 ? byte ^ 0xff : byte))
    const answer = await post(app, name, Uint8Array.from([...damaged.subarray(0, 21), 255, 255, 255, 255]))
    expect(answer.status).toBe(400)
    expect(answer.text()).not.toMatch(/Z_|ERR_|ZSTD_|zlib|header check/)
    expect((await post(app, name, Buffer.from('this is plain text'))).status).toBe(400)
  })

  test.each(present)('a body in %s with something after it is 400, however it is cut', async (name) => {
    const encoded = encode(name, text)
    for (const rest of ['garbage', '\0\0\0\0\0\0\0\0\0\0']) {
      const whole = Buffer.concat([encoded, Buffer.from(rest)])
      for (const size of [whole.length, encoded.length, 1]) {
        const answer = await post(app, name, inChunks(whole, size))
        expect(answer.status).toBe(400)
      }
    }
  })

  // RFC 1952 section 2.2, RFC 8878 section 3.1
  test.each(present.filter((name) => name === 'gzip' || name === 'zstd'))(
    'two pieces of %s are one body, however they are cut',
    async (name) => {
      const both = Buffer.concat([encode(name, 'one, '), encode(name, 'two')])
      for (const size of [1, 7, 18, both.length]) {
        const answer = await post(app, name, inChunks(both, size))
        expect([answer.status, answer.text()]).toEqual([200, 'one, two'])
      }
    },
  )

  test.each(present.filter((name) => name === 'br' || name === 'deflate'))(
    'two pieces of %s are 400',
    async (name) => {
      const both = Buffer.concat([encode(name, 'one, '), encode(name, 'two')])
      expect((await post(app, name, both)).status).toBe(400)
    },
  )

  // robustness.md M9
  test.each(present)('a bomb in %s is 413 by its ratio', async (name) => {
    const bomb = encode(name, new Uint8Array(20_000_000))
    expect(bomb.byteLength).toBeLessThan(100_000)
    const answer = await post(app, name, bomb, { maxSize: 100_000_000 })
    expect(answer.status).toBe(413)
    expect(answer.text()).toContain('100 times')
    expect((await post(app, name, bomb, { maxSize: 100_000_000, maxRatio: 1e9 })).status).toBe(200)
  })

  // robustness.md M9
  test('the limit on the size counts decoded bytes', async () => {
    const encoded = encode('gzip', text)
    expect(encoded.byteLength).toBeLessThan(1000)
    expect((await post(app, 'gzip', encoded, { maxSize: text.length })).status).toBe(200)
    expect((await post(app, 'gzip', encoded, { maxSize: text.length - 1 })).status).toBe(413)
  })

  test('a bomb within a coding is 413, also where little comes out of it', async () => {
    // 20 MB of empty members, of which nothing is left in the end.
    const members = new Uint8Array(Buffer.concat(Array<Buffer>(1_000_000).fill(gzipSync(''))))
    const nested = encode('gzip', members)
    expect(nested.byteLength).toBeLessThan(100_000)
    expect((await post(app, 'gzip, gzip', nested)).status).toBe(413)
  })

  test('no bytes at all are an empty body', async () => {
    const answer = await post(app, 'gzip', inChunks(new Uint8Array(0), 1))
    expect([answer.status, answer.bytes().byteLength]).toEqual([200, 0])
  })

  test('a limit of a layer outside counts what comes over the wire', async () => {
    const outside = stack(app, bodyLimit(100), decompress())
    const headers = { 'Content-Encoding': 'gzip' }
    const body = () => inChunks(encode('gzip', text), 10)
    expect((await new Client(outside).post('/', { body: body(), headers })).status).toBe(413)
    const inside = stack(app, decompress(), bodyLimit(1000))
    expect((await new Client(inside).post('/', { body: body(), headers })).status).toBe(413)
  })
})

describe('415 with Accept-Encoding', () => {
  test.each(['compress', 'gzip, snappy', 'aws-chunked', '"gzip"', 'gzip;q=1', '*', 'constructor'])(
    'for %s',
    async (coding) => {
      let called = false
      const app: Application = (_environ, startResponse) => {
        called = true
        startResponse('200 OK', [])
        return ''
      }
      const answer = await post(app, coding, 'a')
      expect([answer.status, called]).toEqual([415, false])
      expect(answer.headers.get('Accept-Encoding')).toBe(present.join(', '))
    },
  )

  test('for more codings than are allowed', async () => {
    const three = encode('gzip', encode('gzip', encode('gzip', text)))
    expect((await post(echo, 'gzip, gzip, gzip', three)).status).toBe(415)
    expect((await post(echo, 'gzip, gzip, gzip', three, { maxCodings: 3 })).text()).toBe(text)
    const many = Array<string>(300).fill('identity').join(', ')
    expect((await post(echo, `${many}, gzip`, encode('gzip', text))).status).toBe(415)
  })

  test('for a coding that the options leave out', async () => {
    const answer = await post(echo, 'br', encode('br', text), { codings: ['gzip', 'deflate'] })
    expect([answer.status, answer.headers.get('Accept-Encoding')]).toEqual([415, 'gzip, deflate'])
  })
})

test.each(['GZIP', ' gzip ', 'x-gzip', 'identity, gzip', ', gzip,'])('%j is gzip', async (coding) => {
  expect((await post(echo, coding, encode('gzip', text))).text()).toBe(text)
})

describe('untouched are', () => {
  const environOf = (init: ClientRequestInit) => {
    let seen: unknown
    const app = decompress({ except: ({ PATH_INFO }) => PATH_INFO === '/signed' })(
      (environ, startResponse) => {
        seen = environ
        startResponse('200 OK', [])
        return ''
      },
    )
    const { environ, ...rest } = init
    const made = createEnviron((environ?.PATH_INFO as string | undefined) ?? '/', rest)
    void app(made, () => () => {})
    return [made, seen]
  }

  test.each([
    ['a request without a coding', { method: 'POST', body: 'a' }],
    ['the coding identity', { method: 'POST', body: 'a', headers: { 'Content-Encoding': 'identity' } }],
    ['a request without a body, whatever it says', { headers: { 'Content-Encoding': 'snappy' } }],
    ['a body of no bytes', { method: 'POST', body: '', headers: { 'Content-Encoding': 'gzip' } }],
    [
      'what the option except names',
      {
        method: 'POST',
        body: 'a',
        headers: { 'Content-Encoding': 'gzip' },
        environ: { PATH_INFO: '/signed' },
      },
    ],
  ] as [string, ClientRequestInit][])('%s', (_name, init) => {
    const [made, seen] = environOf(init)
    expect(seen).toBe(made)
  })
})

test('the application gets a copy of environ that says what the decoded body is', async () => {
  let seen: Record<string, unknown> = {}
  const encoded = encode('gzip', text)
  const headers = { 'Content-Encoding': 'gzip', 'Content-Type': 'text/plain' }
  const environ = createEnviron('/', { method: 'POST', body: encoded, headers })
  const before = { ...environ }
  await decompress()((inner, startResponse) => {
    seen = { ...inner }
    startResponse('200 OK', [])
    return ''
  })(environ, () => () => {})
  expect(environ).toEqual(before)
  expect('CONTENT_LENGTH' in seen || 'HTTP_CONTENT_ENCODING' in seen).toBe(false)
  expect(seen).toMatchObject({ CONTENT_TYPE: 'text/plain', HTTP_TRANSFER_ENCODING: 'chunked' })
  expect(seen['stapel.decompress.orig']).toEqual({
    HTTP_CONTENT_ENCODING: 'gzip',
    CONTENT_LENGTH: String(encoded.byteLength),
  })
})

test('an Express-like handler finds the body by its headers', async () => {
  const { fromNode } = await import('@stapel/core/node')
  const app = fromNode((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      res.setHeader('X-Has-Body', String(req.headers['transfer-encoding'] !== undefined))
      res.end(Buffer.concat(chunks))
    })
  })
  const answer = await post(app, 'gzip', encode('gzip', text))
  expect([answer.text(), answer.headers.get('X-Has-Body')]).toEqual([text, 'true'])
})

describe('reading', () => {
  function environFor(body: AsyncIterable<Uint8Array> | Uint8Array, options?: DecompressOptions) {
    let inner: Parameters<Application>[0] | undefined
    const app = decompress(options)((environ, startResponse) => {
      inner = environ
      startResponse('200 OK', [])
      return ''
    })
    const headers = { 'Content-Encoding': 'gzip', 'Transfer-Encoding': 'chunked' }
    const environ = createEnviron('/', { method: 'POST', headers })
    void app(
      { ...environ, 'wsgi.input': body instanceof Uint8Array ? inChunks(body, 1e6) : body },
      () => () => {},
    )
    return inner as Parameters<Application>[0]
  }

  test('begins when the application asks', async () => {
    let pulled = 0
    const environ = environFor(
      (async function* () {
        pulled++
        yield encode('gzip', text)
      })(),
    )
    expect(pulled).toBe(0)
    expect((await environ['stapel.context'].read()).byteLength).toBe(text.length)
  })

  test('gives the same bytes to each who asks, and to an iteration', async () => {
    const environ = environFor(encode('gzip', text))
    const context = environ['stapel.context']
    const [first, second] = await Promise.all([context.read(), context.read()])
    expect(second).toBe(first)
    const again: Uint8Array[] = []
    for await (const chunk of environ['wsgi.input']) again.push(chunk)
    expect(Buffer.concat(again).toString()).toBe(text)
    await expect(context.read({ limit: 10 })).rejects.toMatchObject({ status: 413 })
  })

  test('has the limit of 1 MiB that any read has', async () => {
    const large = Uint8Array.from({ length: 1_048_577 }, (_, i) => (i * i) >> 7)
    const environ = environFor(encode('gzip', large))
    await expect(environ['stapel.context'].read()).rejects.toMatchObject({ status: 413 })
  })

  test('in part, then whole, is refused', async () => {
    const environ = environFor(encode('gzip', text))
    await environ['wsgi.input'][Symbol.asyncIterator]().next()
    await expect(environ['stapel.context'].read()).rejects.toThrow(TypeError)
  })

  test('that is left half way leaves the input, and does not go on as if it were whole', async () => {
    let left = false
    const noise = Uint8Array.from({ length: 500_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 13)
    const environ = environFor(
      (async function* () {
        try {
          yield* inChunks(encode('gzip', noise), 10_000)
        } finally {
          left = true
        }
      })(),
    )
    for await (const _ of environ['wsgi.input']) break
    expect(left).toBe(true)
    await expect(environ['wsgi.input'][Symbol.asyncIterator]().next()).rejects.toThrow(TypeError)
  })

  test('pulls no more than the reader takes', async () => {
    const zeros = Array.from({ length: 200 }, () => encode('gzip', new Uint8Array(60_000)))
    let pulled = 0
    const environ = environFor(
      (async function* () {
        for (const member of zeros) {
          pulled++
          yield member
        }
      })(),
      { maxRatio: 10_000 },
    )
    const iterator = environ['wsgi.input'][Symbol.asyncIterator]()
    for (let i = 1; i <= 10; i++) {
      await iterator.next()
      expect(pulled).toBeLessThanOrEqual(i + 1)
    }
    await iterator.return?.()
  })

  test('stops within a piece of the ratio, and says so to each further read', async () => {
    const bomb = encode('gzip', new Uint8Array(50_000_000))
    const environ = environFor(inChunks(bomb, 100), { maxSize: 1e9 })
    let decoded = 0
    const reading = (async () => {
      for await (const chunk of environ['wsgi.input']) decoded += chunk.byteLength
    })()
    await expect(reading).rejects.toMatchObject({ status: 413 })
    expect(decoded).toBeLessThanOrEqual(RATIO_GRACE + 100 * 200)
    const further = environ['wsgi.input'][Symbol.asyncIterator]()
    await expect(further.next()).rejects.toMatchObject({ status: 413 })
  })

  test('hands on what the input itself throws', async () => {
    const torn = new Error('The client has left.')
    const environ = environFor(
      (async function* () {
        yield encode('gzip', text).subarray(0, 20)
        throw torn
      })(),
    )
    await expect(environ['stapel.context'].read()).rejects.toBe(torn)
  })
})

test.runIf(present.includes('zstd'))(
  'more pieces of zstd than fit a decoder each are 400, unless one decodes them all',
  async () => {
    const pieces = Buffer.concat(Array<Uint8Array>(1000).fill(encode('zstd', 'a')))
    const answer = await post(echo, 'zstd', pieces)
    // From Node 26 on the decoder goes on with the next piece by itself.
    if (Number(process.versions.node.split('.')[0]) < 26) expect(answer.status).toBe(400)
    else expect(answer.text()).toBe('a'.repeat(1000))
  },
)

test.runIf(present.includes('zstd'))('zstd with a window above 8 MiB is 400', async () => {
  const { zstdCompressSync, constants } = zlib as unknown as {
    zstdCompressSync(bytes: Uint8Array, options: ZlibOptions | object): Uint8Array
    constants: Record<string, number>
  }
  const wide = zstdCompressSync(new Uint8Array(20_000_000), {
    params: { [constants.ZSTD_c_windowLog as number]: 24 },
  })
  expect((await post(echo, 'zstd', wide, { maxSize: 1e9, maxRatio: 1e9 })).status).toBe(400)
})

test('any bytes are decoded to what they were, or refused with 400 or 413', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...present),
      fc.uint8Array({ maxLength: 500 }),
      fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 2 }),
      fc.integer({ min: 1, max: 50 }),
      async (name, content, changes, size) => {
        const encoded = Uint8Array.from(encode(name, content))
        for (const [at, byte] of changes) if (at < encoded.length) encoded[at] = byte
        const answer = await post(echo, name, inChunks(encoded, size))
        if (changes.length === 0) expect(Buffer.compare(answer.bytes(), content)).toBe(0)
        else expect([200, 400, 413]).toContain(answer.status)
      },
    ),
    { numRuns: 200 },
  )
})

test('has its name in an outline', () => {
  const app = stack(function hello(_environ, startResponse) {
    startResponse('200 OK', [])
    return ''
  }, decompress())
  expect(String(outline(app))).toBe('decompress\n  hello')
})

describe('refuses when it is made', () => {
  test.each([
    [{ codings: 'gzip' }, 'got "gzip" for the option codings; expected a list of names'],
    [{ codings: ['compress'] }, 'got ["compress"] for the option codings'],
    [{ codings: [] }, 'got [] for the option codings'],
    [{ maxSize: 0 }, 'got 0 for the option maxSize; expected a number of bytes'],
    [{ maxRatio: 0.5 }, 'got 0.5 for the option maxRatio; expected a number from 1 up'],
    [{ maxRatio: Number.NaN }, 'got NaN for the option maxRatio'],
    [
      { maxCodings: 9 },
      'got 9 for the option maxCodings; expected a number of codings: an integer from 1 to 8',
    ],
    [{ except: true }, 'got true for the option except'],
    [{ limit: 1 }, 'got the unknown option "limit"; it knows codings, maxSize, maxRatio, maxCodings, except'],
    [null, 'got null for the options'],
  ])('%j', (options, message) => {
    const make = () => decompress(options as DecompressOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})
