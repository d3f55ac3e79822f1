import type { Application } from '@stapel/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainFailure } from '../failure/failure.ts'
import { frontOver, Wire, workerForTest } from './front.test-support.ts'
import { createHostCheck, guardHosts } from './known-hosts.ts'

const secret: Application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'a secret'
}

async function frontOfSecret(...allowed: string[]): Promise<number> {
  const worker = await workerForTest(secret)
  const front = await frontOver(
    () => ({ by: 'worker', worker }),
    worker.peerHeader,
    createHostCheck('127.0.0.1', allowed),
  )
  return front.port
}

describe('a host is known', () => {
  // robustness.md D2
  test.each([
    'localhost',
    'localhost:8000',
    'LocalHost.:8000',
    'app.localhost',
    'a.b.localhost:1',
    '127.0.0.1:8000',
    '192.0.2.7',
    '[::1]:8000',
    '[2001:db8::1]',
  ])('when it is %s, which no other site can have', (host) => {
    expect(createHostCheck('127.0.0.1')(host)).toBe('known')
  })

  test('when the server listens on it', () => {
    const check = createHostCheck('dev.example.org')
    expect(check('dev.example.org:8000')).toBe('known')
    expect(check('example.org')).toBe('unknown')
  })

  test('when it was allowed, alone or with all names below it', () => {
    const check = createHostCheck('127.0.0.1', ['one.example', '.two.example', '*.three.example'])
    expect(check('one.example:99')).toBe('known')
    expect(check('a.one.example')).toBe('unknown')
    expect(check('two.example')).toBe('known')
    expect(check('a.two.example')).toBe('known')
    expect(check('a.three.example')).toBe('known')
    expect(check('three.example')).toBe('unknown')
  })

  test('only by an entry that is one', () => {
    expect(() => createHostCheck('127.0.0.1', ['*'])).toThrow('Got "*" for --allow-host; expected a name')
  })

  test('when there is none, as in HTTP/1.0', () => {
    expect(createHostCheck('127.0.0.1')(undefined)).toBe('known')
  })
})

describe('a host is not known', () => {
  test.each([
    'evil.example',
    'localhost.evil.example',
    'notlocalhost',
    '127.0.0.1.evil.example',
    '1.2.3.4.5',
  ])('when it is %s, which leads wherever its owner wants', (host) => {
    expect(createHostCheck('127.0.0.1')(host)).toBe('unknown')
  })

  test.each(['localhost@evil.example', 'localhost/evil', '', 'a b', '[::1', 'localhost:99999'])(
    'when it is %j, which is no host',
    (host) => {
      expect(createHostCheck('127.0.0.1')(host)).toBe('malformed')
    },
  )

  test('whatever it is that ends otherwise than a known one', () => {
    const check = createHostCheck('127.0.0.1', ['.example.org'])
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(check(`${text}.evil.example`)).not.toBe('known')
        expect(check(`${text}evil-example.org`)).not.toBe('known')
      }),
    )
  })
})

describe('a request for a host that is not known', () => {
  // robustness.md D1 and D2, drill 28
  test('is refused with the flag that allows it, and reaches no application', async () => {
    const wire = await Wire.open(await frontOfSecret())
    const text = await wire
      .send('GET / HTTP/1.1\r\nHost: evil.example:80\r\nConnection: close\r\n\r\n')
      .rest()
    expect(text).toMatch(/^HTTP\/1\.1 403 /)
    expect(text).toContain('stapel --allow-host evil.example\n')
    expect(text).not.toContain('secret')
  })

  test('does not see why the application failed', async () => {
    const failure = plainFailure('error', 'a secret')
    const check = createHostCheck('127.0.0.1')
    const front = await frontOver(() => ({ by: 'failure', failure }), '', check)
    const wire = await Wire.open(front.port)
    const text = await wire.send('GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n').rest()
    expect(text).toMatch(/^HTTP\/1\.1 403 /)
    expect(text).not.toContain('secret')
    expect((await front.logged(1))[0]?.note).toContain('--allow-host')
  })

  test('gets no WebSocket either', async () => {
    const wire = await Wire.open(await frontOfSecret())
    const text = await wire
      .send(
        'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      )
      .until(/DNS rebinding/)
    expect(text).toMatch(/^HTTP\/1\.1 403 /)
  })

  test('is refused, too, where its target names the host', async () => {
    const wire = await Wire.open(await frontOfSecret())
    const text = await wire
      .send('GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      .rest()
    expect(text).toMatch(/^HTTP\/1\.1 403 /)
  })

  test('leaves its connection usable', async () => {
    const wire = await Wire.open(await frontOfSecret('dev.example'))
    await wire.send('POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 5\r\n\r\nhello').until(/403 /)
    expect(await wire.send('GET / HTTP/1.1\r\nHost: dev.example\r\n\r\n').until(/a secret/)).toContain(
      '200 OK',
    )
  })

  test('is refused as well where the application is served from the same process', async () => {
    const app = guardHosts(secret, createHostCheck('127.0.0.1'))
    const worker = await workerForTest(app)
    const front = await frontOver(() => ({ by: 'worker', worker }), worker.peerHeader)
    const wire = await Wire.open(front.port)
    const ask = (host: string): string => `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`
    expect(await wire.send(ask('evil.example')).until(/DNS/)).toMatch(/^HTTP\/1\.1 403 /)
    expect(await wire.send(ask('localhost')).until(/a secret/)).toContain('200 OK')
  })
})
