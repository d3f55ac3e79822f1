import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { dispose } from './body.ts'
import type { Application, Body, Chunk, Closeable, Environ } from './protocol.ts'
import { validate } from './validate.ts'

const start: Application = (_environ, startResponse) => {
  startResponse('200 OK', [])
  return ''
}

const words: Application = validate(
  async function* (_environ, startResponse) {
    startResponse('200 OK', [])
    yield 'one'
    yield 'two'
  },
  { name: 'words' },
)

/** Answers something else than the application inside, whose body it gets to do with as it likes. */
function replacing(app: Application, answer: (body: Body) => Body | Promise<Body>): Application {
  return async function replace(environ, startResponse) {
    const inner = await app(environ, () => () => {})
    start(environ, startResponse)
    return answer(inner)
  }
}

describe('4.2: a body that a layer does not hand on', () => {
  test('4.2: it may be disposed of', async () => {
    const app = replacing(words, (body) => {
      dispose(body)
      return 'other'
    })
    const answer = await new Client(app).get('/')
    expect(answer.text()).toBe('other')
    expect(answer.errors).toBe('')
  })

  test('4.2: it may be read to its end and closed', async () => {
    const app = replacing(words, async (body) => {
      const chunks: Chunk[] = []
      for await (const chunk of body as AsyncIterable<Chunk>) chunks.push(chunk)
      await (body as Closeable).close?.()
      return chunks
    })
    expect((await new Client(app).get('/')).text()).toBe('onetwo')
  })

  test('4.2: dropping it is the fault of the layer, also when that answers a string', async () => {
    const app = replacing(words, () => 'other')
    await expect(new Client(app).get('/')).rejects.toMatchObject({
      clause: '4.2',
      layer: 'replace',
      message: expect.stringContaining('The body of words was neither read to its end nor disposed of'),
    })
  })

  test('4.2: a layer that answers with a generator is caught at its close()', async () => {
    const app = replacing(words, () =>
      (function* () {
        yield 'other'
      })(),
    )
    await expect(new Client(app).get('/')).rejects.toMatchObject({ clause: '4.2', layer: 'replace' })
  })

  test('4.2: it is written to wsgi.errors, too', async () => {
    const lines: string[] = []
    const app = replacing(words, () => 'other')
    const errors = { write: (text: string) => void lines.push(text), flush() {} }
    await new Client(app, { environ: { 'wsgi.errors': errors } }).get('/').catch(() => {})
    expect(lines.join('')).toContain('ProtocolError: replace: The body of words was neither read')
  })

  test('4.2: a body that was left half way without return() is dropped', async () => {
    const app = replacing(words, async (body) => {
      await (body as AsyncIterable<Chunk>)[Symbol.asyncIterator]().next()
      return 'other'
    })
    await expect(new Client(app).get('/')).rejects.toMatchObject({ clause: '4.2', layer: 'replace' })
  })

  test('4.2: a layer that fails drops it, too, and its error is the cause', async () => {
    const failure = new Error('cannot go on')
    const app = replacing(words, () => {
      throw failure
    })
    await expect(new Client(app).get('/')).rejects.toMatchObject({ clause: '4.2', cause: failure })
  })

  test('4.2: a layer that disposes of it before it fails just fails', async () => {
    const failure = new Error('cannot go on')
    const app = replacing(words, (body) => {
      dispose(body)
      throw failure
    })
    await expect(new Client(app).get('/')).rejects.toBe(failure)
  })

  test('4.2: a chunk or a list needs no disposal', async () => {
    const app = replacing(validate(start), () => 'other')
    expect((await new Client(app).get('/')).text()).toBe('other')
  })
})

