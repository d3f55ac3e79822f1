import { createEnviron } from '@stapel/testing'
import { expect, test } from 'vitest'
import { collect } from '../body.ts'
import { ClientDisconnected, Forbidden } from '../http-errors.ts'
import type { Application, Body } from '../protocol.ts'
import { validate } from '../validate.ts'
import type { WebSocketConnection, WebSocketUpgrade } from '../websocket.ts'
import { converse } from './converse.ts'
import type { PendingUpgrade } from './websocket-upgrade.ts'

interface Offered {
  /** What became of the WebSocket, in order. */
  readonly events: readonly string[]
  readonly log: readonly string[]
  /** What goes to the gateway. */
  readonly head: unknown[]
  readonly body: Promise<Body>
}

/** Offers an application a WebSocket that has no connection, and only notes what is done with it. */
function offer(app: Application): Offered {
  const events: string[] = []
  const upgrade = {
    protocols: [],
    conversation: undefined as WebSocketConnection | undefined,
    accept: async () => {
      events.push('accept')
      upgrade.conversation = { close: async (code: number) => events.push(`close ${code}`) } as never
      return upgrade.conversation
    },
    refuse: () => events.push('refuse'),
  }
  const log: string[] = []
  const environ = createEnviron('/', {
    environ: { 'wsgi.errors': { write: (text: string) => void log.push(text), flush: () => {} } },
  })
  const head: unknown[] = []
  const converging = converse(app, upgrade as unknown as PendingUpgrade)
  const body = Promise.resolve(
    converging(environ, (status, headers) => {
      head.push(status, headers)
      return () => {}
    }),
  )
  return { events, log, head, body }
}

const accept = (environ: Parameters<Application>[0]): Promise<WebSocketConnection> =>
  (environ['wsgi.websocket'] as WebSocketUpgrade).accept()

test('an answer without accepting refuses the handshake, and goes to the gateway as it is', async () => {
  const { events, head, body } = offer(
    validate((_environ, startResponse) => {
      startResponse('403 Forbidden', [['X-Why', 'members only']])
      return ['not ', 'today']
    }),
  )
  expect(Buffer.from(await collect(await body)).toString()).toBe('not today')
  expect(head).toEqual(['403 Forbidden', [['X-Why', 'members only']]])
  expect(events).toEqual(['refuse'])
})

test('an error without accepting refuses the handshake, and is thrown on', async () => {
  const { events, log, body } = offer(
    validate(() => {
      throw new Forbidden()
    }),
  )
  await expect(body).rejects.toThrow(Forbidden)
  expect([events, log]).toEqual([['refuse'], []])
})

test('what is answered after accepting is not sent, and closes with 1000', async () => {
  const { events, log, head, body } = offer(
    validate(async (environ, startResponse) => {
      await accept(environ)
      startResponse('204 No Content', [['X-Unseen', '1']])
      return ''
    }),
  )
  expect(await body).toBe('')
  expect([events, head, log]).toEqual([['accept', 'close 1000'], [], []])
})

test('a body after accepting is logged and not sent, and closes with 1011', async () => {
  const { events, log, body } = offer(async (environ, startResponse) => {
    await accept(environ)
    startResponse('200 OK', [])
    return 'not a message'
  })
  expect(await body).toBe('')
  expect(events).toEqual(['accept', 'close 1011'])
  expect(log.join('')).toContain('send it as a message')
})

test('a failure after accepting is logged, and closes with 1011', async () => {
  const { events, log, body } = offer(
    validate(async (environ) => {
      await accept(environ)
      throw new Error('on purpose')
    }),
  )
  expect(await body).toBe('')
  expect(events).toEqual(['accept', 'close 1011'])
  expect(log.join('')).toContain('on purpose')
})

test('so is that of a body', async () => {
  const { events, log, body } = offer(
    validate(async function* (environ, startResponse) {
      await accept(environ)
      startResponse('200 OK', [])
      yield ''
      throw new Error('half way')
    }),
  )
  expect(await body).toBe('')
  expect(events).toEqual(['accept', 'close 1011'])
  expect(log.join('')).toContain('half way')
})

test('a client that has gone is no failure of the application, and is not logged', async () => {
  const { events, log, body } = offer(
    validate(async (environ) => {
      await accept(environ)
      throw new ClientDisconnected()
    }),
  )
  expect(await body).toBe('')
  expect([events, log]).toEqual([['accept', 'close 1011'], []])
})
