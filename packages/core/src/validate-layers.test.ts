import { applicationShapes, Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { dispose } from './body.ts'
import { outline } from './outline.ts'
import type { Application, Body, Chunk, Closeable, Environ, Middleware } from './protocol.ts'
import { stack } from './stack.ts'
import { transform } from './transform.ts'
import { validate } from './validate.ts'

const hello: Application = function hello(_environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello'
}

async function* words(_environ: Environ, startResponse: Parameters<Application>[1]): AsyncGenerator<Chunk> {
  startResponse('200 OK', [])
  yield 'one'
  yield 'two'
  yield 'three'
}

const through: Middleware = function through(inner) {
  return (environ, startResponse) => inner(environ, startResponse)
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A layer that changes what it hands on. */
function handingOn(change: (environ: Environ) => unknown): Middleware {
  return function wrong(inner) {
    return (environ, startResponse) => inner(change(environ) as Environ, startResponse)
  }
}

/** The failure of a stack in which a layer stands between two that are right. */
function failureOf(app: Application, layer: Middleware): Promise<unknown> {
  return new Client(stack(app, through, layer, through)).get('/').catch((error: unknown) => error)
}

describe('which layer is named', () => {
  test('2: a layer between two others that hands on a broken environ', async () => {
    const wrong = handingOn((environ) => ({ ...environ, PATH_INFO: 'no slash' }))
    expect(await failureOf(hello, wrong)).toMatchObject({ clause: '2', layer: 'wrong' })
  })

  test('1: a layer that calls what is inside without startResponse', async () => {
    const wrong: Middleware = function forgetful(inner) {
      return (environ) => (inner as (environ: Environ) => Body)(environ)
    }
    expect(await failureOf(hello, wrong)).toMatchObject({ clause: '1', layer: 'forgetful' })
  })

  test('3.4: a layer that breaks the headers on their way out', async () => {
    const wrong: Middleware = function folding(inner) {
      return (environ, startResponse) =>
        inner(environ, (status, headers, error) =>
          startResponse(status, [...headers, ['X-Folded', 'a\r\n b']], error),
        )
    }
    expect(await failureOf(hello, wrong)).toMatchObject({ clause: '3.4', layer: 'folding' })
  })

  test('4.2: a layer that loses close()', async () => {
    const wrong: Middleware = function losing(inner) {
      return async function* (environ, startResponse) {
        yield* (await inner(environ, startResponse)) as AsyncIterable<Chunk>
      }
    }
    expect(await failureOf(words, wrong)).toMatchObject({ clause: '4.2', layer: 'losing' })
  })

  test('3.1: the application itself, however deep it stands', async () => {
    const silent: Application = function silent() {
      return 'Hello'
    }
    expect(await failureOf(silent, through)).toMatchObject({ clause: '3.1', layer: 'silent' })
  })

  test('a layer without a name is named after what it stands around', async () => {
    const app = stack(hello, () => () => 'no startResponse')
    await expect(new Client(app).get('/')).rejects.toMatchObject({ layer: 'the layer around hello' })
  })

  test('the layers of a stack inside a stack', async () => {
    const wrong = handingOn((environ) => ({ ...environ, SERVER_PORT: 80 }))
    const inside = stack(hello, wrong)
    expect(await failureOf(inside, through)).toMatchObject({ clause: '2', layer: 'wrong' })
  })
})

describe('what is between two layers', () => {
  test('validate in the middle of a stack checks from there inward', () => {
    const folding: Middleware = function folding(inner) {
      return (environ, startResponse) =>
        inner(environ, (status, headers) => startResponse(status, [...headers, ['X-Folded', 'a\r\n b']]))
    }
    const start = () => () => {}
    expect(stack(hello, folding, validate)(createEnviron('/'), start)).toBe('Hello')
    expect(() => stack(hello, validate, folding)(createEnviron('/'), start)).toThrow('folding: Got the value')
  })

  test('a layer with a copy of environ that has a log and an input of its own is an outermost one', async () => {
    const apart = handingOn((environ) => ({
      ...environ,
      'wsgi.errors': { write() {}, flush() {} },
      'wsgi.input': (async function* () {})(),
      SERVER_PORT: 80,
    }))
    expect((await new Client(stack(hello, apart)).get('/')).text()).toBe('Hello')
  })

  test.each(['wsgi.errors', 'wsgi.input'])('a layer with another %s is inside all the same', async (kept) => {
    const replaced = handingOn((environ) => ({
      ...environ,
      'wsgi.errors': { write() {}, flush() {} },
      'wsgi.input': (async function* () {})(),
      [kept]: environ[kept as 'wsgi.errors'],
      SERVER_PORT: 80,
    }))
    expect(await failureOf(hello, replaced)).toMatchObject({ clause: '2', layer: 'wrong' })
  })

  test('a layer that copies key by key is inside all the same', async () => {
    const copied = handingOn((environ) => {
      const copy: Record<string, unknown> = {}
      for (const key in environ) copy[key] = environ[key as 'HTTP_HOST']
      return { ...copy, SERVER_PORT: 80 }
    })
    expect(await failureOf(hello, copied)).toMatchObject({ clause: '2', layer: 'wrong' })
  })

  test('with layers: false only what is named is validated', async () => {
    const wrong = handingOn((environ) => ({ ...environ, PATH_INFO: 'no slash' }))
    const app = validate(stack(hello, wrong), { layers: false })
    expect((await new Client(app, { validate: false }).get('/')).text()).toBe('Hello')
  })

  test('the outline has the layers only', () => {
    const app = stack(
      hello,
      validate,
      through,
      transform(function noStore(answer) {
        return answer
      }),
    )
    new Client(app)
    expect(String(outline(app))).toBe('validate\n  through\n    noStore\n      hello')
  })

  test('a layer is made once, and validated without being made again', async () => {
    let made = 0
    const counted: Middleware = (inner) => {
      made++
      return (environ, startResponse) => inner(environ, startResponse)
    }
    const client = new Client(stack(hello, counted, through))
    await client.get('/')
    await client.get('/')
    expect(made).toBe(1)
  })

  test.each(applicationShapes)('$name goes through three layers without blame', async ({ make }) => {
    const app = make({ status: '200 OK', headers: [['X-Inner', 'yes']], chunks: ['Hel', 'lo'] })
    const same = transform((answer) => answer)
    const client = new Client(stack(app, through, same, through))
    const answer = await client.get('/')
    expect(answer.text()).toBe('Hello')
    expect(answer.headers.get('x-inner')).toBe('yes')
    expect(answer.errors).toBe('')
    expect((await client.head('/')).errors).toBe('')
  })
})

describe('7: environ is handed on with nothing lost', () => {
  const setting = handingOn((environ) => ({ ...environ, 'stapel.user': 'ada' }))

  test('7: a layer that drops what a layer outside has put there is at fault', async () => {
    const picking: Middleware = function picking(inner) {
      return (environ, startResponse) => {
        const { 'stapel.user': _, ...rest } = environ
        return inner(rest as Environ, startResponse)
      }
    }
    await expect(new Client(stack(hello, setting, through, picking)).get('/')).rejects.toMatchObject({
      clause: '7',
      layer: 'picking',
      message: expect.stringContaining('environ lacks stapel.user, which was there outside'),
    })
  })

  test('7: a layer may take a value away, and headers, and what describes the peer', async () => {
    const stripping = handingOn(({ HTTP_HOST: _, REMOTE_PORT: __, ...environ }) => ({
      ...environ,
      'stapel.user': undefined,
    }))
    expect((await new Client(stack(hello, setting, stripping, through)).get('/')).text()).toBe('Hello')
  })
})

describe('7: the error of startResponse is handed on', () => {
  const failing: Application = function failing(_environ, startResponse) {
    startResponse('500 Internal Server Error', [], new Error('failed'))
    return 'Sorry'
  }

  test('7: a layer that drops it is at fault', async () => {
    const swallowing: Middleware = function swallowing(inner) {
      return (environ, startResponse) => inner(environ, (status, headers) => startResponse(status, headers))
    }
    expect(await failureOf(failing, swallowing)).toMatchObject({
      clause: '7',
      layer: 'swallowing',
      message: expect.stringContaining('without the error that came from through'),
    })
  })

  test('7: another error in its place passes, and so does an answer that is started later', async () => {
    const wrapping: Middleware = (inner) => (environ, startResponse) =>
      inner(environ, (status, headers, error) =>
        startResponse(status, headers, error && new Error('wrapped', { cause: error })),
      )
    const later = transform((answer) => answer)
    const answer = await new Client(stack(failing, wrapping, later, through)).get('/')
    expect(answer.status).toBe(500)
    expect(answer.text()).toBe('Sorry')
  })
})

describe('4.3: reading ahead', () => {
  /** A layer that pulls so many chunks before anybody asks it for one. */
  function readingAhead(count: number): Middleware {
    return function eager(inner) {
      return async (environ, startResponse) => {
        const body = (await inner(environ, startResponse)) as AsyncIterable<Chunk> & Closeable
        const iterator = body[Symbol.asyncIterator]()
        const steps: IteratorResult<Chunk>[] = []
        const reading = (async () => {
          await turn()
          for (let i = 0; i < count; i++) steps.push(await iterator.next())
        })()
        reading.catch(() => {})
        return {
          [Symbol.asyncIterator]: () => ({
            async next() {
              await reading
              return steps.shift() ?? iterator.next()
            },
            return: async () => {
              await iterator.return?.()
              return { done: true, value: undefined }
            },
          }),
          close: () => body.close?.(),
        }
      }
    }
  }

  /** A gateway that asks for each chunk when the layers have had time to do what they like. */
  async function readLate(app: Application): Promise<string> {
    const body = (await app(createEnviron('/'), () => () => {})) as AsyncIterable<Chunk> & Closeable
    const idle = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) await turn()
    }
    let text = ''
    await idle()
    for await (const chunk of body) {
      text += chunk
      await idle()
    }
    await body.close?.()
    return text
  }

  test('4.3: a layer that pulls a second chunk while nobody asks for its own is at fault', async () => {
    await expect(readLate(stack(words, validate, readingAhead(2)))).rejects.toMatchObject({
      clause: '4.3',
      layer: 'eager',
      message: expect.stringContaining('Read ahead'),
    })
  })

  test('4.3: one step of delay passes', async () => {
    expect(await readLate(stack(words, validate, readingAhead(1)))).toBe('onetwothree')
  })

  test('4.3: a layer that holds one chunk all the time passes', async () => {
    const holding: Middleware = (inner) => async (environ, startResponse) => {
      const body = (await inner(environ, startResponse)) as AsyncIterable<Chunk> & Closeable
      const iterator = body[Symbol.asyncIterator]()
      let held: Promise<IteratorResult<Chunk>> | undefined
      const next = async (): Promise<IteratorResult<Chunk>> => {
        const step = await (held ?? iterator.next())
        // Pulled when this step has been given, and nobody has asked for the next one.
        held = step.done ? undefined : turn().then(() => iterator.next())
        return step
      }
      return { [Symbol.asyncIterator]: () => ({ next }), close: () => body.close?.() }
    }
    expect(await readLate(stack(words, validate, holding))).toBe('onetwothree')
  })

  test('4.3: a layer that takes several chunks to give one passes', async () => {
    const joining: Middleware = (inner) => async (environ, startResponse) => {
      const body = (await inner(environ, startResponse)) as AsyncIterable<Chunk> & Closeable
      const whole = async function* (): AsyncGenerator<Chunk> {
        let text = ''
        for await (const chunk of body) text += chunk
        yield text
      }
      const chunks = whole()
      return { [Symbol.asyncIterator]: () => chunks, close: () => body.close?.() }
    }
    expect(await readLate(stack(words, validate, joining))).toBe('onetwothree')
  })

  test('4.3: a layer that reads a body before it answers was asked to', async () => {
    const collecting: Middleware = (inner) => async (environ, startResponse) => {
      const body = (await inner(environ, startResponse)) as AsyncIterable<Chunk> & Closeable
      const chunks: Chunk[] = []
      for await (const chunk of body) chunks.push(chunk)
      await body.close?.()
      return chunks
    }
    expect((await new Client(stack(words, collecting)).get('/')).text()).toBe('onetwothree')
  })

  test('4.3: a layer that gives up its own body may dispose of what it holds', async () => {
    const app = stack(words, validate, readingAhead(1))
    const body = (await app(createEnviron('/'), () => () => {})) as Body
    dispose(body)
  })
})
