import { createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { collect, dispose } from './body.ts'
import { type Answer, capture } from './capture.ts'
import { NotFound } from './http-errors.ts'
import type { Application, Body, Chunk, Closeable, Environ, StartResponse, Write } from './protocol.ts'
import { validate } from './validate.ts'

const text = async (answer: Answer): Promise<string> => new TextDecoder().decode(await collect(answer.body))

/** A validated application: every test checks as well that capture does what a caller has to. */
const captured = (app: Application, signal?: AbortSignal): Answer | Promise<Answer> =>
  capture(validate(app), createEnviron('/', signal === undefined ? {} : { signal }))

/** An iterable that tells what is done with it. */
function tracked(steps: readonly unknown[], seen: string[]): Body {
  const values = [...steps].values()
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => values.next() as IteratorResult<Chunk>,
      return: async () => {
        seen.push('return')
        return { done: true, value: undefined }
      },
    }),
    close: () => void seen.push('close'),
  } as Body
}

describe('the moment of commitment', () => {
  test('a chunk or a list is given as it is, without a promise', () => {
    const list = ['a', 'b']
    const answer = captured((_environ, startResponse) => {
      startResponse('200 OK', [['X-Header', 'value']])
      return list
    })
    expect(answer).toEqual({ status: '200 OK', headers: [['X-Header', 'value']], body: list })
    expect((answer as Answer).body).toBe(list)
  })

  test('a generator is pulled to its first non-empty chunk, without a promise', async () => {
    const made: string[] = []
    const answer = captured(function* (_environ, startResponse) {
      yield ''
      startResponse('200 OK', [])
      for (const chunk of ['', 'a', 'b']) {
        made.push(chunk)
        yield chunk
      }
    }) as Answer
    expect(made).toEqual(['', 'a'])
    expect(Symbol.iterator in Object(answer.body)).toBe(true)
    expect(await text(answer)).toBe('ab')
  })

  test('until then status and headers may be replaced with an error', async () => {
    const answer = await captured(async function* (_environ, startResponse) {
      startResponse('202 Accepted', [['X-First', '1']])
      yield ''
      startResponse('500 Internal Server Error', [], new Error('failed'))
      yield 'sorry'
    })
    expect(answer).toMatchObject({ status: '500 Internal Server Error', headers: [] })
    expect(await text(answer)).toBe('sorry')
  })

  test('afterwards startResponse throws the error that it is given', async () => {
    const failure = new Error('half way')
    const answer = await captured(async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'a'
      startResponse('500 Internal Server Error', [], failure)
    })
    await expect(collect(answer.body)).rejects.toBe(failure)
  })

  test('an empty body commits with its end', async () => {
    const answer = await captured(
      // biome-ignore lint/correctness/useYield: it has nothing to say.
      async function* (_environ, startResponse) {
        startResponse('204 No Content', [])
      },
    )
    expect(answer.status).toBe('204 No Content')
    expect(await text(answer)).toBe('')
  })
})

