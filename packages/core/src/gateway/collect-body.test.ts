import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ClientDisconnected, ContentTooLarge } from '../http-errors.ts'
import { collectBody } from './collect-body.ts'
import { discard } from './discard.ts'
import { connectTo } from './raw.test-support.ts'

const head = (length: number, path = '/'): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`

const chunked = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'

describe.each([
  ['a server of our own', true],
  ["somebody else's server", false],
])('in %s', (_, owned) => {
  /** Answers with what was read, or the name of the error. */
  const echo = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const bytes = await collectBody(req, 10, owned).catch((error: Error) => Buffer.from(error.name))
    res.end(`[${Buffer.from(bytes)}]`)
  }

  test('gives a body that comes with the headers', async () => {
    const connection = await connectTo(echo)
    await connection.send(`${head(5)}Hello`).until(/\[Hello\]/)
  })

  test('gives a body that comes in pieces', async () => {
    const connection = await connectTo(echo)
    connection.send(`${head(8)}Hel`)
    await turn()
    connection.send('lo')
    await turn()
    await connection.send(' Bo').until(/\[Hello Bo\]/)
  })

  test('gives a chunked body', async () => {
    const connection = await connectTo(echo)
    await connection.send(`${chunked}3\r\nHel\r\n2\r\nlo\r\n0\r\n\r\n`).until(/\[Hello\]/)
  })

  test.each([head(0), `${chunked}0\r\n\r\n`])('gives no bytes of an empty body', async (request) => {
    const connection = await connectTo(echo)
    await connection.send(request).until(/\[\]/)
  })

  test('leaves the connection fit for the requests that follow', async () => {
    const connection = await connectTo(echo)
    connection.send(`${head(1)}1${head(1)}2${chunked}1\r\n3\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n`)
    await connection.until(/\[1\][^[]*\[2\][^[]*\[3\][^[]*\[\]/)
  })

  test('gives a body that arrived before it was read', async () => {
    const connection = await connectTo(async (req, res) => {
      await turn()
      await echo(req, res)
    })
    await connection.send(`${head(5)}Hello${head(3)}you`).until(/\[Hello\][^[]*\[you\]/)
  })

  test('gives a body of which a part arrived before it was read', async () => {
    const arrived = deferred<void>()
    const connection = await connectTo(async (req, res) => {
      await turn()
      const reading = echo(req, res)
      arrived.resolve()
      await reading
    })
    connection.send(`${head(5)}Hel`)
    await arrived.promise
    await connection.send('lo').until(/\[Hello\]/)
  })

  test('takes exactly the limit', async () => {
    const connection = await connectTo(echo)
    await connection.send(`${head(10)}0123456789`).until(/\[0123456789\]/)
  })

  test('rejects beyond the limit and leaves the rest to be discarded', async () => {
    const rejected = deferred<unknown>()
    const connection = await connectTo(async (req, res) => {
      rejected.resolve(await collectBody(req, 3, owned).catch((error: unknown) => error))
      discard(req, { closing: false }, (reusable) => res.end(`[${reusable}]`))
    })
    connection.send(`${head(100_004)}1234`)
    expect(await rejected.promise).toBeInstanceOf(ContentTooLarge)
    // More than is discarded on a connection that is kept.
    await connection.send('x'.repeat(100_000)).until(/\[false\]/)
  })

  test('holds nothing of a body beyond the limit that nobody discards', async () => {
    const stopped = deferred<number>()
    const connection = await connectTo(async (req) => {
      await collectBody(req, 3, owned).catch(() => {})
      const { socket } = req
      const check = (): void => {
        if (socket.isPaused()) stopped.resolve(req.readableLength)
        else setImmediate(check)
      }
      check()
    })
    connection.send(`${head(50_000_000)}1234`)
    connection.send('x'.repeat(5_000_000))
    expect(await stopped.promise).toBeLessThan(200_000)
  })

  test('rejects with ClientDisconnected when the client goes', async () => {
    const failed = deferred<unknown>()
    const connection = await connectTo((req) => collectBody(req, 10, owned).catch(failed.resolve))
    connection.send(`${head(5)}Hel`)
    await turn()
    connection.socket.destroy()
    expect(await failed.promise).toBeInstanceOf(ClientDisconnected)
  })

  test('rejects with ClientDisconnected when the client had gone', async () => {
    const failed = deferred<unknown>()
    const connection = await connectTo((req) => {
      req.on('close', () => collectBody(req, 10, owned).catch(failed.resolve))
    })
    connection.send(`${head(5)}Hel`)
    await turn()
    connection.socket.destroy()
    expect(await failed.promise).toBeInstanceOf(ClientDisconnected)
  })

  test('goes on when the rest is discarded meanwhile, and so does the connection', async () => {
    const read = deferred<Uint8Array>()
    const connection = await connectTo((req, res) => {
      if (req.url === '/next') return res.end('[next]')
      collectBody(req, 10, owned).then(read.resolve)
      discard(req, { closing: false }, (reusable) => res.end(`[${reusable}]`))
    })
    connection.send(`${head(5)}Hel`)
    await turn()
    await connection.send(`lo${head(0, '/next')}`).until(/\[true\][^[]*\[next\]/)
    expect(Buffer.from(await read.promise).toString()).toBe('Hello')
  })

  test('tells the end to whoever listens for it', async () => {
    const connection = await connectTo(async (req, res) => {
      req.on('end', () => res.end('[end]'))
      await collectBody(req, 10, owned)
    })
    await connection.send(`${head(5)}Hello`).until(/\[end\]/)
  })
})

test("in somebody else's server the request ends as ever", async () => {
  const connection = await connectTo(async (req, res) => {
    const events: string[] = []
    req.on('end', () => events.push('end'))
    req.on('close', () => res.end(`[${events} close]`))
    await collectBody(req, 10, false)
  })
  await connection.send(`${head(5)}Hello`).until(/\[end close\]/)
})

/** Node 20 has no `Promise.withResolvers`. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
