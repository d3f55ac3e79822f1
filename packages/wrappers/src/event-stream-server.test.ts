import { get, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { validate } from '@stapel/core'
import { serve } from '@stapel/core/node'
import { expect, test, vi } from 'vitest'
import { eventStream } from './event-stream.ts'

test('over a real connection events arrive at once, and the source ends with the client', async () => {
  const log: string[] = []
  let left = 0
  const app = eventStream(
    async function* ({ signal }) {
      try {
        yield 'hello'
        await sleep(60_000, undefined, { signal })
      } finally {
        left++
      }
    },
    { heartbeat: 20 },
  )
  const errors = { write: (text: string) => void log.push(text), flush() {} }
  const server = await serve(validate(app), { port: 0, host: '127.0.0.1', errors })
  try {
    const clients = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const response = await new Promise<IncomingMessage>((resolve, reject) => {
          get(server.url, resolve).on('error', reject)
        })
        expect(response.headers['content-type']).toBe('text/event-stream')
        let received = ''
        response.setEncoding('utf8').on('data', (text) => {
          received += text
        })
        response.on('error', () => {})
        await vi.waitFor(() => expect(received).toMatch(/^:\n\ndata: hello\n\n(?::\n\n){2}/))
        return response
      }),
    )
    for (const client of clients) client.destroy()
    await vi.waitFor(() => expect(left).toBe(5))
    expect(log).toEqual([])
  } finally {
    await server.close()
  }
})
