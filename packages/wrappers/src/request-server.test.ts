import { connect, type Socket } from 'node:net'
import { type Application, validate } from '@stapel/core'
import { type RunningServer, serve } from '@stapel/core/node'
import { afterEach, describe, expect, test } from 'vitest'
import { Request } from './request.ts'
import { Response } from './response.ts'

let server: RunningServer | undefined
let socket: Socket | undefined

afterEach(async () => {
  socket?.destroy()
  await server?.close({ timeout: 0 })
})

async function start(app: Application): Promise<RunningServer> {
  server = await serve(validate(app), { port: 0, host: '127.0.0.1' })
  return server
}

/** A connection that sends text and gives what has come back once it holds what is waited for. */
function talk({ port }: { readonly port: number }): (text: string, until: string) => Promise<string> {
  socket = connect(port, '127.0.0.1')
  const open = socket
  let received = ''
  open.setEncoding('latin1')
  return (text, until) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!received.includes(until)) return
        open.off('data', take).off('close', fail)
        resolve(received)
      }
      const take = (data: string): void => {
        received += data
        look()
      }
      const fail = (): void => reject(new Error(`The connection closed after ${JSON.stringify(received)}.`))
      open.on('data', take).on('close', fail)
      open.write(text)
      look()
    })
}

const portOf = ({ url }: RunningServer): { port: number } => ({ port: Number(new URL(url).port) })

describe('a client that waits for 100 (Continue)', () => {
  const head = (length: number): string =>
    `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`

  // robustness.md B7
  test.each([
    ['bytes', (request: Request) => request.bytes({ limit: 10 })],
    ['stream', (request: Request) => request.stream({ limit: 10 })[Symbol.asyncIterator]().next()],
  ])('is refused by %s before it sends what is too long', async (_name, read) => {
    const app = Request.application(async (request) => {
      await read(request)
      return new Response('read')
    })
    const send = talk(portOf(await start(app)))
    expect(await send(head(11), '\r\n\r\n')).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('is asked for the body when the first chunk is, and not when `body` is only looked at', async () => {
    const app = Request.application(async (request) => {
      const { body } = request
      if (request.contentLength === 1) return new Response('not read')
      return new Response(await new globalThis.Response(body).text())
    })
    const running = await start(app)
    const send = talk(portOf(running))
    expect(await send(head(3), '\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    expect(await send('abc', '\r\n\r\nabc')).toMatch(/HTTP\/1\.1 200 OK/)
    socket?.destroy()
    expect(await talk(portOf(running))(head(1), 'not read')).toMatch(/^HTTP\/1\.1 200 OK/)
  })
})

describe('a stream that is left early', () => {
  test('leaves the connection usable', async () => {
    const app = Request.application(async (request) => {
      for await (const chunk of request.stream()) return new Response(`first ${chunk.byteLength > 0}`)
      return new Response('nothing')
    })
    const send = talk(portOf(await start(app)))
    const body = 'x'.repeat(20_000)
    await send(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n\r\n${body}`, 'first true')
    expect(await send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 'nothing')).toContain('first true')
  })
})

describe('the body', () => {
  test('goes through as it arrives', async () => {
    const app = Request.application((request) => {
      const upper = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) =>
          controller.enqueue(chunk.map((byte) => (byte > 0x60 ? byte - 0x20 : byte))),
      })
      return new globalThis.Response(request.body.pipeThrough(upper))
    })
    const { url } = await start(app)
    const answer = await fetch(url, { method: 'POST', body: 'hello'.repeat(100_000) })
    expect(await answer.text()).toBe('HELLO'.repeat(100_000))
  })
})

describe('trusted hosts', () => {
  class OwnRequest extends Request {
    static override trustedHosts = ['localhost', '.example.org']
  }

  test.each([
    ['localhost:8000', 200],
    ['a.example.org', 200],
    ['127.0.0.1', 400],
    ['example.org.evil.example', 400],
  ])('the Host %s is answered %i', async (host, status) => {
    const send = talk(portOf(await start(OwnRequest.application((request) => new Response(request.url)))))
    const answer = await send(`GET /a HTTP/1.1\r\nHost: ${host}\r\n\r\n`, '\r\n\r\n')
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  test('hold for the authority of an absolute target, which replaces Host', async () => {
    const send = talk(portOf(await start(OwnRequest.application((request) => new Response(request.url)))))
    const target = 'http://evil.example/'
    expect(await send(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`, '\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 /,
    )
  })
})
