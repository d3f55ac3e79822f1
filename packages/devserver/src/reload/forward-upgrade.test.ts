import type { Application } from '@stapel/core'
import { expect, test } from 'vitest'
import { plainFailure } from '../failure/failure.ts'
import { frontForTest, frontOver, Wire } from './front.test-support.ts'

const handshake =
  'GET /talk?x HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

/** A text message as a client sends it, masked with zeros. */
function frame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])
}

const echo: Application = async (environ, startResponse) => {
  const upgrade = environ['wsgi.websocket']
  if (upgrade === undefined || environ.PATH_INFO !== '/talk') {
    startResponse('403 Forbidden', [['Content-Type', 'text/plain']])
    return `no: ${upgrade === undefined}`
  }
  const socket = await upgrade.accept()
  for await (const message of socket)
    await socket.send(`${message} ${environ.QUERY_STRING} ${environ.REMOTE_ADDR}`)
  startResponse('204 No Content', [])
  return ''
}

test('a WebSocket reaches the application, and messages go both ways', async () => {
  const front = await frontForTest(echo)
  const wire = await Wire.open(front.port)
  // RFC 6455 section 1.3 gives the answer to this key.
  await wire
    .send(handshake)
    .until(/^HTTP\/1\.1 101 [\s\S]*Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=[\s\S]*\r\n\r\n/)
  await wire.send(frame('one')).until(/one x 127\.0\.0\.1/)
  await wire.send(frame('two')).until(/two x 127\.0\.0\.1/)
  expect(front.records).toMatchObject([{ method: 'GET', target: '/talk?x', status: 101 }])
})

test('an answer that refuses it is passed back', async () => {
  const front = await frontForTest(echo)
  const wire = await Wire.open(front.port)
  const answer = await wire.send(handshake.replace('/talk', '/other')).rest()
  expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*Connection: close[\s\S]*no: false/)
  expect(await front.logged(1)).toMatchObject([{ status: 403, target: '/other?x' }])
})

test('another protocol is not passed on: the request is an ordinary one', async () => {
  const front = await frontForTest(echo)
  const wire = await Wire.open(front.port)
  await wire.send(handshake.replace('websocket', 'h2c')).until(/^HTTP\/1\.1 403 [\s\S]*no: true/)
})

test('while the application has failed, the failure is shown', async () => {
  const front = await frontOver(() => ({ by: 'failure', failure: plainFailure('error', 'It is broken.') }))
  const wire = await Wire.open(front.port)
  await wire.send(handshake).until(/^HTTP\/1\.1 500 [\s\S]*It is broken\./)
})

test('a client that goes ends the conversation of the application', async () => {
  const ends: number[] = []
  const front = await frontForTest(async (environ, startResponse) => {
    const socket = await environ['wsgi.websocket']?.accept()
    if (socket !== undefined) ends.push((await socket.closed).code)
    startResponse('204 No Content', [])
    return ''
  })
  const wire = await Wire.open(front.port)
  await wire.send(handshake).until(/101/)
  wire.socket.destroy()
  await expect.poll(() => ends).toEqual([1006])
})
