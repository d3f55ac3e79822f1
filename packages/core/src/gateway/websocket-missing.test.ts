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

test('where it cannot be loaded, that is logged, and only the client that asked is cut off', async () => {
  const library = await import('./websocket-library.ts')
  vi.spyOn(library, 'loadLibrary').mockRejectedValue(new Error('broken package'))
  const server = await serveForTest((_environ, startResponse) => {
    startResponse('200 OK', [])
    return 'Hello'
  })
  const connection = await RawConnection.open(server)
  connection.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  expect(await connection.untilClose()).toBe('')
  expect(server.log.join('')).toContain('broken package')
  expect(await (await fetch(server.url)).text()).toBe('Hello')
})