describe('write', () => {
  test('a write() of a function comes before its body', async () => {
    const answer = await captured((_environ, startResponse) => {
      const write = startResponse('200 OK', [])
      void write('a')
      void write('b')
      return 'c'
    })
    expect(await text(answer)).toBe('abc')
  })

  test('a write() gives the answer before the application is done', async () => {
    let proceed: (() => void) | undefined
    const answer = await captured(async (_environ, startResponse) => {
      const write = startResponse('200 OK', [])
      void write('')
      await new Promise<void>((resolve) => {
        proceed = resolve
      })
      await write('a')
      return ['b']
    })
    expect(answer.status).toBe('200 OK')
    proceed?.()
    expect(await text(answer)).toBe('ab')
  })

  test('an awaited write() in an async generator does not wait for ever', async () => {
    const answer = await captured(async function* (_environ, startResponse) {
      const write = startResponse('200 OK', [])
      await write('a')
      yield 'b'
      await write('c')
      yield 'd'
      await write('e')
    })
    expect(await text(answer)).toBe('abcde')
  })

  test('a write() in the body of an async function goes on with that body', async () => {
    const answer = await captured(async (_environ, startResponse) => {
      const write = startResponse('200 OK', [])
      return (async function* () {
        await write('a')
        yield 'b'
      })()
    })
    expect(await text(answer)).toBe('ab')
  })

  test('a write() between the chunks of a generator keeps its place', async () => {
    const answer = await captured(function* (_environ, startResponse) {
      const write = startResponse('200 OK', [])
      yield 'a'
      void write('b')
      void write('c')
      yield 'd'
      void write('e')
    })
    expect(await text(answer)).toBe('abcde')
  })

  test('a write() before the first chunk of a generator keeps its place', async () => {
    const answer = await captured(function* (_environ, startResponse) {
      void startResponse('200 OK', [])('a')
      yield 'b'
    })
    expect(await text(answer)).toBe('ab')
  })

  test('an application that writes and returns nothing fails, and does not hang', async () => {
    // Not validated: the validator would find it first.
    const answer = await capture(
      (async (_environ: Environ, startResponse: StartResponse) => {
        void startResponse('200 OK', [])('a')
      }) as unknown as Application,
      createEnviron('/'),
    )
    await expect(collect(answer.body)).rejects.toThrow('Got undefined for a body')
  })

  test('an application that writes and returns nothing after its answer was dropped does no harm', async () => {
    let finish: (() => void) | undefined
    const answer = await capture(
      (async (_environ: Environ, startResponse: StartResponse) => {
        void startResponse('200 OK', [])('a')
        await new Promise<void>((resolve) => {
          finish = resolve
        })
      }) as unknown as Application,
      createEnviron('/'),
    )
    dispose(answer.body)
    finish?.()
    await new Promise((resolve) => setImmediate(resolve))
    expect(answer.status).toBe('200 OK')
  })

  test.each<{ when: string; app: (error: Error) => Application }>([
    {
      when: 'in a function',
      app: (error) => (_environ, startResponse) => {
        void startResponse('200 OK', [])('a')
        throw error
      },
    },
    {
      when: 'in an async function',
      app: (error) => async (_environ, startResponse) => {
        await startResponse('200 OK', [])('a')
        throw error
      },
    },
    {
      when: 'in a generator',
      app: (error) =>
        // biome-ignore lint/correctness/useYield: it writes instead.
        function* (_environ, startResponse) {
          void startResponse('200 OK', [])('a')
          throw error
        },
    },
    {
      when: 'in an async generator',
      app: (error) =>
        // biome-ignore lint/correctness/useYield: it writes instead.
        async function* (_environ, startResponse) {
          await startResponse('200 OK', [])('a')
          throw error
        },
    },
  ])('an error after write() $when comes out of the body', async ({ app }) => {
    const failure = new Error('half way')
    const answer = await captured(app(failure))
    const seen: Chunk[] = []
    const read = async (): Promise<void> => {
      for await (const chunk of answer.body as AsyncIterable<Chunk>) seen.push(chunk)
    }
    await expect(read()).rejects.toBe(failure)
    expect(seen).toEqual(['a'])
  })

  test('a write() after a list was returned throws', () => {
    let write: Write | undefined
    capture((_environ, startResponse) => {
      write = startResponse('200 OK', [])
      return ['a']
    }, createEnviron('/'))
    expect(() => write?.('b')).toThrow('protocol 3.5')
  })

  test('writers go on when nobody reads any more', async () => {
    let done: Promise<unknown> = Promise.resolve()
    const answer = await captured(async (_environ, startResponse) => {
      const write = startResponse('200 OK', [])
      done = Promise.resolve(write('a')).then(() => write('b'))
      await done
      return ''
    })
    dispose(answer.body)
    await done
    expect(answer.status).toBe('200 OK')
  })
})

