import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ClientDisconnected } from '../http-errors.ts'
import { discard } from './discard.ts'
import { connectTo } from './raw.test-support.ts'
import { chunksOf, type RequestChunks } from './request-chunks.ts'

const head = (length: number): string => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`

/** All that is left of a body. */
async function readAll(chunks: RequestChunks): Promise<string> {
  let text = ''
  for (let step = await chunks.next(); !step.done; step = await chunks.next()) text += Buffer.from(step.value)
  return text
}

describe.each([
  ['a server of our own', true],
  ["somebody else's server", false],
])('in %s', (_, owned) => {
  test('gives chunks as they arrive, then the end', async () => {
    const connection = await connectTo(async (req, res) => {
      const chunks = chunksOf(req, owned)
      for (let step = await chunks.next(); !step.done; step = await chunks.next()) {
        res.write(`[${Buffer.from(step.value)}]`)
      }
      res.end(`[${(await chunks.next()).done}]`)
    })
    await connection.send(`${head(7)}one`).until(/\[one\]/)
    await connection.send('two').until(/\[two\]/)
    await connection.send('3').until(/\[3\][^[]*\[true\]/)
  })

  test('leaves the connection fit for the requests that follow', async () => {
    const connection = await connectTo(async (req, res) =>
      res.end(`[${await readAll(chunksOf(req, owned))}]`),
    )
    connection.send(`${head(1)}1${head(0)}POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`)
    connection.send(`1\r\n3\r\n1\r\n4\r\n0\r\n\r\n${head(1)}5`)
    await connection.until(/\[1\][^[]*\[\][^[]*\[34\][^[]*\[5\]/)
  })

  test('gives a body that arrived before it was asked for', async () => {
    const connection = await connectTo(async (req, res) => {
      await turn()
      res.end(`[${await readAll(chunksOf(req, owned))}]`)
    })
    await connection.send(`${head(5)}Hello${head(3)}you`).until(/\[Hello\][^[]*\[you\]/)
  })

  test('stops the client while nobody reads, and loses nothing', async () => {
    const size = 20_000_000
    let held = -1
    const connection = await connectTo(async (req, res) => {
      const chunks = chunksOf(req, owned)
      let received = (await chunks.next()).value?.byteLength ?? 0
      while (!req.socket.isPaused()) await turn()
      held = req.socket.bytesRead - received
      for (let step = await chunks.next(); !step.done; step = await chunks.next())
        received += step.value.byteLength
      res.end(`[${received}]`)
    })
    await connection
      .send(head(size))
      .send(Buffer.alloc(size))
      .until(new RegExp(`\\[${size}\\]`))
    // Three times what a socket gives at once.
    expect(held).toBeLessThan(200_000)
  })

  test('gives each of several who wait a chunk or the end', async () => {
    const connection = await connectTo(async (req, res) => {
      const chunks = chunksOf(req, owned)
      const steps = await Promise.all([chunks.next(), chunks.next(), chunks.next()])
      res.end(`[${steps.map(({ done, value }) => (done ? 'end' : Buffer.from(value)))}]`)
    })
    await connection.send(`${head(5)}Hello`).until(/\[Hello,end,end\]/)
  })

  test('goes on where it rested', async () => {
    const connection = await connectTo(async (req, res) => {
      const chunks = chunksOf(req, owned)
      await chunks.next()
      chunks.rest()
      res.write('[rested]')
      res.end(`[${await readAll(chunks)}]`)
    })
    await connection.send(`${head(9)}Hel`).until(/\[rested\]/)
    await connection.send('lo you').until(/\[lo you\]/)
  })

  test('throws ClientDisconnected when the client goes, also to who asks again', async () => {
    const failures: unknown[] = []
    const connection = await connectTo(async (req) => {
      const chunks = chunksOf(req, owned)
      await readAll(chunks).catch((error: unknown) => failures.push(error))
      await chunks.next().catch((error: unknown) => failures.push(error))
    })
    connection.send(`${head(5)}Hel`)
    await turn()
    connection.socket.destroy()
    await expect
      .poll(() => failures)
      .toEqual([expect.any(ClientDisconnected), expect.any(ClientDisconnected)])
  })

  test('lets the rest be discarded while chunks wait', async () => {
    const connection = await connectTo(async (req, res) => {
      const chunks = chunksOf(req, owned)
      await chunks.next()
      chunks.rest()
      discard(req, { closing: false }, (reusable) => res.end(`[${reusable}]`))
      res.write('[discarding]')
    })
    connection.send(`${head(50_000)}x`)
    await connection.until(/\[discarding\]/)
    await connection
      .send(`${'x'.repeat(49_999)}${head(1)}y`)
      .until(/\[true\][^[]*\[discarding\][^[]*\[true\]/)
  })
})

test("in somebody else's server it listens once, and no more at the end", async () => {
  const added: string[] = []
  const connection = await connectTo(async (req, res) => {
    req.on('newListener', (event) => added.push(event))
    const chunks = chunksOf(req, false)
    for (let step = await chunks.next(); !step.done; step = await chunks.next()) res.write('[chunk]')
    res.end(`[${added.map((event) => req.listenerCount(event))}]`)
  })
  await connection.send(`${head(3)}1`).until(/\[chunk\]/)
  await connection.send('2').until(/(\[chunk\][^[]*){2}/)
  await connection.send('3').until(/\[0,0,0,0\]/)
  expect(added).toEqual(['readable', 'end', 'close', 'error'])
})
