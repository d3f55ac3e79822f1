import { once } from 'node:events'
import { request } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { type Application, type Middleware, stack, validate } from '@stapel/core'
import { serve } from '@stapel/core/node'
import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { bodyLimit } from './body-limit.ts'
import { breaker } from './breaker.ts'
import { errorPages } from './error-pages.ts'
import { health } from './health.ts'
import { timeout } from './timeout.ts'
import { unavailable } from './unavailable.ts'

/** The layers that watch over an application which may fail. */
const layers: [name: string, make: () => Middleware][] = [
  ['errorPages', () => errorPages()],
  ['unavailable', () => unavailable()],
  ['breaker', () => breaker()],
  ['timeout', () => timeout(60_000)],
  ['timeout that cuts', () => timeout(60_000, { body: 'cut' })],
  ['bodyLimit', () => bodyLimit(1024)],
  ['health', () => health('/healthz')],
]

describe.each(layers)('%s', (_name, make) => {
  test('lets an application replace its answer before the first chunk', async () => {
    const app: Application = function* (_environ, startResponse) {
      startResponse('200 OK', [['X-Old', 'yes']])
      yield ''
      startResponse('418 Teapot', [['X-New', 'yes']], new Error('short and stout'))
      yield 'tea'
    }
    const answer = await new Client(stack(validate(app), make())).get('/')
    expect([answer.status, answer.text()]).toEqual([418, 'tea'])
    expect([answer.headers.has('X-Old'), answer.headers.get('X-New')]).toEqual([false, 'yes'])
  })

  test('hands on an error that comes after the first chunk, and closes the body once', async () => {
    let closed = 0
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      const iterator = (async function* () {
        yield 'first'
        throw new Error('torn')
      })()
      return {
        [Symbol.asyncIterator]: () => iterator,
        close() {
          closed++
        },
      }
    }
    await expect(new Client(stack(app, make())).get('/')).rejects.toThrow('torn')
    await turn()
    expect(closed).toBe(1)
  })

  test('closes a body whose client has gone, once', async () => {
    let closed = 0
    let close = (): void => {}
    const gone = new Promise<void>((resolve) => {
      close = resolve
    })
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      const iterator = (async function* () {
        for (;;) {
          yield 'again and again'
          await turn()
        }
      })()
      return {
        [Symbol.asyncIterator]: () => iterator,
        close() {
          closed++
          close()
        },
      }
    }
    const running = await serve(stack(app, make()), { port: 0 })
    onTestFinished(() => running.close({ timeout: 0 }))
    const sent = request({ port: running.port }).end()
    sent.on('error', () => {})
    const [answer] = await once(sent, 'response')
    await once(answer, 'data')
    sent.destroy()
    await gone
    await turn()
    expect(closed).toBe(1)
  })

  test('pulls no chunk before it is asked for', async () => {
    let made = 0
    const app: Application = async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      for (;;) yield `${made++}`
    }
    const body = (await make()(app)(createEnviron('/'), () => () => {})) as AsyncIterable<string>
    const reader = body[Symbol.asyncIterator]()
    for (let taken = 1; taken <= 3; taken++) {
      await reader.next()
      await turn()
      // A first chunk is pulled for the status, before the body is iterated.
      expect(made).toBeLessThanOrEqual(taken)
    }
    await reader.return?.()
    await (body as { close?(): void }).close?.()
  })
})
