import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import {
  type Application,
  BadGateway,
  type Body,
  ClientDisconnected,
  collect,
  type Middleware,
  NotFound,
  ProtocolError,
  stack,
  validate,
} from '@stapel/core'
import { serve } from '@stapel/core/node'
import { applicationShapes, Client, createEnviron, failingShapes } from '@stapel/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { answerErrors } from './answer-errors.ts'

const marked: Middleware = (app) => (environ, startResponse) =>
  answerErrors(app, environ, startResponse, (headers) => [...headers, ['X-Marked', 'yes']])

const answer = { status: '200 OK', headers: [], chunks: ['one, ', 'two'] } as const

test.each(applicationShapes)('hands on the answer of $name', async ({ make }) => {
  const got = await new Client(stack(make({ ...answer, headers: [] }), marked)).get('/')
  expect([got.status, got.text(), got.headers.get('X-Marked'), got.errors]).toEqual([
    200,
    'one, two',
    'yes',
    '',
  ])
})

test.each(failingShapes.filter(({ committed }) => !committed))(
  'answers 500 with the headers when an application $name',
  async ({ make }) => {
    const got = await new Client(stack(make(new Error('secret')), validate, marked)).get('/')
    expect([got.status, got.headers.get('X-Marked'), got.headers.has('X-Replaced')]).toEqual([
      500,
      'yes',
      false,
    ])
    expect(got.text()).not.toContain('secret')
    expect(got.errors.split('\n').filter((line) => /thrown|Error: secret/.test(line))).toHaveLength(1)
  },
)

test.each(failingShapes.filter(({ committed, given }) => !committed && given))(
  'answers what an HTTPError says when an application $name',
  async ({ make }) => {
    const got = await new Client(stack(make(new NotFound('No entry 42.')), validate, marked)).get('/')
    expect([got.status, got.headers.get('X-Marked'), got.errors]).toEqual([404, 'yes', ''])
    expect(got.text()).toContain('No entry 42.')
  },
)

test.each(failingShapes.filter(({ committed }) => committed))(
  'rewrites nothing when an application $name',
  async ({ make }) => {
    await expect(new Client(stack(make(new Error('torn')), marked)).get('/')).rejects.toThrow('torn')
  },
)

test.each([new ClientDisconnected(), new ProtocolError('1', 'broken')])('throws %s on', async (error) => {
  const failing: Application = () => {
    throw error
  }
  expect(() => marked(failing)(createEnviron('/'), () => () => {})).toThrow(error)
})

test('logs an HTTPError of 500 and above, once', async () => {
  const app = marked(() => {
    throw new BadGateway('The other side is away.', { cause: new Error('refused') })
  })
  const got = await new Client(app).get('/')
  expect(got.status).toBe(502)
  expect(got.errors.match(/502 Bad Gateway/g)).toHaveLength(1)
  expect(got.errors).toContain('refused')
})

test('throws on what cannot answer', async () => {
  const odd = Object.assign(new NotFound(), {
    respond() {
      throw new Error('cannot')
    },
  })
  const app = marked(() => {
    throw odd
  })
  expect(() => app(createEnviron('/'), () => () => {})).toThrow(odd)
})

test('leaves a misuse to whoever checks bodies', () => {
  const app = marked((() => undefined) as unknown as Application)
  expect(app(createEnviron('/'), () => () => {})).toBe(undefined)
})

test.each([
  ['text', 'text'],
  ['a list', ['a', 'list']],
  ['bytes', new Uint8Array([1])],
  ['a Node stream', Readable.from(['a'])],
  ['a ReadableStream', new ReadableStream() as unknown as Body],
] as [string, Body][])('stays synchronous, and hands on %s as it is', (_name, inner) => {
  const app = marked((_environ, startResponse) => {
    startResponse('200 OK', [])
    return inner
  })
  expect(app(createEnviron('/'), () => () => {})).toBe(inner)
})

test('leaves headers that are no list to whoever checks them', () => {
  let got: unknown
  const app = marked((_environ, startResponse) => {
    startResponse('200 OK', { a: 'b' } as never)
    return ''
  })
  app(createEnviron('/'), (_status, headers) => {
    got = headers
    return () => {}
  })
  expect(got).toEqual({ a: 'b' })
})

