import { once } from 'node:events'
import { Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:http2'
import { Server as HttpsServer, request } from 'node:https'
import { type AddressInfo, connect as connectPlain } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { NodeServer } from './close-server.ts'
import { createNodeServer, MAX_CONCURRENT_STREAMS } from './node-server.ts'
import { testCertificate } from './tls.test-support.ts'

/** Listens on a free port until the test ends, and gives the port. */
async function listening(server: NodeServer): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

test('without tls it is a server of HTTP/1.1 in the clear, with our limits', () => {
  const server = createNodeServer({})
  expect(server).toBeInstanceOf(HttpServer)
  expect(server).toMatchObject({
    headersTimeout: 60_000,
    requestTimeout: 300_000,
    keepAliveTimeout: 5_000,
    maxRequestsPerSocket: 0,
    maxConnections: Number.POSITIVE_INFINITY,
  })
})

test('limits that are given are those of the server', () => {
  const limits = { headersTimeout: 1, requestTimeout: 2, keepAliveTimeout: 3, maxRequestsPerSocket: 4 }
  expect(createNodeServer({ ...limits, maxConnections: 5 })).toMatchObject({ ...limits, maxConnections: 5 })
  expect(createNodeServer({ ...limits, tls: testCertificate })).toMatchObject(limits)
  expect(createNodeServer({ ...limits, tls: testCertificate, http2: true })).toMatchObject(limits)
})

test.each([[{}], [{ tls: testCertificate }], [{ tls: testCertificate, http2: true }]])(
  'of header fields one more is counted than are ever allowed, with %o',
  (options) => {
    expect(createNodeServer(options)).toMatchObject({ maxHeadersCount: 1001 })
  },
)

test('with tls it is a server of HTTPS, and offers no HTTP/2', async () => {
  const server = createNodeServer({ tls: testCertificate })
  server.on('request', (req: IncomingMessage, res: ServerResponse) => res.end(req.httpVersion))
  expect(server).toBeInstanceOf(HttpsServer)
  const port = await listening(server)
  const asked = request({ port, host: '127.0.0.1', rejectUnauthorized: false, agent: false }).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  expect(String(await answer.toArray())).toBe('1.1')
})

test('with http2 it speaks both, and tells clients of HTTP/2 its limits', async () => {
  const server = createNodeServer({ tls: testCertificate, http2: true, maxHeaderSize: 9_000 })
  server.on('request', (req: IncomingMessage, res: ServerResponse) => res.end(req.httpVersion))
  const port = await listening(server)
  const client = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
  onTestFinished(() => client.destroy())
  const [settings] = await once(client, 'remoteSettings')
  expect(settings).toMatchObject({
    maxConcurrentStreams: MAX_CONCURRENT_STREAMS,
    maxHeaderListSize: 9_000,
    enablePush: false,
  })
  const asked = request({ port, host: '127.0.0.1', rejectUnauthorized: false, agent: false }).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  expect(String(await answer.toArray())).toBe('1.1')
})

test.each([
  [{ tls: { ...testCertificate, handshakeTimeout: 30 } }],
  [{ tls: { ...testCertificate, handshakeTimeout: 30 }, http2: true }],
])('a handshake has the time that tls says', async (options) => {
  const server = createNodeServer(options)
  const port = await listening(server)
  const socket = connectPlain(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  const [error] = (await once(server, 'tlsClientError')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ERR_TLS_HANDSHAKE_TIMEOUT')
})

test('a handshake has ten seconds where tls says nothing of it', () => {
  const createServer = vi.spyOn(process.getBuiltinModule('node:https'), 'createServer')
  onTestFinished(() => createServer.mockRestore())
  createNodeServer({ tls: testCertificate })
  createNodeServer({ tls: { ...testCertificate, handshakeTimeout: undefined } })
  const times = createServer.mock.calls.map(([options]) => options)
  expect(times).toMatchObject([{ handshakeTimeout: 10_000 }, { handshakeTimeout: 10_000 }])
})

test('http2 without tls is refused', () => {
  expect(() => createNodeServer({ http2: true })).toThrow(TypeError)
})
