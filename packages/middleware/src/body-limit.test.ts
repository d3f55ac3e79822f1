import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import {
  type Application,
  type Environ,
  isHTTPError,
  type Middleware,
  outline,
  stack,
  validate,
} from '@stapel/core'
import { serve } from '@stapel/core/node'
import { applicationShapes, Client, createEnviron, failingShapes } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type BodyLimitOptions, bodyLimit } from './body-limit.ts'

const limited = bodyLimit(8)

const echo: Application = async (environ, startResponse) => {
  const chunks: Uint8Array[] = []
  for await (const chunk of environ['wsgi.input']) chunks.push(chunk)
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return Buffer.concat(chunks).toString()
}

const echoFirst: Application = async (environ, startResponse) => {
  for await (const _ of environ['wsgi.input']) break
  startResponse('200 OK', [])
  return ''
}

const echoWhole: Application = async (environ, startResponse) => {
  const bytes = await environ['stapel.context'].read()
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return bytes
}

async function* chunks(...texts: string[]): AsyncGenerator<string> {
  yield* texts
}

describe('over every application shape', () => {
  test.each(applicationShapes)('hands on the answer of $name', async ({ make }) => {
    const inner = make({ status: '201 Created', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] })
    const answer = await new Client(stack(validate(inner), limited)).post('/', { body: 'short' })
    expect([answer.status, answer.text(), answer.headers.get('X-Inner')]).toEqual([201, 'one, two', 'yes'])
    expect(answer.errors).toBe('')
  })

  test.each(failingShapes.filter(({ given }) => given))(
    'hands on what an application $name',
    async ({ make }) => {
      await expect(new Client(stack(make(new Error('torn')), limited)).get('/')).rejects.toThrow('torn')
    },
  )
})

describe('a Content-Length', () => {
  test('beyond the limit is refused before the application is called', async () => {
    let called = false
    const app: Application = (_environ, startResponse) => {
      called = true
      startResponse('200 OK', [])
      return ''
    }
    const answer = await new Client(stack(app, limited)).post('/', { body: '123456789' })
    expect([answer.status, called]).toEqual([413, false])
    expect(answer.text()).toContain('larger than 8 bytes')
  })

  test('of the limit is let through', async () => {
    expect((await new Client(stack(echo, limited)).post('/', { body: '12345678' })).text()).toBe('12345678')
  })

  test('that is no number, or a longer one than any body, is refused', () => {
    for (const length of ['9'.repeat(16), '1e3', '-1']) {
      const started: string[] = []
      limited(echo)({ ...createEnviron('/'), CONTENT_LENGTH: length }, (status) => {
        started.push(status)
        return () => {}
      })
      expect(started).toEqual(['413 Content Too Large'])
    }
  })

  test('that promises less than comes does not lift the limit', async () => {
    // What a gateway hands on that believes Transfer-Encoding, while the header says another length.
    const environ = createEnviron('/', { method: 'POST', body: chunks('12345', '67890') })
    environ.CONTENT_LENGTH = '5'
    await expect(limited(echo)(environ, () => () => {})).rejects.toMatchObject({ status: 413 })
  })
})

describe('without a Content-Length', () => {
  test('the bytes of wsgi.input are counted', async () => {
    const site = new Client(stack(echo, limited))
    expect((await site.post('/', { body: chunks('1234', '5678') })).text()).toBe('12345678')
    expect((await site.post('/', { body: chunks('1234', '56789') })).status).toBe(413)
  })

  test('what stapel.context.read gives is limited too', async () => {
    const site = new Client(stack(echoWhole, limited))
    expect((await site.post('/', { body: chunks('1234', '5678') })).text()).toBe('12345678')
    expect((await site.post('/', { body: chunks('1234', '56789') })).status).toBe(413)
  })

  test('nothing beyond the limit reaches an application that goes on reading', async () => {
    let got = ''
    const stubborn: Application = async (environ, startResponse) => {
      const reader = environ['wsgi.input'][Symbol.asyncIterator]()
      let refusals = 0
      while (refusals < 2) {
        try {
          const step = await reader.next()
          got += Buffer.from(step.value as Uint8Array)
        } catch (error) {
          expect(isHTTPError(error) && error.status).toBe(413)
          refusals++
        }
      }
      startResponse('200 OK', [])
      return 'whole?'
    }
    const environ = createEnviron('/', { method: 'POST', body: chunks('1234', '56789') })
    await limited(stubborn)(environ, () => () => {})
    expect(got).toBe('1234')
  })

  test('however a body is cut, it passes exactly when it fits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 5 })), async (parts) => {
        const whole = parts.join('')
        const answer = await new Client(stack(echo, limited)).post('/', { body: chunks(...parts) })
        expect(answer.status).toBe(whole.length <= 8 ? 200 : 413)
        if (answer.status === 200) expect(answer.text()).toBe(whole)
      }),
    )
  })
})

// Other toolkits throw one error for all requests, which then carries what a layer has done to that of another one.
test('each request that is too long has an error of its own', async () => {
  const errors: unknown[] = []
  const app: Application = async (environ, startResponse) => {
    await environ['stapel.context'].read().catch((error) => void errors.push(error))
    startResponse('200 OK', [])
    return ''
  }
  const client = new Client(stack(validate(app), limited))
  for (let i = 0; i < 2; i++) await client.post('/', { body: chunks('far too', ' long') })
  expect(errors.map((error) => isHTTPError(error) && error.status)).toEqual([413, 413])
  expect(errors[0]).not.toBe(errors[1])
})