describe('the end of a body', () => {
  function watched(kind: 'sync' | 'async', fails = false) {
    const seen: string[] = []
    const body = (kind === 'sync' ? now() : later()) as Body & { close?(): void }
    body.close = () => {
      seen.push('close')
    }
    function* now() {
      try {
        if (fails) throw new Error('failed')
        yield 'a'
        yield 'b'
      } finally {
        seen.push('end')
      }
    }
    async function* later() {
      try {
        await turn()
        if (fails) throw new Error('failed')
        yield 'a'
        yield 'b'
      } finally {
        seen.push('end')
      }
    }
    const app = marked((_environ, startResponse) => {
      startResponse('200 OK', [])
      return body
    })
    return { app, seen }
  }

  test.each(['sync', 'async'] as const)('is told once after the last chunk (%s)', async (kind) => {
    const { app, seen } = watched(kind)
    await new Client(app).get('/')
    expect(seen).toEqual(['end', 'close'])
  })

  test.each(['sync', 'async'] as const)('is told once when another body answers (%s)', async (kind) => {
    const { app, seen } = watched(kind, true)
    expect((await new Client(app).get('/')).status).toBe(500)
    expect(seen).toEqual(['end', 'close'])
  })

  test.each(['sync', 'async'] as const)('is told once when it is left half way (%s)', async (kind) => {
    const { app, seen } = watched(kind)
    const body = await app(createEnviron('/'), () => () => {})
    await expect(collect(body, 1)).rejects.toThrow(RangeError)
    await turn()
    expect(seen.sort()).toEqual(['close', 'end'])
  })

  test.each(['sync', 'async'] as const)('is told once when nobody reads it (%s)', async (kind) => {
    const { app, seen } = watched(kind)
    const body = (await app(createEnviron('/'), () => () => {})) as { close(): void }
    body.close()
    await turn()
    expect(seen).toContain('close')
    expect(seen.length).toBe(new Set(seen).size)
  })
})

describe('over a socket', () => {
  async function get(app: Application): Promise<IncomingMessage> {
    const running = await serve(app, { port: 0, errors: { write() {}, flush() {} } })
    onTestFinished(() => running.close({ timeout: 0 }))
    const sent = request({ port: running.port }).end()
    const [got] = (await once(sent, 'response')) as [IncomingMessage]
    return got
  }

  test('a client that leaves ends the generator', async () => {
    let end: () => void = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const got = await get(
      marked(async function* (_environ, startResponse) {
        startResponse('200 OK', [])
        try {
          for (let i = 0; ; i++) {
            yield `${i}\n`
            await turn()
          }
        } finally {
          end()
        }
      }),
    )
    await once(got, 'data')
    got.destroy()
    await ended
  })

  test('an event reaches the client before the next one is made', async () => {
    let release: () => void = () => {}
    const seen = new Promise<void>((resolve) => {
      release = resolve
    })
    const got = await get(
      marked(async function* (_environ, startResponse) {
        startResponse('200 OK', [['Content-Type', 'text/event-stream']])
        yield 'data: 1\n\n'
        await seen
        yield 'data: 2\n\n'
      }),
    )
    const chunks: string[] = []
    for await (const chunk of got) {
      chunks.push(String(chunk))
      release()
    }
    expect(chunks).toEqual(['data: 1\n\n', 'data: 2\n\n'])
  })

  test('a file of the gateway is handed on as it is', async () => {
    let inner: Body | undefined
    let outer: Body | undefined
    const watched = marked(async (environ, startResponse) => {
      const file = await open(new URL(import.meta.url))
      startResponse('200 OK', [])
      inner = environ['wsgi.file_wrapper']?.(file) as Body
      return inner
    })
    const got = await get(async (environ, startResponse) => {
      outer = await watched(environ, startResponse)
      return outer
    })
    expect(String(Buffer.concat(await got.toArray()))).toContain('handed on as it is')
    expect(outer).toBe(inner)
  })
})