describe('4.2: close() of a body that a layer reads', () => {
  test('4.2: an ended body that is not closed is reported at close() of the layer', async () => {
    const app = replacing(words, (body) =>
      (async function* () {
        yield* body as AsyncIterable<Chunk>
      })(),
    )
    await expect(new Client(app).get('/')).rejects.toMatchObject({
      clause: '4.2',
      layer: 'replace',
      message: expect.stringContaining(
        'The body of words was read to its end, but its close() was not called.',
      ),
    })
  })

  test('4.2: a body that is given up and not closed is reported, also over a list', async () => {
    const app = replacing(words, async (body) => {
      for await (const _ of body as AsyncIterable<Chunk>) break
      return ['other']
    })
    await expect(new Client(app).get('/')).rejects.toThrow('was given up, but its close() was not called.')
  })

  test('4.2: that is written to wsgi.errors, too', async () => {
    const lines: string[] = []
    const app = replacing(words, async (body) => {
      for await (const _ of body as AsyncIterable<Chunk>) break
      return 'other'
    })
    const errors = { write: (text: string) => void lines.push(text), flush() {} }
    await new Client(app, { environ: { 'wsgi.errors': errors } }).get('/').catch(() => {})
    expect(lines.join('')).toContain('was given up, but its close() was not called.')
  })

  test('4.2: a close() that follows an asynchronous return() is waited for', async () => {
    const app = replacing(words, async (body) => {
      const iterator = (body as AsyncIterable<Chunk>)[Symbol.asyncIterator]()
      await iterator.next()
      void Promise.resolve(iterator.return?.()).then(() => (body as Closeable).close?.())
      return ['other']
    })
    const answer = await new Client(app).get('/')
    expect(answer.text()).toBe('other')
    expect(answer.headers.get('content-length')).toBe('5')
    expect(answer.errors).toBe('')
  })

  test('4.2: a generator that closes in its finally passes when it is left half way', async () => {
    const app = replacing(words, (body) =>
      (async function* () {
        try {
          yield* body as AsyncIterable<Chunk>
        } finally {
          await (body as Closeable).close?.()
        }
      })(),
    )
    const validated = validate(app)
    const body = (await validated(createEnviron('/'), () => () => {})) as AsyncIterable<Chunk> & Closeable
    for await (const _ of body) break
    await body.close?.()
  })
})

describe('which layer a body belongs to', () => {
  test('the validator next outside names the layer at fault', async () => {
    const middle = validate(
      replacing(words, () => 'other'),
      { name: 'middle' },
    )
    await expect(new Client(middle).get('/')).rejects.toMatchObject({ layer: 'middle' })
  })

  test('a layer that narrows the context, or has a log of its own, is found through the other', async () => {
    for (const change of [
      (environ: Environ) => ({ ...environ, 'stapel.context': Object.create(environ['stapel.context']) }),
      (environ: Environ) => ({ ...environ, 'wsgi.errors': { write() {}, flush() {} } }),
    ]) {
      const app = replacing(
        (environ, startResponse) => words(change(environ) as Environ, startResponse),
        () => 'other',
      )
      await expect(new Client(app).get('/')).rejects.toMatchObject({ clause: '4.2' })
    }
  })

  test('calls that stand side by side are not inside of each other', async () => {
    const environ = createEnviron('/')
    const first = words(environ, () => () => {}) as AsyncIterable<Chunk> & Closeable
    const second = words(environ, () => () => {}) as AsyncIterable<Chunk> & Closeable
    await first.close?.()
    const chunks: Chunk[] = []
    for await (const chunk of second) chunks.push(chunk)
    await second.close?.()
    expect(chunks).toEqual(['one', 'two'])
  })
})

describe('faults of a layer outside that it catches', () => {
  test('they come out of the validator around it', async () => {
    const careless: Application = function careless(environ, startResponse) {
      try {
        void words({ ...environ, PATH_INFO: 'no slash' }, startResponse)
      } catch {}
      return start(environ, startResponse)
    }
    await expect(new Client(careless).get('/')).rejects.toMatchObject({
      clause: '2',
      layer: 'careless or a layer between it and words',
    })
  })

  test('without a validator around it they are written to wsgi.errors', () => {
    const lines: string[] = []
    const environ = createEnviron('/', {
      environ: {
        PATH_INFO: 'no slash',
        'wsgi.errors': { write: (text) => void lines.push(text), flush() {} },
      },
    })
    expect(() => words(environ, () => () => {})).toThrow('PATH_INFO')
    expect(lines.join('')).toContain('PATH_INFO')
  })
})
