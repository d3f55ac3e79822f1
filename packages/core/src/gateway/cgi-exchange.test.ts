import { PassThrough, Readable, Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { BadRequest, NotFound } from '../http-errors.ts'
import type { Application, Body } from '../protocol.ts'
import { validate } from '../validate.ts'
import { CgiContext } from './cgi-context.ts'
import { createCgiEnviron, refusedCgiEnviron } from './cgi-environ.ts'
import { CgiExchange } from './cgi-exchange.ts'
import { CgiInput } from './cgi-input.ts'
import { watchedBody } from './fetch.test-support.ts'

interface Setup {
  readonly method?: string
  readonly output?: Writable
  /** `false` for an application that breaks the protocol on purpose. */
  readonly validated?: boolean
}

interface Outcome {
  readonly code: number
  /** What came out, as latin-1. */
  readonly output: string
  readonly log: string
}

/** Runs an application on outputs in memory. */
async function run(app: Application, setup: Setup = {}): Promise<Outcome> {
  const output = new PassThrough()
  const log: string[] = []
  const errors = { write: (text: string) => void log.push(text), flush: () => {} }
  const input = new CgiInput(Readable.from([]), {})
  const context = new CgiContext(setup.output ?? output, input)
  const environ = createCgiEnviron({ REQUEST_METHOD: setup.method ?? 'GET' }, input, context, errors)
  const exchange = new CgiExchange(setup.output ?? output, context, environ)
  const code = await exchange.run(setup.validated === false ? app : validate(app))
  return { code, output: output.read(output.readableLength)?.toString('latin1') ?? '', log: log.join('') }
}

function answering(body: Body, ...headers: [string, string][]): Application {
  return (_environ, startResponse) => {
    startResponse('200 OK', headers)
    return body
  }
}

describe('the head', () => {
  test('has the status as a header of its own, the headers in their order, and the length of a list', async () => {
    const app = answering(['caf\u00e9', '!'], ['X-B', 'caf\u00e9'], ['X-A', '1'], ['X-B', '2'])
    expect(await run(app)).toEqual({
      code: 0,
      output:
        'Status: 200 OK\r\nX-B: caf\u00e9\r\nX-A: 1\r\nX-B: 2\r\nContent-Length: 6\r\n\r\ncaf\u00c3\u00a9!',
      log: '',
    })
  })

  test('has no length where nobody knows it', async () => {
    async function* body(): AsyncGenerator<string> {
      yield 'a'
      yield 'b'
    }
    expect((await run(answering(body()))).output).toBe('Status: 200 OK\r\n\r\nab')
  })

  test('of an empty body of unknown length says 0', async () => {
    async function* body(): AsyncGenerator<string> {}
    expect((await run(answering(body()))).output).toBe('Status: 200 OK\r\nContent-Length: 0\r\n\r\n')
  })

  test.each([
    ['204 No Content', 'Status: 204 No Content\r\n\r\n'],
    ['304 Not Modified', 'Status: 304 Not Modified\r\n\r\n'],
  ] as const)('4.5: of %s has no computed length', async (status, output) => {
    const app: Application = (_environ, startResponse) => {
      startResponse(status, [])
      return ''
    }
    expect(await run(app)).toEqual({ code: 0, output, log: '' })
  })

  test('4.4: of HEAD is that of GET, and its body is closed without being read', async () => {
    const { body, calls } = watchedBody(['x'])
    const app = answering(body, ['Content-Length', '1'])
    expect((await run(app, { method: 'HEAD' })).output).toBe('Status: 200 OK\r\nContent-Length: 1\r\n\r\n')
    expect(calls).toEqual(['close'])
  })
})

describe('startResponse and write', () => {
  test('3.2: an error replaces the head that has not gone out', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [['X-Old', '1']])
      startResponse('503 Service Unavailable', [], new Error('too busy'))
      return 'later'
    }
    const { output } = await run(app)
    expect(output).toBe('Status: 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nlater')
  })

  test("3.2: write('') sends the head, and what write sends goes before the body", async () => {
    const app: Application = (_environ, startResponse) => {
      const write = startResponse('200 OK', [])
      void write('')
      void write('one ')
      return ['two']
    }
    expect((await run(app)).output).toBe('Status: 200 OK\r\n\r\none two')
  })

  test('3.5: write after the end of the body throws', async () => {
    let late: (() => void) | undefined
    const app: Application = (_environ, startResponse) => {
      const write = startResponse('200 OK', [])
      late = () => void write('late')
      return 'done'
    }
    await run(app, { validated: false })
    expect(late).toThrow('after the end')
  })
})

