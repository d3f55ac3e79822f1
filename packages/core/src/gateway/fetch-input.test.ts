import { describe, expect, test } from 'vitest'
import type { Application } from '../protocol.ts'
import { handlerForTest } from './fetch.test-support.ts'
import { fetchHandler } from './fetch-handler.ts'

/** Answers with what `read` gives. */
function reading(read: (environ: Parameters<Application>[0]) => Promise<unknown>): Application {
  return async (environ, startResponse) => {
    const text = String(await read(environ))
    startResponse('200 OK', [])
    return text
  }
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

function stream(...chunks: unknown[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk === undefined) controller.close()
      else if (chunk instanceof Error) controller.error(chunk)
      else
        controller.enqueue(
          (typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk) as Uint8Array,
        )
    },
  })
}

describe('wsgi.input', () => {
  const collect = reading(async (environ) => {
    const chunks: string[] = []
    for await (const chunk of environ['wsgi.input']) chunks.push(text(chunk))
    return chunks.join('|')
  })

  test('gives the chunks of the request', async () => {
    const answer = await handlerForTest(collect).fetch('/', {
      method: 'POST',
      body: stream('a', '', 'b'),
      duplex: 'half',
    })
    expect(await answer.text()).toBe('a|b')
  })

  test('gives nothing for a request without a body', async () => {
    expect(await (await handlerForTest(collect).fetch('/')).text()).toBe('')
  })

  test('ends at the length that was declared', async () => {
    const answer = await handlerForTest(collect).fetch('/', {
      method: 'POST',
      headers: { 'Content-Length': '3' },
      body: stream('ab', 'cd'),
      duplex: 'half',
    })
    expect(await answer.text()).toBe('ab|c')
  })

  test('throws ClientDisconnected for a body that is shorter', async () => {
    const answer = await handlerForTest(collect).fetch('/', {
      method: 'POST',
      headers: { 'Content-Length': '5' },
      body: stream('ab'),
      duplex: 'half',
    })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('closed the connection')
  })

  test('throws ClientDisconnected when the client goes', async () => {
    const answer = await handlerForTest(collect).fetch('/', {
      method: 'POST',
      body: stream('ab', new Error('reset')),
      duplex: 'half',
    })
    expect(answer.status).toBe(400)
  })

  test('goes on where it was left', async () => {
    const answer = await handlerForTest(
      reading(async (environ) => {
        const input = environ['wsgi.input']
        const parts: string[] = []
        for await (const chunk of input) {
          parts.push(text(chunk))
          break
        }
        for await (const chunk of input) parts.push(text(chunk))
        return parts.join('|')
      }),
      { validated: false },
    ).fetch('/', { method: 'POST', body: stream('a', 'b'), duplex: 'half' })
    expect(await answer.text()).toBe('a|b')
  })

  test('nothing of the body is touched before the first read', async () => {
    const request = new Request('http://localhost/', { method: 'POST', body: 'left' })
    const handle = fetchHandler((_environ, startResponse) => {
      startResponse('200 OK', [])
      return 'ok'
    })
    await handle(request)
    expect(request.bodyUsed).toBe(false)
    expect(await request.text()).toBe('left')
  })

  test('chunks that are no bytes are an error of the server, which is logged', async () => {
    const { fetch, log } = handlerForTest(collect)
    const answer = await fetch('/', { method: 'POST', body: stream(5), duplex: 'half' })
    expect(answer.status).toBe(500)
    expect(log.join('')).toContain('the number 5')
  })

  test('a body that was read before is an error that says so', async () => {
    const log: string[] = []
    const handle = fetchHandler(collect, { errors: { write: (line) => void log.push(line), flush() {} } })
    const request = new Request('http://localhost/', { method: 'POST', body: 'gone' })
    await request.text()
    expect((await handle(request)).status).toBe(500)
    expect(log.join('')).toContain('clone() it first')
  })
})

describe('stapel.context.read', () => {
  test('gives the whole body, again and again, and so does the input afterwards', async () => {
    const app = reading(async (environ) => {
      const context = environ['stapel.context']
      const first = await context.read()
      const second = await context.read()
      let third = ''
      for await (const chunk of environ['wsgi.input']) third += text(chunk)
      return `${text(first)} ${first === second} ${third}`
    })
    const post = { method: 'POST', body: 'abc', headers: { 'Content-Length': '3' } }
    expect(await (await handlerForTest(app, { validated: false }).fetch('/', post)).text()).toBe(
      'abc true abc',
    )
  })

  test('reads a body of unknown length', async () => {
    const app = reading(async (environ) => text(await environ['stapel.context'].read()))
    const answer = await handlerForTest(app).fetch('/', {
      method: 'POST',
      body: stream('a', 'b'),
      duplex: 'half',
    })
    expect(await answer.text()).toBe('ab')
  })

  test('cuts a body at the length that was declared', async () => {
    const app = reading(async (environ) => text(await environ['stapel.context'].read()))
    const init = { method: 'POST', body: 'abc', headers: { 'Content-Length': '2' } }
    expect(await (await handlerForTest(app).fetch('/', init)).text()).toBe('ab')
  })

  test.each([
    ['declared', { 'Content-Length': '4' }],
    ['found', {}],
  ])('rejects with ContentTooLarge for a length that is %s to be beyond the limit', async (_, headers) => {
    const app = reading((environ) => environ['stapel.context'].read({ limit: 3 }))
    const init = {
      method: 'POST',
      body: stream('ab', 'cd'),
      headers: headers as HeadersInit,
      duplex: 'half' as const,
    }
    const answer = await handlerForTest(app).fetch('/', init)
    expect(answer.status).toBe(413)
    expect(await answer.text()).toContain('larger than 3 bytes')
  })

  test('a higher limit reads what a lower one refused by its declared length', async () => {
    const app = reading(async (environ) => {
      const context = environ['stapel.context']
      await context.read({ limit: 1 }).catch(() => {})
      return text(await context.read({ limit: Number.POSITIVE_INFINITY }))
    })
    const init = { method: 'POST', body: 'abc', headers: { 'Content-Length': '3' } }
    expect(await (await handlerForTest(app).fetch('/', init)).text()).toBe('abc')
  })

  test('has no limit of the host where it is told so', async () => {
    const app = reading(async (environ) =>
      text(await environ['stapel.context'].read({ limit: Number.POSITIVE_INFINITY })),
    )
    expect(await (await handlerForTest(app).fetch('/', { method: 'POST', body: 'abc' })).text()).toBe('abc')
  })

  test('rejects with ClientDisconnected for a body that is shorter than declared', async () => {
    const app = reading((environ) => environ['stapel.context'].read())
    const init = { method: 'POST', body: 'abc', headers: { 'Content-Length': '9' } }
    expect((await handlerForTest(app).fetch('/', init)).status).toBe(400)
  })

  test('rejects when the body was partly read as input', async () => {
    const { fetch, log } = handlerForTest(
      reading(async (environ) => {
        for await (const _ of environ['wsgi.input']) break
        return environ['stapel.context'].read()
      }),
      { validated: false },
    )
    expect((await fetch('/', { method: 'POST', body: 'abc' })).status).toBe(500)
    expect(log.join('')).toContain('read it in one way only')
  })

  test('a limit that is no number of bytes throws a RangeError', async () => {
    const { fetch, log } = handlerForTest(
      reading((environ) => environ['stapel.context'].read({ limit: Number.NaN })),
    )
    expect((await fetch('/')).status).toBe(500)
    expect(log.join('')).toContain('RangeError: Got NaN for the limit')
  })
})
