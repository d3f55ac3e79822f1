import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import type { ConnectionContext } from '../adapter/node-connection.ts'
import type { Context } from '../protocol.ts'
import { gate, RawConnection, rawRequest, serveForTest } from './raw.test-support.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

test('the signal is made on first use and is the same afterwards', async () => {
  const signals: AbortSignal[] = []
  const server = await serveForTest((environ, startResponse) => {
    const context = environ['stapel.context']
    signals.push(context.signal, context.signal, { ...environ }['stapel.context'].signal)
    startResponse('200 OK', [])
    return ''
  })
  await rawRequest(server, get)
  expect(signals[0]).toBeInstanceOf(AbortSignal)
  expect(new Set(signals).size).toBe(1)
})

test('the signal is aborted with a reason when the client goes before the answer is complete', async () => {
  const reasons: unknown[] = []
  const entered = gate()
  const server = await serveForTest((environ) => {
    const { signal } = environ['stapel.context']
    entered.open()
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        reasons.push(signal.reason)
        reject(signal.reason)
      })
    })
  })
  const client = await RawConnection.open(server)
  client.send(get)
  await entered.opened
  client.socket.destroy()
  await expect
    .poll(() => reasons)
    .toEqual([expect.objectContaining({ name: 'AbortError', message: 'The client has gone.' })])
})

test('the signal of an answer that was complete is not aborted', async () => {
  const signals: AbortSignal[] = []
  const server = await serveForTest((environ, startResponse) => {
    signals.push(environ['stapel.context'].signal)
    startResponse('200 OK', [])
    return 'whole'
  })
  const closed = new Promise((resolve) => {
    server.server.once(
      'request',
      (_req: unknown, res: ServerResponse) => void once(res, 'close').then(resolve),
    )
  })
  await rawRequest(server, get)
  await closed
  expect(signals.map((signal) => signal.aborted)).toEqual([false])
})

test('a signal that is asked for after the client has gone is aborted already', async () => {
  const contexts: Context[] = []
  const server = await serveForTest(() => new Promise<never>(() => {}))
  const kept = await serveForTest((environ) => {
    contexts.push(environ['stapel.context'])
    return new Promise<never>(() => {})
  })
  const gone = new Promise((resolve) => {
    kept.server.once('request', (_req: unknown, res: ServerResponse) => void once(res, 'close').then(resolve))
  })
  const client = await RawConnection.open(kept)
  client.send(get)
  await expect.poll(() => contexts.length).toBe(1)
  client.socket.destroy()
  await gone
  expect(contexts[0]?.signal.aborted).toBe(true)
  expect(server.log).toEqual([])
})

test('gone tells what the signal would, without making it', async () => {
  const contexts: ConnectionContext[] = []
  const server = await serveForTest((environ, startResponse) => {
    contexts.push(environ['stapel.context'])
    if (environ.PATH_INFO === '/waits') return new Promise<never>(() => {})
    startResponse('200 OK', [])
    return 'whole'
  })
  const closed: unknown[] = []
  server.server.on('request', (_req: unknown, res: ServerResponse) => {
    res.once('close', () => closed.push(res))
  })
  await rawRequest(server, get)
  const client = await RawConnection.open(server)
  client.send(get.replace('/', '/waits'))
  await expect.poll(() => contexts.length).toBe(2)
  expect(contexts[1]?.gone).toBe(false)
  client.socket.destroy()
  await expect.poll(() => closed.length).toBe(2)
  expect(contexts.map(({ gone }) => gone)).toEqual([false, true])
  expect(contexts.map(({ signal }) => signal.aborted)).toEqual([false, true])
  expect(contexts.map(({ gone }) => gone)).toEqual([false, true])
})

test('a layer may keep something in trace', async () => {
  const server = await serveForTest((environ, startResponse) => {
    environ['stapel.context'].trace = { layers: ['layer'], times: [], rules: [] }
    startResponse('200 OK', [])
    return JSON.stringify({ ...environ }['stapel.context'].trace?.layers)
  })
  expect(await rawRequest(server, get)).toMatch(/\["layer"\]$/)
})
