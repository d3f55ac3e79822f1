import type { IncomingMessage } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { isUntouched, takeFromParser } from './parser-body.ts'
import { connectTo } from './raw.test-support.ts'

const request = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHello'

test('a request is untouched when it comes', async () => {
  const connection = await connectTo((req, res) => res.end(`[${isUntouched(req)}]`))
  await connection.send(request).until(/\[true\]/)
})

test.each([
  ['whose body has arrived', () => turn()],
  ['that somebody reads', (req: IncomingMessage) => req.on('data', () => {})],
  ['that somebody will read', (req: IncomingMessage) => req.on('readable', () => {})],
  ['that somebody has paused', (req: IncomingMessage) => req.pause()],
  ['that is given up', (req: IncomingMessage) => req.on('error', () => {}).destroy()],
])('a request %s is not', async (_, touch) => {
  let untouched: boolean | undefined
  const connection = await connectTo(async (req, res) => {
    await touch(req)
    untouched = isUntouched(req)
    res.end()
  })
  await connection.send(request)
  await expect.poll(() => untouched).toBe(false)
})

test('the stream of a request whose body was taken has ended without an event', async () => {
  const events: string[] = []
  const connection = await connectTo((req, res) => {
    for (const event of ['close', 'error', 'aborted']) req.on(event, () => events.push(event))
    const taken: Uint8Array[] = []
    takeFromParser(
      req,
      (chunk) => taken.push(chunk) > 0,
      async () => {
        await turn()
        res.end(
          `[${Buffer.concat(taken)} ${req.readableEnded} ${req.destroyed} ${req.complete} ${req.aborted}]`,
        )
      },
    )
  })
  await connection.send(request).until(/\[Hello true true true false\]/)
  await connection.send(request).until(/(\[Hello[^[]*){2}/)
  expect(events).toEqual([])
})

test('whoever reads the stream meanwhile gets what follows, and the end', async () => {
  const connection = await connectTo((req, res) => {
    takeFromParser(
      req,
      () => {
        if (req.readableFlowing === null) {
          req.on('data', (chunk) => res.write(`[${chunk}]`))
          req.on('end', () => res.end('[end]'))
          res.write('[first]')
        }
        return true
      },
      () => {},
    )
  })
  const [start, end] = [request.slice(0, -2), request.slice(-2)]
  await connection.send(start).until(/\[first\]/)
  await connection.send(end).until(/\[lo\][^[]*\[end\]/)
})

test('the parser stops where there is no room, and goes on when it is told', async () => {
  const size = 5_000_000
  let taken = 0
  const connection = await connectTo(async (req, res) => {
    takeFromParser(
      req,
      (chunk) => {
        taken += chunk.byteLength
        return false
      },
      () => res.end(`[${taken}]`),
    )
    while (!req.complete) {
      await turn()
      if (req.socket.isPaused()) req._read(0)
    }
  })
  connection.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`).send(Buffer.alloc(size))
  await connection.until(new RegExp(`\\[${size}\\]`))
})
