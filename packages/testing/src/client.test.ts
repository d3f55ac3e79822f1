import { type Application, type Chunk, NotFound, ServiceUnavailable } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { Client } from './client.ts'
import { failingShapes } from './failing-shapes.ts'

const echo: Application = async (environ, startResponse) => {
  const body = await environ['stapel.context'].read()
  startResponse('200 OK', [['X-Method', environ.REQUEST_METHOD]])
  return [`${environ.PATH_INFO} `, body]
}

/** A body that tells what is done with it. */
function tracked(chunks: readonly Chunk[], seen: string[]) {
  const values = [...chunks].values()
  return {
    [Symbol.iterator]: () => ({
      next: () => {
        const step = values.next()
        if (!step.done) seen.push(String(step.value))
        return step
      },
      return(): IteratorResult<Chunk> {
        seen.push('return')
        return { done: true, value: undefined }
      },
    }),
    close: () => void seen.push('close'),
  }
}

describe('requests', () => {
  test.each(['get', 'post', 'put', 'patch', 'delete', 'options'] as const)(
    '%s sends its method',
    async (name) => {
      const answer = await new Client(echo)[name]('/a', { body: 'content' })
      expect(answer.headers.get('x-method')).toBe(name.toUpperCase())
      expect(answer.text()).toBe('/a content')
    },
  )

  test('any other method may be sent', async () => {
    const answer = await new Client(echo).request('/', { method: 'PROPFIND' })
    expect(answer.headers.get('x-method')).toBe('PROPFIND')
  })

  test('keys of environ come from the client, then from the request', async () => {
    const app: Application = (environ, startResponse) => {
      startResponse('200 OK', [])
      return `${environ.REMOTE_ADDR} ${environ.SERVER_NAME}`
    }
    const client = new Client(app, { environ: { REMOTE_ADDR: '192.0.2.1', SERVER_NAME: 'a' } })
    expect((await client.get('/', { environ: { SERVER_NAME: 'b' } })).text()).toBe('192.0.2.1 b')
  })

  test('what is no application is refused when the client is made', () => {
    expect(() => new Client({} as never)).toThrow(TypeError)
    class Router {
      readonly app = (): string => ''
    }
    expect(() => new Client(new Router() as never)).toThrow(
      'Got an object of class Router; expected an application, or a URL. Hand on its member app, as in router.app.',
    )
  })
})

describe('answers', () => {
  test('have status, reason, headers and the content in every form', async () => {
    const answer = await new Client((_environ, startResponse) => {
      startResponse('201 Made Just Now', [
        ['Set-Cookie', 'a=b'],
        ['Set-Cookie', 'c=d'],
      ])
      return ['{"a":', '', '1}']
    }).get('/')
    expect([answer.status, answer.reason]).toEqual([201, 'Made Just Now'])
    expect(answer.headers.getSetCookie()).toEqual(['a=b', 'c=d'])
    expect(answer.chunks.map((chunk) => new TextDecoder().decode(chunk))).toEqual(['{"a":', '1}'])
    expect(answer.text()).toBe('{"a":1}')
    expect(answer.json()).toEqual({ a: 1 })
    expect(answer.bytes()).toEqual(new TextEncoder().encode('{"a":1}'))
  })

  test('keep what was sent, when the application uses its buffer again', async () => {
    const buffer = Buffer.alloc(1)
    const answer = await new Client(function* (_environ, startResponse) {
      startResponse('200 OK', [])
      for (const byte of [97, 98, 99]) {
        buffer[0] = byte
        yield buffer
      }
    }).get('/')
    expect(answer.text()).toBe('abc')
    expect(answer.chunks[0]).toEqual(new Uint8Array([97]))
  })

  test('show what was written to the log', async () => {
    const lines: string[] = []
    const log = { write: (text: string) => void lines.push(text), flush: () => void lines.push('flushed') }
    const answer = await new Client(
      (environ, startResponse) => {
        environ['wsgi.errors'].write('careful\n')
        environ['wsgi.errors'].flush()
        startResponse('200 OK', [])
        return ''
      },
      { environ: { 'wsgi.errors': log } },
    ).get('/')
    expect(answer.errors).toBe('careful\n')
    expect(lines).toEqual(['careful\n', 'flushed'])
  })
})

describe('4.5: Content-Length', () => {
  test.each([
    { kind: 'a string', body: 'Grüße', length: '7' },
    { kind: 'a list', body: ['a', 'b'], length: '2' },
    { kind: 'an empty list', body: [], length: '0' },
  ])('is computed for $kind', async ({ body, length }) => {
    const answer = await new Client((_environ, startResponse) => {
      startResponse('200 OK', [])
      return body
    }).get('/')
    expect(answer.headers.get('content-length')).toBe(length)
  })

  test('is not computed for other bodies', async () => {
    const answer = await new Client((_environ, startResponse) => {
      startResponse('200 OK', [])
      return new Set(['a'])
    }).get('/')
    expect(answer.headers.has('content-length')).toBe(false)
  })

  test('is computed for HEAD as for GET, but not from an empty body', async () => {
    const app =
      (body: string): Application =>
      (_environ, startResponse) => {
        startResponse('200 OK', [])
        return body
      }
    expect((await new Client(app('Hello')).head('/')).headers.get('content-length')).toBe('5')
    expect((await new Client(app('')).head('/')).headers.has('content-length')).toBe(false)
  })

  test.each(['204 No Content', '205 Reset Content', '304 Not Modified'] as const)(
    'is not computed for %s',
    async (status) => {
      const answer = await new Client((_environ, startResponse) => {
        startResponse(status, [])
        return 'ignored'
      }).get('/')
      expect(answer.headers.has('content-length')).toBe(false)
      expect(answer.chunks).toEqual([])
    },
  )

  test.each([
    { given: '4', problem: 'longer' },
    { given: '6', problem: 'not its Content-Length' },
  ])('that is not that of the body rejects, also without validation: $given', async ({ given, problem }) => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Length', given]])
      return 'Hello'
    }
    await expect(new Client(app, { validate: false }).get('/')).rejects.toThrow(problem)
    await expect(new Client(app).get('/')).rejects.toMatchObject({ clause: '4.5' })
  })
})

