import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { ClientDisconnected } from './http-errors.ts'
import type { Application, Environ } from './protocol.ts'
import { validate } from './validate.ts'

const echo: Application = async (environ, startResponse) => {
  const chunks: Uint8Array[] = []
  for await (const chunk of environ['wsgi.input']) chunks.push(chunk)
  startResponse('200 OK', [])
  return chunks
}

test('2: wsgi.input is read once', async () => {
  const answer = await new Client(echo).post('/', { body: 'content' })
  expect(answer.text()).toBe('content')
})

test('2: a second read of wsgi.input throws', async () => {
  const app: Application = async function twice(environ, startResponse) {
    for await (const _ of environ['wsgi.input']) break
    return echo(environ, startResponse)
  }
  await expect(new Client(app).post('/', { body: 'content' })).rejects.toThrow(
    'twice: Read wsgi.input a second time',
  )
})

test.each<{ deed: string; read: (reader: AsyncIterator<Uint8Array>) => Promise<unknown> }>([
  {
    deed: 'a read after the end',
    read: async (reader) => {
      while (!(await reader.next()).done);
      return reader.next()
    },
  },
  { deed: 'a second read at a time', read: (reader) => Promise.all([reader.next(), reader.next()]) },
])('2: $deed throws where it is done', async ({ read }) => {
  let thrown: unknown
  const app: Application = async function app(environ, startResponse) {
    thrown = await read(environ['wsgi.input'][Symbol.asyncIterator]()).catch((error: unknown) => error)
    startResponse('200 OK', [])
    return ''
  }
  await new Client(app).post('/', { body: 'content' }).catch(() => {})
  expect(thrown).toMatchObject({ clause: '2', layer: 'app' })
})

test('2: a second read that the application catches comes out at its end', async () => {
  const app: Application = async function careless(environ, startResponse) {
    for await (const _ of environ['wsgi.input']) break
    try {
      return await echo(environ, startResponse)
    } catch {
      startResponse('200 OK', [])
      return 'fine'
    }
  }
  await expect(new Client(app).post('/', { body: 'content' })).rejects.toMatchObject({
    clause: '2',
    layer: 'careless',
  })
})

test('2: wsgi.input may be iterated after stapel.context.read', async () => {
  const app: Application = async (environ, startResponse) => {
    await environ['stapel.context'].read()
    return echo(environ, startResponse)
  }
  expect((await new Client(app).post('/', { body: 'content' })).text()).toBe('content')
})

test('2: a read after the end of wsgi.input throws', async () => {
  const app: Application = async (environ, startResponse) => {
    const reader = environ['wsgi.input'][Symbol.asyncIterator]()
    while (!(await reader.next()).done);
    await reader.next()
    startResponse('200 OK', [])
    return ''
  }
  await expect(new Client(app).post('/', { body: 'content' })).rejects.toThrow(
    'Read wsgi.input after its end.',
  )
})

test('2: two reads at a time throw', async () => {
  const app: Application = async (environ, startResponse) => {
    const reader = environ['wsgi.input'][Symbol.asyncIterator]()
    await Promise.all([reader.next(), reader.next()])
    startResponse('200 OK', [])
    return ''
  }
  await expect(new Client(app).post('/', { body: 'content' })).rejects.toThrow(
    'Read wsgi.input while another read of it was under way.',
  )
})

test('2: an input that gives no bytes is the fault of the layer outside', async () => {
  const textInput: Application = (environ, startResponse) =>
    validate(echo, { name: 'echo' })(
      {
        ...environ,
        'wsgi.input': (async function* () {
          yield 'text' as never
        })(),
      },
      startResponse,
    )
  await expect(new Client(textInput).post('/', { body: 'content' })).rejects.toMatchObject({
    clause: '2',
    layer: 'textInput or a layer between it and echo',
  })
})