describe('a body', () => {
  test('4.5: that is too long is cut at its length, logged, and disposed of', async () => {
    const { body, calls } = watchedBody(['abc', 'def', 'ghi'])
    const { code, output, log } = await run(answering(body, ['Content-Length', '4']), { validated: false })
    expect(output).toBe('Status: 200 OK\r\nContent-Length: 4\r\n\r\nabcd')
    expect(log).toContain('longer than its Content-Length of 4')
    expect([code, calls]).toEqual([0, ['abc', 'def', 'return', 'close']])
  })

  test('4.5: that is too short is logged, and gives the exit code 1', async () => {
    const { code, log } = await run(answering('abc', ['Content-Length', '4']), { validated: false })
    expect(code).toBe(1)
    expect(log).toContain('ended after 3 bytes')
  })

  test('4.1: the next chunk is pulled when the server has taken the one before', async () => {
    const { body, calls } = watchedBody(['a', 'b'])
    const pulled: string[][] = []
    const output = new Writable({
      write: (_chunk, _encoding, done) => {
        pulled.push([...calls])
        setImmediate(done)
      },
    })
    await run(answering(body), { output })
    expect(pulled.slice(1, 3)).toEqual([['a'], ['a', 'b']])
  })

  test('4.2: is given up when nobody reads the answer any more, and the exit code is 1', async () => {
    const { body, calls } = watchedBody(['a'], true)
    const output = new Writable({
      write: (_chunk, _encoding, done) => done(calls.length > 0 ? new Error('EPIPE') : null),
    })
    const { code, log } = await run(answering(body), { output })
    expect(code).toBe(1)
    expect(calls).toEqual(['a', 'return', 'close'])
    expect(log).toBe('')
  })

  test('1: that gives no chunks is answered 500, and closed', async () => {
    const { body, calls } = watchedBody([7 as unknown as string])
    const { output, log } = await run(answering(body), { validated: false })
    expect(output).toContain('Status: 500 Internal Server Error\r\n')
    expect(log).toContain('The body gave')
    expect(calls).toEqual([7, 'return', 'close'])
  })
})

describe('a failure', () => {
  test('of an HTTPError below 500 is its answer, and is not logged', async () => {
    const app: Application = () => {
      throw new NotFound('No such page.')
    }
    const { code, output, log } = await run(app)
    expect(output).toMatch(/^Status: 404 Not Found\r\n.*No such page\./s)
    expect([code, log]).toEqual([0, ''])
  })

  test('of another kind is a plain 500 without details, and the log has it', async () => {
    const app: Application = () => {
      throw new Error('secret')
    }
    const { output, log } = await run(app)
    expect(output).toBe(
      'Status: 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 22\r\n\r\nInternal Server Error\n',
    )
    expect(log).toContain('secret')
  })

  test('of an HTTPError that cannot answer is a plain 500, and the log has both', async () => {
    const error = Object.assign(new NotFound('first'), {
      respond: () => {
        throw new Error('second')
      },
    })
    const app: Application = () => {
      throw error
    }
    const { output, log } = await run(app)
    expect(output).toContain('Status: 500 ')
    expect(log).toContain('second')
  })

  test('after the first chunk cuts the answer short, with exit code 1', async () => {
    async function* body(): AsyncGenerator<string> {
      yield 'begun'
      throw new Error('half way')
    }
    const { code, output, log } = await run(answering(body()))
    expect([code, output]).toEqual([1, 'Status: 200 OK\r\n\r\nbegun'])
    expect(log).toContain('half way')
  })

  test('3.1: to call startResponse is answered 500', async () => {
    const { output, log } = await run(() => 'no head', { validated: false })
    expect(output).toContain('Status: 500 ')
    expect(log).toContain('without calling startResponse')
  })
})

test('a request that no application sees is refused with its error', async () => {
  const output = new PassThrough()
  const context = new CgiContext(output, new CgiInput(Readable.from([]), {}))
  const errors = { write: () => {}, flush: () => {} }
  const exchange = new CgiExchange(output, context, refusedCgiEnviron({ HTTP_ACCEPT: 'text/plain' }, errors))
  expect(await exchange.refuse(new BadRequest('Malformed.'))).toBe(0)
  expect(output.read(output.readableLength).toString()).toMatch(/^Status: 400 Bad Request\r\n.*Malformed\./s)
})
