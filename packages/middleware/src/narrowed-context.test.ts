import type { ConnectionContext } from '@stapel/core'
import { createEnviron } from '@stapel/testing'
import { expect, test } from 'vitest'
import { NarrowedContext } from './narrowed-context.ts'

test('does what the outer context does', async () => {
  const { 'stapel.context': outer } = createEnviron('/', { method: 'POST', body: 'Hello' })
  const context = new NarrowedContext(outer)
  expect(context.signal).toBe(outer.signal)
  expect(Buffer.from(await context.read()).toString()).toBe('Hello')
  context.trace = { layers: [], times: [], rules: [] }
  expect(outer.trace).toBe(context.trace)
})

test('offers what the gateway offers besides the protocol, and nothing else', () => {
  const { 'stapel.context': outer } = createEnviron('/')
  const bare = new NarrowedContext(outer)
  expect([bare.closeConnection, bare.abortConnection, bare.inform, bare.answerInformational]).toEqual(
    new Array(4).fill(undefined),
  )
  expect([bare.gone, bare.onGone]).toEqual([undefined, undefined])
  const calls: unknown[] = []
  const connection: ConnectionContext = {
    signal: outer.signal,
    read: () => outer.read(),
    peerAddress: '::ffff:192.0.2.1',
    closeConnection: () => calls.push('close'),
    abortConnection: () => calls.push('abort'),
    inform: (code) => calls.push(code),
    answerInformational: (code) => calls.push(code),
    gone: true,
    onGone: () => calls.push('gone'),
  }
  const context = new NarrowedContext(connection)
  context.closeConnection?.()
  context.abortConnection?.()
  context.inform?.(103, [])
  context.answerInformational?.(101, '', [], () => {})
  context.onGone?.(() => {})
  expect(calls).toEqual(['close', 'abort', 103, 101, 'gone'])
  expect(context.gone).toBe(true)
  expect(context.peerAddress).toBe('::ffff:192.0.2.1')
})
