import { once } from 'node:events'
import { connect as connectSecurely } from 'node:tls'
import { expect, test } from 'vitest'
import { testCertificate } from '../../../core/src/gateway/tls.test-support.ts'
import { frontOver, Wire } from './front.test-support.ts'
import { HTTP_ON_TLS, isTlsHandshake, TLS_ON_HTTP } from './other-scheme.ts'

const nobody = (): { by: 'nobody'; reason: string } => ({ by: 'nobody', reason: 'no application' })

test('a TLS handshake where HTTP is spoken is told as one', async () => {
  const front = await frontOver(nobody)
  const socket = connectSecurely({ port: front.port, host: '127.0.0.1', rejectUnauthorized: false })
  await expect(once(socket, 'secureConnect')).rejects.toThrow()
  const [record] = await front.logged(1)
  expect(record).toMatchObject({ method: '-', target: TLS_ON_HTTP, status: 400 })
})

test('a request without TLS where HTTPS is spoken is told as one', async () => {
  const front = await frontOver(nobody, '', () => 'known', testCertificate)
  const wire = await Wire.open(front.port)
  wire.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const [record] = await front.logged(1)
  expect(record).toMatchObject({ method: '-', target: HTTP_ON_TLS, status: 0 })
})

test('a client that breaks its handshake off is told of nowhere', async () => {
  const front = await frontOver(nobody, '', () => 'known', testCertificate)
  const wire = await Wire.open(front.port)
  wire.send('\x16\x03\x01\x00\x02no')
  await once(
    connectSecurely({ port: front.port, host: '127.0.0.1', rejectUnauthorized: false }),
    'secureConnect',
  )
  expect(front.records).toEqual([])
})

test('what is too short to tell is no handshake', () => {
  expect(isTlsHandshake(undefined)).toBe(false)
  expect(isTlsHandshake(Uint8Array.of(22))).toBe(false)
  expect(isTlsHandshake(Uint8Array.of(22, 3))).toBe(true)
})
