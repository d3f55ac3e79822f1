import type { IncomingMessage } from 'node:http'
import { Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import { createPeerHeader, formatPeer, restorePeer } from './peer.ts'

const none = { chunked: false, contentLength: false, host: false }
const request = (socket: object, httpVersion = '1.1'): IncomingMessage =>
  ({ socket, httpVersion }) as unknown as IncomingMessage
const socket = { remoteAddress: '::ffff:192.0.2.7', remotePort: 5000, localAddress: '::1', localPort: 8000 }

/** What an application behind `restorePeer` sees of an environ. */
async function restored(value: string | undefined, environ: object = {}): Promise<Record<string, unknown>> {
  const header = 'Stapel-Peer-abc'
  const app = restorePeer((seen, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'application/json']])
    return JSON.stringify(
      Object.fromEntries(Object.entries(seen).filter(([, part]) => typeof part === 'string')),
    )
  }, header)
  const client = new Client(app, {
    environ: { ...environ, ...(value === undefined ? {} : { HTTP_STAPEL_PEER_ABC: value }) },
  })
  return (await client.get('/')).json() as Record<string, unknown>
}

test('the name of the header differs from run to run and holds no underscore', () => {
  expect(createPeerHeader()).toMatch(/^Stapel-Peer-[0-9a-f]{32}$/)
  expect(createPeerHeader()).not.toBe(createPeerHeader())
})

test('both ends of the connection are written, IPv4 addresses plain', () => {
  expect(formatPeer(request(socket), none)).toBe('192.0.2.7 5000 ::1 8000 1.1 -')
})

test('what a closed connection does not know any more is left out', () => {
  expect(formatPeer(request({}, '1.0'), { ...none, contentLength: true, host: true })).toBe('- - - - 1.0 lh')
})

test('environ gets the client and the listening side; the header is gone', async () => {
  const environ = await restored('192.0.2.7 5000 ::1 8000 1.0 -')
  expect(environ).toMatchObject({
    REMOTE_ADDR: '192.0.2.7',
    REMOTE_PORT: '5000',
    SERVER_NAME: '::1',
    SERVER_PORT: '8000',
    SERVER_PROTOCOL: 'HTTP/1.0',
  })
  expect(environ).not.toHaveProperty('HTTP_STAPEL_PEER_ABC')
})

test('what the parent added is taken away', async () => {
  const environ = { CONTENT_LENGTH: '0', HTTP_HOST: 'localhost', HTTP_CONNECTION: 'keep-alive' }
  const seen = await restored('192.0.2.7 1 ::1 2 1.0 lh', environ)
  expect(seen).not.toHaveProperty('CONTENT_LENGTH')
  expect(seen).not.toHaveProperty('HTTP_HOST')
  expect(seen).not.toHaveProperty('HTTP_CONNECTION')
})

test('a Content-Length and a Host of the client stay', async () => {
  const seen = await restored('192.0.2.7 1 ::1 2 1.1 -', { CONTENT_LENGTH: '0', HTTP_HOST: 'example.org' })
  expect(seen).toMatchObject({ CONTENT_LENGTH: '0', HTTP_HOST: 'example.org' })
})

test('a request that did not come through the parent is left as it is', async () => {
  expect(await restored(undefined, { REMOTE_ADDR: '192.0.2.1' })).toMatchObject({ REMOTE_ADDR: '192.0.2.1' })
})
