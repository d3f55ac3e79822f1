import type { IncomingMessage, ServerResponse } from 'node:http'
import { createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { ClientDisconnected } from '../http-errors.ts'
import type { Body, Chunk, Environ, HeaderList, Status } from '../protocol.ts'
import { HandlerBody } from './handler-body.ts'
import { NodeAnswer } from './node-answer.ts'
import type { ConnectionContext } from './node-connection.ts'

interface Started {
  status: Status
  headers: HeaderList
}

/** The answer of a handler, the calls of startResponse and `write`, and what was logged. */
function answering(
  handle: (req: IncomingMessage, res: ServerResponse) => unknown,
  { method = 'GET', context = {} }: { method?: string; context?: Partial<ConnectionContext> } = {},
) {
  const environ: Environ = createEnviron('/', { method })
  const log: string[] = []
  environ['wsgi.errors'] = { write: (text) => void log.push(text), flush: () => {} }
  Object.assign(environ['stapel.context'], context)
  const started: Started[] = []
  const written: Chunk[] = []
  const answer = new NodeAnswer(environ, (status, headers) => {
    started.push({ status, headers })
    return (chunk) => void written.push(chunk)
  })
  let result: Body | Promise<Body> | undefined
  const run = (): Body | Promise<Body> => {
    result ??= answer.run(handle)
    return result
  }
  return { answer, run, started, written, log }
}

/** The body of an answer that is pulled chunk by chunk. */
async function pulled(run: () => Body | Promise<Body>): Promise<HandlerBody> {
  const body = await run()
  expect(body).toBeInstanceOf(HandlerBody)
  return body as unknown as HandlerBody
}

function textOf(step: IteratorResult<Chunk>): string | undefined {
  return step.done ? undefined : String(Buffer.from(step.value as Uint8Array))
}

describe('the body', () => {
  test('of a response that is ended at once is its only chunk, without a promise', () => {
    const { run, started } = answering((_req, res) => res.end('Hello'))
    expect(run()).toBe('Hello')
    expect(started).toEqual([{ status: '200 OK', headers: [['Content-Length', '5']] }])
  })

  test('that comes later gives each chunk when it is asked for, and lets the writer go on then', async () => {
    const taken: string[] = []
    const { run } = answering((_req, res) => {
      setImmediate(() => {
        res.write('one', () => taken.push('one'))
        res.write('two', () => taken.push('two'))
        res.end()
      })
    })
    const body = await pulled(run)
    expect(taken).toEqual([])
    expect(textOf(await body.next())).toBe('one')
    expect(taken).toEqual([])
    expect(textOf(await body.next())).toBe('two')
    expect(await body.next()).toEqual({ done: true, value: undefined })
    expect(taken).toEqual(['one', 'two'])
  })

  test('whose headers were flushed is told so by an empty write', async () => {
    const { run, written, started } = answering((_req, res) => res.flushHeaders())
    await run()
    expect(started).toHaveLength(1)
    expect(written).toEqual([''])
  })

  test('that is given up closes the response of the handler', async () => {
    let closed = false
    const { run } = answering((_req, res) => {
      res.on('close', () => {
        closed = true
      })
      res.write('one')
    })
    const body = await pulled(run)
    await body.next()
    await body.return()
    body.close()
    await expect.poll(() => closed).toBe(true)
  })

  test('that nobody wants for HEAD leaves its handler the time to end it', async () => {
    let finished = false
    const { run } = answering(
      (_req, res) => {
        res.on('finish', () => {
          finished = true
        })
        res.flushHeaders()
        setImmediate(() => res.end('dropped'))
      },
      { method: 'HEAD' },
    )
    const body = await pulled(run)
    body.close()
    await expect.poll(() => finished).toBe(true)
  })
})

describe('a failure', () => {
  test('before the answer is thrown at once, or rejects', async () => {
    const failing = answering(() => {
      throw new Error('at once')
    })
    expect(() => failing.run()).toThrow('at once')
    await expect(answering(async () => Promise.reject(new Error('later'))).run()).rejects.toThrow('later')
  })

  test('after it has begun comes out of the body', async () => {
    const { answer, run } = answering((_req, res) => {
      res.write('one')
      setImmediate(() => answer.fail(new Error('too late')))
    })
    const body = await pulled(run)
    expect(textOf(await body.next())).toBe('one')
    await expect(body.next()).rejects.toThrow('too late')
  })

  test('after its end is logged', async () => {
    const { answer, run, log } = answering((_req, res) => res.end('done'))
    run()
    answer.fail(new Error('afterwards'))
    expect(log.join('')).toContain('afterwards')
  })

  test('that cuts the connection is told to the gateway', async () => {
    let cut = 0
    const context = { abortConnection: () => void cut++ }
    const { run } = answering((_req, res) => res.destroy(), { context })
    expect(run).toThrow(ClientDisconnected)
    expect(cut).toBe(1)
  })
})

describe('the client', () => {
  test('that leaves before the answer rejects it, and closes the response of the handler', async () => {
    let leave = (): void => {}
    let closed = false
    const context: Partial<ConnectionContext> = {
      onGone: (listener) => {
        leave = listener
      },
    }
    const { run } = answering(
      (_req, res) => {
        res.on('close', () => {
          closed = true
        })
      },
      { context },
    )
    const waiting = Promise.resolve(run())
    leave()
    await expect(waiting).rejects.toThrow(ClientDisconnected)
    await expect.poll(() => closed).toBe(true)
  })
})

describe('informational answers', () => {
  test('go to a gateway that can send them, and leave the final one alone', async () => {
    const informed: [number, HeaderList][] = []
    const context: Partial<ConnectionContext> = {
      inform: (code, headers) => void informed.push([code, headers]),
    }
    const { run, started } = answering(
      (_req, res) => {
        res.writeContinue()
        res.writeEarlyHints({ link: '</a.css>; rel=preload' })
        res.writeProcessing()
        setImmediate(() => res.end('done'))
      },
      { context },
    )
    await run()
    expect(informed).toEqual([
      [100, []],
      [103, [['Link', '</a.css>; rel=preload']]],
      [102, []],
    ])
    expect(started.map(({ status }) => status)).toEqual(['200 OK'])
  })

  test('as the answer itself end the exchange, where the gateway can send them', async () => {
    const sent: unknown[] = []
    const context: Partial<ConnectionContext> = {
      answerInformational: (code, reason, _headers, done) => {
        sent.push(code, reason)
        done()
      },
    }
    const { run, started } = answering((_req, res) => res.writeHead(102).end(), { context })
    await expect(async () => run()).rejects.toThrow(ClientDisconnected)
    expect(sent).toEqual([102, 'Processing'])
    expect(started).toEqual([])
  })
})