describe('failures before the commitment', () => {
  test('they are thrown, or reject', async () => {
    expect(() =>
      captured(() => {
        throw new NotFound()
      }),
    ).toThrow(NotFound)
    await expect(
      captured(async () => {
        throw new NotFound()
      }),
    ).rejects.toThrow(NotFound)
    expect(() =>
      // biome-ignore lint/correctness/useYield: it fails before its first chunk.
      captured(function* () {
        throw new NotFound()
      }),
    ).toThrow(NotFound)
  })

  test('one while the iteration starts is thrown as it is, and the body closed', () => {
    const seen: string[] = []
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      return {
        [Symbol.iterator]() {
          throw new NotFound()
        },
        close: () => void seen.push('close'),
      }
    }
    expect(() => capture(app, createEnviron('/'))).toThrow(NotFound)
    expect(seen).toEqual(['close'])
  })

  test('what is no body is a violation of clause 1', () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      return { status: 200 } as never
    }
    expect(() => capture(app, createEnviron('/'))).toThrow('Got an object of class Object for a body')
  })

  test.each([
    { kind: 'a wrong chunk', steps: ['', 1], clause: '1', started: true },
    { kind: 'no startResponse', steps: ['a'], clause: '3.1', started: false },
    { kind: 'no startResponse and no chunk', steps: [], clause: '3.1', started: false },
  ])('$kind throws, and the body is closed once', async ({ steps, clause, started }) => {
    const seen: string[] = []
    const app: Application = (_environ, startResponse) => {
      if (started) startResponse('200 OK', [])
      return tracked(steps, seen)
    }
    await expect(capture(app, createEnviron('/'))).rejects.toMatchObject({ clause })
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen.filter((event) => event === 'close')).toEqual(['close'])
  })

  test('a wrong chunk for write throws at the call site', () => {
    const app: Application = (_environ, startResponse) => {
      void startResponse('200 OK', [])(1 as never)
      return ''
    }
    expect(() => capture(app, createEnviron('/'))).toThrow('Got the number 1 for write')
  })

  test('a second startResponse without an error throws at the call site', () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      startResponse('404 Not Found', [])
      return ''
    }
    expect(() => capture(app, createEnviron('/'))).toThrow('protocol 3.3')
  })
})

describe('disposal', () => {
  test.each([{ steps: ['a', 'b'] }, { steps: ['', 'a'] }])(
    'reaches a body whose first chunk was pulled: $steps',
    async ({ steps }) => {
      const seen: string[] = []
      const answer = await captured((_environ, startResponse) => {
        startResponse('200 OK', [])
        return tracked(steps, seen)
      })
      dispose(answer.body)
      await new Promise((resolve) => setImmediate(resolve))
      expect(seen).toEqual(['return', 'close'])
    },
  )

  test('of a synchronous body is synchronous', () => {
    const seen: string[] = []
    const answer = captured(function* (_environ, startResponse) {
      startResponse('200 OK', [])
      try {
        yield 'a'
      } finally {
        seen.push('left')
      }
    }) as Answer
    expect((answer.body as Closeable).close?.()).toBe(undefined)
    expect(seen).toEqual(['left'])
  })

  test('a body that was read to its end is closed, and its return() left alone', async () => {
    const seen: string[] = []
    const answer = await captured((_environ, startResponse) => {
      startResponse('200 OK', [])
      return tracked(['a'], seen)
    })
    await collect(answer.body)
    expect(seen).toEqual(['close'])
  })

  test('a client that leaves before the first chunk ends the wait', async () => {
    const left = new AbortController()
    const seen: string[] = []
    const waiting = captured((_environ, startResponse) => {
      startResponse('200 OK', [])
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<never>(() => {}),
          return: async () => {
            seen.push('return')
            return { done: true as const, value: undefined }
          },
        }),
        close: () => void seen.push('close'),
      }
    }, left.signal)
    left.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'ClientDisconnected' })
    expect(seen).toEqual(['return', 'close'])
  })

  test('a client that has left already is noticed at once', async () => {
    const waiting = captured(async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      await new Promise(() => {})
      yield 'never'
    }, AbortSignal.abort())
    await expect(waiting).rejects.toMatchObject({ name: 'ClientDisconnected' })
  })
})