describe('the limit', () => {
  test('of a read inside can be lower, not higher', async () => {
    const reading =
      (limit: number): Application =>
      async (environ, startResponse) => {
        const bytes = await environ['stapel.context'].read({ limit })
        startResponse('200 OK', [])
        return bytes
      }
    const body = (): AsyncGenerator<string> => chunks('123456')
    expect((await new Client(stack(reading(4), limited)).post('/', { body: body() })).status).toBe(413)
    expect((await new Client(stack(reading(100), limited)).post('/', { body: body() })).status).toBe(200)
    expect((await new Client(stack(reading(100), bodyLimit(5))).post('/', { body: body() })).status).toBe(413)
  })

  test('of 0 lets only empty bodies through', async () => {
    const site = new Client(stack(echo, bodyLimit(0)))
    expect((await site.get('/')).status).toBe(200)
    expect((await site.post('/', { body: '' })).status).toBe(200)
    expect((await site.post('/', { body: chunks('1') })).status).toBe(413)
  })

  test('does not hold for requests that are excepted', async () => {
    const layer = bodyLimit(8, { except: ({ PATH_INFO }) => PATH_INFO === '/uploads' })
    const site = new Client(stack(echo, layer))
    expect((await site.post('/uploads', { body: '123456789' })).status).toBe(200)
    expect((await site.post('/', { body: '123456789' })).status).toBe(413)
  })
})

test.each([
  ['leaving the input early', echoFirst],
  ['a refusal', echo],
])('%s leaves the input of the gateway, once', async (_name, app) => {
  let returned = 0
  const environ = createEnviron('/', { method: 'POST' })
  environ['wsgi.input'] = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: new Uint8Array(1) }),
      return: async () => {
        returned++
        return { done: true, value: undefined }
      },
    }),
  }
  await Promise.resolve(limited(app)(environ, () => () => {})).catch(() => {})
  expect(returned).toBe(1)
})

describe('over a socket', () => {
  async function send(
    agent: Agent,
    port: number,
    headers: Record<string, string>,
    body: string,
  ): Promise<number> {
    const sent = request({ agent, port, method: 'POST', headers })
    let continued = false
    sent.on('continue', () => {
      continued = true
    })
    sent.end(body)
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    answer.resume()
    await once(answer, 'end')
    expect(continued).toBe(false)
    return answer.statusCode as number
  }

  test('the connection serves the next request after a refusal, with and without a length', async () => {
    const running = await serve(stack(echo, limited), { port: 0 })
    onTestFinished(() => running.close({ timeout: 0 }))
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    const body = 'x'.repeat(10_000)
    // robustness.md B6
    expect(await send(agent, running.port as number, { 'Content-Length': '10000' }, body)).toBe(413)
    expect(await send(agent, running.port as number, { 'Transfer-Encoding': 'chunked' }, body)).toBe(413)
    expect(await send(agent, running.port as number, { 'Content-Length': '5' }, 'hello')).toBe(200)
  })

  test('a client that waits for 100 Continue is refused without it', async () => {
    const running = await serve(stack(echo, limited), { port: 0 })
    onTestFinished(() => running.close({ timeout: 0 }))
    const sent = request({
      port: running.port,
      method: 'POST',
      headers: { 'Content-Length': '10000', Expect: '100-continue' },
    })
    onTestFinished(() => void sent.destroy())
    let continued = false
    sent.on('continue', () => {
      continued = true
    })
    sent.on('error', () => {})
    sent.flushHeaders()
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    answer.resume()
    expect([answer.statusCode, continued]).toEqual([413, false])
  })
})

test('copies nothing for a request that says it has no body', () => {
  const environ = { ...createEnviron('/'), CONTENT_LENGTH: '0' }
  let got: unknown
  const app: Application = (inner, startResponse) => {
    got = inner
    startResponse('204 No Content', [])
    return ''
  }
  limited(app)(environ, () => () => {})
  expect(got).toBe(environ)
})

test.each([
  { sent: 'no body', headers: {}, isCopied: false },
  { sent: 'a body in chunks', headers: { 'Transfer-Encoding': 'chunked' }, isCopied: true },
  { sent: 'a body with its length', headers: { 'Content-Length': '1' }, isCopied: true },
])('over a socket, copies environ only where something can be read: $sent', async ({ headers, isCopied }) => {
  const seen: Environ[] = []
  const see: Middleware = (app) => (environ, startResponse) => {
    seen.push(environ)
    return app(environ, startResponse)
  }
  const running = await serve(stack(echo, see, limited, see), { port: 0 })
  onTestFinished(() => running.close({ timeout: 0 }))
  const sent = request({ port: running.port, method: 'POST', headers })
  sent.end(isCopied ? 'a' : undefined)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  expect([answer.statusCode, seen.length, seen[0] !== seen[1]]).toEqual([200, 2, isCopied])
})

test('holds where a layer outside has taken the length away', async () => {
  const unsized: Middleware = (app) => (environ, startResponse) => {
    const { CONTENT_LENGTH, ...rest } = environ
    return app(rest as Environ, startResponse)
  }
  const answer = await new Client(stack(echo, unsized, limited)).post('/', { body: 'a'.repeat(9) })
  expect(answer.status).toBe(413)
})

test('has its name in an outline', () => {
  expect(String(outline(stack(echo, limited)))).toBe('bodyLimit\n  echo')
})

test.each([
  [-1, {}, 'got -1 for the limit; expected bytes: an integer from 0 up'],
  ['1mb', {}, 'got "1mb" for the limit'],
  [1.5, {}, 'got 1.5 for the limit'],
  [undefined, {}, 'got undefined for the limit'],
  [1, { except: '/' }, 'got "/" for the option except'],
  [1, { limit: 2 }, 'got the unknown option "limit"; it knows except'],
])('refuses %j with %j when it is made', (bytes, options, message) => {
  const make = (): unknown => bodyLimit(bytes as number, options as BodyLimitOptions)
  expect(make).toThrow(TypeError)
  expect(make).toThrow(message)
})