test('6: a read after the answer was complete throws', async () => {
  let late: Promise<unknown> | undefined
  const app: Application = function hasty(environ, startResponse) {
    const reader = environ['wsgi.input'][Symbol.asyncIterator]()
    startResponse('200 OK', [])
    late = Promise.resolve().then(() => reader.next())
    late.catch(() => {})
    return 'done'
  }
  await new Client(app).post('/', { body: 'content' })
  await expect(late).rejects.toMatchObject({ clause: '6', layer: 'hasty' })
})

test('2: leaving wsgi.input early reaches the gateway', async () => {
  const seen: string[] = []
  const input: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: new Uint8Array(1) }),
      return: async () => {
        seen.push('returned')
        return { done: true, value: undefined }
      },
    }),
  }
  const app: Application = async (environ, startResponse) => {
    for await (const _ of environ['wsgi.input']) break
    startResponse('200 OK', [])
    return ''
  }
  await new Client(app).post('/', { environ: { 'wsgi.input': input } })
  expect(seen).toEqual(['returned'])
})

test('2: wsgi.errors takes strings', () => {
  const lines: string[] = []
  const environ = createEnviron('/', {
    environ: { 'wsgi.errors': { write: (text) => lines.push(text), flush: () => lines.push('flushed') } },
  })
  validate((given, startResponse) => {
    given['wsgi.errors'].write('a line\n')
    given['wsgi.errors'].flush()
    startResponse('200 OK', [])
    return ''
  })(environ, () => () => {})
  expect(lines).toEqual(['a line\n', 'flushed'])
})

test('2: anything else written to wsgi.errors throws', () => {
  const app = validate(function logger(environ, startResponse) {
    environ['wsgi.errors'].write(new Error('oops') as never)
    startResponse('200 OK', [])
    return ''
  })
  expect(() => app(createEnviron('/'), () => () => {})).toThrow(
    'logger: Wrote an object of class Error to wsgi.errors; expected a string. (protocol 2)',
  )
})

describe('2 and 6: the length of wsgi.input', () => {
  /** An environ whose input gives these numbers of bytes. */
  function environOf(length: string, sizes: readonly number[]): Environ {
    return createEnviron('/', {
      method: 'POST',
      environ: {
        CONTENT_LENGTH: length,
        'wsgi.input': (async function* () {
          for (const size of sizes) yield new Uint8Array(size)
        })(),
      },
    })
  }
  const app = validate(echo, { name: 'echo' })

  test('2: an input that ends at CONTENT_LENGTH passes', async () => {
    expect(await app(environOf('5', [2, 0, 3]), () => () => {})).toHaveLength(3)
    expect(await app(environOf('0', []), () => () => {})).toHaveLength(0)
  })

  test('2: an input of another length is not looked at when it is left early', async () => {
    const leaving: Application = async (environ, startResponse) => {
      for await (const _ of environ['wsgi.input']) break
      startResponse('200 OK', [])
      return 'left'
    }
    expect(await validate(leaving)(environOf('5', [2, 3]), () => () => {})).toBe('left')
  })

  test('2: an input that goes beyond CONTENT_LENGTH is the fault of the gateway', async () => {
    await expect(app(environOf('4', [2, 3]), () => () => {})).rejects.toThrow(
      'the gateway or the layer outside echo: wsgi.input gave more bytes than its CONTENT_LENGTH of 4. (protocol 2)',
    )
  })

  test('6: an input that is cut off and ends as if it were whole is, too', async () => {
    await expect(app(environOf('6', [2, 3]), () => () => {})).rejects.toThrow(
      'wsgi.input ended after 5 bytes, CONTENT_LENGTH is 6; expected ClientDisconnected',
    )
  })

  test('6: ClientDisconnected comes out as it is', async () => {
    const environ = createEnviron('/', {
      method: 'POST',
      headers: { 'Content-Length': '9' },
      body: 'content',
    })
    await expect(app(environ, () => () => {})).rejects.toBeInstanceOf(ClientDisconnected)
  })
})
