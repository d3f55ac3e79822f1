import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type EndOptions, endAnswer } from './end-answer.ts'
import { RawConnection } from './raw.test-support.ts'

const next = 'GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

/** A server without our gateway, as the dev server's is: it answers without reading, and honours the mark. */
async function answering(
  options: EndOptions = {},
  prepare: (req: IncomingMessage, res: ServerResponse) => void = () => {},
): Promise<{ client: RawConnection; mark: { closing: boolean } }> {
  const mark = { closing: false }
  const server = createServer((req, res) => {
    if (mark.closing) {
      res.destroy()
      return
    }
    prepare(req, res)
    endAnswer(req, res, mark, { chunk: `answer ${req.url}`, ...options })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { client: await RawConnection.open({ port: (server.address() as AddressInfo).port, url: '' }), mark }
}

test('a small body is discarded, and the next request answered', async () => {
  const { client } = await answering()
  client.send('POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n')
  await client.until(/answer \/1/)
  expect(await client.send(`12345${next}`).untilClose()).toContain('answer /next')
})

test('the answer arrives although the client goes on sending much, and the connection is closed', async () => {
  const { client, mark } = await answering()
  client.send('POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n')
  await client.until(/answer \/1/)
  await client.send(Buffer.alloc(1_000_000)).send(next).untilClose()
  expect(mark.closing).toBe(true)
  expect(client.text).not.toContain('/next')
})

test('what follows a chunked body that was too long is not taken for a request', async () => {
  const { client } = await answering()
  client.send('POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
  await client.until(/answer \/1/)
  client.send(`186a0\r\n${'x'.repeat(100_000)}\r\n0\r\n\r\n${next}`)
  expect(await client.untilClose()).not.toContain('/next')
})

test('a client that was not invited to send its body is answered, and the connection is not used again', async () => {
  const { client, mark } = await answering({ awaitsContinue: true, chunk: 'x' }, (_req, res) =>
    res.writeHead(403, { 'Content-Length': '1' }),
  )
  client.send('POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n')
  await client.until(/\r\n\r\nx$/)
  await client.send(`12345${next}`).untilClose()
  expect(client.text).not.toContain('/next')
  expect(mark.closing).toBe(true)
})