describe('4.2 and 4.4: the end of a body', () => {
  const answering =
    (seen: string[], status: '200 OK' | '204 No Content' = '200 OK'): Application =>
    (_environ, startResponse) => {
      startResponse(status, [])
      return tracked(['a', 'b'], seen)
    }

  test('is closed after it was read', async () => {
    const seen: string[] = []
    await new Client(answering(seen), { validate: false }).get('/')
    expect(seen).toEqual(['a', 'b', 'close'])
  })

  test('is closed without being read for HEAD and 204', async () => {
    const seen: string[] = []
    await new Client(answering(seen), { validate: false }).head('/')
    await new Client(answering(seen, '204 No Content'), { validate: false }).get('/')
    expect(seen).toEqual(['close', 'close'])
  })

  test('is read only until startResponse was called for HEAD', async () => {
    const seen: string[] = []
    const answer = await new Client(function* (_environ, startResponse) {
      try {
        yield ''
        startResponse('200 OK', [['X-Header', 'value']])
        yield 'a'
        seen.push('read on')
      } finally {
        seen.push('left')
      }
    }).head('/')
    expect(answer.headers.get('x-header')).toBe('value')
    expect(seen).toEqual(['left'])
  })

  test('rejects with what close() throws', async () => {
    const failure = new Error('close')
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      return {
        ...tracked([], []),
        close: async () => {
          throw failure
        },
      }
    }
    await expect(new Client(app).get('/')).rejects.toBe(failure)
  })

  test('without startResponse rejects', async () => {
    await expect(new Client(() => '', { validate: false }).get('/')).rejects.toMatchObject({ clause: '3.1' })
    await expect(new Client(() => 'a', { validate: false }).get('/')).rejects.toMatchObject({ clause: '3.1' })
  })

  test('what is no body rejects', async () => {
    const app = ((_environ, startResponse) => {
      startResponse('200 OK', [])
    }) as Application
    await expect(new Client(app, { validate: false }).get('/')).rejects.toMatchObject({ clause: '1' })
  })
})

describe('5: errors', () => {
  test('an HTTPError becomes its answer', async () => {
    const answer = await new Client(async () => {
      throw new NotFound()
    }).get('/', { headers: { Accept: 'text/html' } })
    expect(answer.status).toBe(404)
    expect(answer.text()).toContain('<h1>Not Found</h1>')
    expect(answer.errors).toBe('')
  })

  test('one of 500 and above is logged', async () => {
    const answer = await new Client(() => {
      throw new ServiceUnavailable(undefined, { cause: new Error('why') })
    }).get('/')
    expect(answer.status).toBe(503)
    expect(answer.errors).toMatch(/ServiceUnavailable: 503[\s\S]*Caused by: Error: why/)
  })

  test.each(failingShapes.filter(({ given }) => given))(
    'an application that $name rejects with that',
    async ({ make }) => {
      const failure = new Error('failed')
      await expect(new Client(make(failure)).get('/')).rejects.toBe(failure)
    },
  )

  test.each(failingShapes.filter(({ given, committed }) => given && !committed))(
    'an application that $name with an HTTPError answers that',
    async ({ make }) => {
      const answer = await new Client(make(new NotFound())).get('/')
      expect([answer.status, answer.headers.has('x-replaced')]).toEqual([404, false])
    },
  )

  test.each(failingShapes.filter(({ committed }) => committed))(
    'an application that $name with an HTTPError has its answer cut off',
    async ({ make }) => {
      const failure = new NotFound()
      await expect(new Client(make(failure)).get('/')).rejects.toBe(failure)
    },
  )

  test('what is thrown need not be an error', async () => {
    const thrown = (app: Application): Promise<unknown> =>
      new Client(app).get('/').then(
        () => 'an answer',
        (error: unknown) => ({ error }),
      )
    const odd = failingShapes.filter(({ given }) => !given)
    expect(await Promise.all(odd.map(({ make }) => thrown(make())))).toEqual([
      { error: 'a string' },
      { error: null },
      { error: undefined },
    ])
  })
})

describe('a client that leaves', () => {
  test('rejects with the reason of its signal, and the body is given up', async () => {
    const left = new AbortController()
    const seen: string[] = []
    const app: Application = async function* (environ, startResponse) {
      startResponse('200 OK', [])
      try {
        yield 'a'
        const { signal } = environ['stapel.context']
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve())
          left.abort(new Error('gone'))
        })
        seen.push('told')
      } finally {
        seen.push('left')
      }
    }
    await expect(new Client(app).get('/', { signal: left.signal })).rejects.toThrow('gone')
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual(['told', 'left'])
  })

  test('does not wait for an application that never answers, whose late body is closed', async () => {
    const left = new AbortController()
    const seen: string[] = []
    let answer: (() => void) | undefined
    const app: Application = async (_environ, startResponse) => {
      startResponse('200 OK', [])
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return tracked(['a'], seen)
    }
    const call = new Client(app).get('/', { signal: left.signal })
    left.abort(new Error('gone'))
    await expect(call).rejects.toThrow('gone')
    answer?.()
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual(['close'])
  })
})
