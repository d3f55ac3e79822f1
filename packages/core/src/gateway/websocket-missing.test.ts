import { expect, test, vi } from 'vitest'
import { RawConnection, serveForTest } from './raw.test-support.ts'

vi.mock('./websocket-library.ts', () => ({ loadLibrary: async () => undefined }))

test('where ws is not installed, a request for a WebSocket is an ordinary request, and the connection stays usable', async () => {
  const server = await serveForTest((environ, startResponse) => {
    startResponse('200 OK', [])
    return `[${'wsgi.websocket' in environ} ${environ.HTTP_UPGRADE}]`
  })
  const connection = await RawConnection.open(server)
  const request =
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
  const answer = await connection.send(request).until(/\[false websocket\]$/)
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  await connection.send(request).until(/(?:\[false websocket\][\s\S]*){2}$/)
})
