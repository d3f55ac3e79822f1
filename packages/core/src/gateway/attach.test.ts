import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Application } from '../protocol.ts'
import { validate } from '../validate.ts'
import { attach } from './attach.ts'
import { gate, RawConnection } from './raw.test-support.ts'

const hello: Application = validate((_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello'
})

async function portOf(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

test('attach serves an application on a server of your own, until it is detached', async () => {
  const server = createServer()
  const { detach } = attach(server, hello)
  const port = await portOf(server)
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('Hello')
  detach()
  for (const event of ['request', 'checkContinue', 'clientError', 'upgrade']) {
    expect([event, server.listenerCount(event)]).toEqual([event, 0])
  }
})

test('close waits for a request in flight, tells it that it is the last, and closes its connection', async () => {
  const entered = gate()
  const proceed = gate()
  const server = createServer()
  const attached = attach(server, async (_environ, startResponse) => {
    entered.open()
    await proceed.opened
    startResponse('200 OK', [])
    return 'done'
  })
  const connection = await RawConnection.open({ port: await portOf(server), url: '' })
  connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await entered.opened
  const closed = attached.close({ timeout: 60_000 })
  proceed.open()
  expect(await connection.untilClose()).toMatch(
    /^HTTP\/1\.1 200 OK\r\nContent-Length: 4\r\nConnection: close[\s\S]*done$/,
  )
  await closed
  expect(server.listening).toBe(false)
})

test('attach refuses what is no application when it is called', () => {
  expect(() => attach(createServer(), {} as never)).toThrow('for the application; expected a function.')
})
