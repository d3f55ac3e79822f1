import { ContentTooLarge, type Environ, UnsupportedMediaType } from '@stapel/core'
import { createEnviron, type RequestInit } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { Request } from './request.ts'

function post(body: RequestInit['body'], headers: Record<string, string> = {}): Request {
  const init: RequestInit = { method: 'POST', headers }
  if (body !== undefined) init.body = body
  return new Request(createEnviron('/', init))
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += new TextDecoder().decode(chunk)
  return text
}

describe('arrayBuffer', () => {
  test('is a copy that may be changed', async () => {
    const request = post('abc')
    const buffer = await request.arrayBuffer()
    expect(buffer).toBeInstanceOf(ArrayBuffer)
    expect(buffer.byteLength).toBe(3)
    new Uint8Array(buffer)[0] = 0x7a
    expect(await request.text()).toBe('abc')
  })
})

describe('blob', () => {
  test('has the content type of the request', async () => {
    const blob = await post('a,b', { 'Content-Type': 'text/csv' }).blob()
    expect(blob.type).toBe('text/csv')
    expect(await blob.text()).toBe('a,b')
  })

  test('has none where none was sent, and is empty without a body', async () => {
    const blob = await new Request(createEnviron('/')).blob()
    expect(blob.type).toBe('')
    expect(blob.size).toBe(0)
  })

  test('is limited as bytes are (robustness.md M5)', async () => {
    await expect(post('abc').blob({ limit: 2 })).rejects.toThrow(ContentTooLarge)
    await expect(post([bytes('abc')]).arrayBuffer({ limit: 2 })).rejects.toThrow(ContentTooLarge)
  })
})

describe('stream', () => {
  test('gives the chunks as they arrive', async () => {
    const chunks: string[] = []
    for await (const chunk of post([bytes('a'), bytes('bc')]).stream())
      chunks.push(new TextDecoder().decode(chunk))
    expect(chunks).toEqual(['a', 'bc'])
  })

  test('holds nothing: a chunk is read when it is asked for', async () => {
    let made = 0
    async function* source(): AsyncGenerator<Uint8Array> {
      for (;;) {
        made++
        yield bytes('x')
      }
    }
    const iterator = post(source()).stream()[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.next()
    expect(made).toBe(2)
    await iterator.return?.()
  })

  test('more than the limit is answered 413, whatever the length says (robustness.md M5)', async () => {
    const request = post([bytes('ab'), bytes('c')])
    const seen: number[] = []
    const read = async (): Promise<void> => {
      for await (const chunk of request.stream({ limit: 2 })) seen.push(chunk.byteLength)
    }
    await expect(read()).rejects.toThrow(ContentTooLarge)
    expect(seen).toEqual([2])
  })

  test('a length above the limit is answered 413 before anything is read', async () => {
    let asked = false
    const environ: Environ = {
      ...createEnviron('/', { method: 'POST' }),
      CONTENT_LENGTH: '3',
      'wsgi.input': {
        [Symbol.asyncIterator]() {
          asked = true
          return { next: async () => ({ done: true, value: undefined }) }
        },
      },
    }
    await expect(textOf(new Request(environ).stream({ limit: 2 }))).rejects.toThrow(ContentTooLarge)
    expect(asked).toBe(false)
  })

  test('its limit is that of the class, Infinity is none', async () => {
    const big = [new Uint8Array(1_048_576), new Uint8Array(1)]
    await expect(textOf(post(big).stream())).rejects.toThrow('larger than 1048576 bytes')
    expect(await textOf(post(big).stream({ limit: Number.POSITIVE_INFINITY }))).toHaveLength(1_048_577)
  })

  test.each([Number.NaN, -1, 1.5, '1mb'])('the limit %j is refused (robustness.md M6)', (limit) => {
    expect(() => post('').stream({ limit: limit as number })).toThrow(RangeError)
  })

  test('a client that leaves throws ClientDisconnected (X3)', async () => {
    const leave = new AbortController()
    async function* stalled(): AsyncGenerator<Uint8Array> {
      yield bytes('a')
      await new Promise(() => {})
    }
    const environ = createEnviron('/', { method: 'POST', body: stalled(), signal: leave.signal })
    const iterator = new Request(environ).stream()[Symbol.asyncIterator]()
    await iterator.next()
    const next = iterator.next()
    leave.abort()
    await expect(next).rejects.toMatchObject({ name: 'ClientDisconnected' })
  })
})

describe('body', () => {
  test('is a stream, one and the same', async () => {
    const request = post([bytes('a'), bytes('bc')])
    expect(request.body).toBe(request.body)
    expect(await new globalThis.Response(request.body).text()).toBe('abc')
  })

  test('has no limit', async () => {
    const big = [new Uint8Array(1_048_576), new Uint8Array(1)]
    expect((await new globalThis.Response(post(big).body).arrayBuffer()).byteLength).toBe(1_048_577)
  })

  test('is empty where there is none', async () => {
    expect(await new globalThis.Response(new Request(createEnviron('/')).body).text()).toBe('')
  })

  test('does not touch the input before it is read', async () => {
    let asked = 0
    const environ: Environ = {
      ...createEnviron('/', { method: 'POST' }),
      'wsgi.input': {
        [Symbol.asyncIterator]() {
          asked++
          return { next: async () => ({ done: true, value: undefined }) }
        },
      },
    }
    const { body } = new Request(environ)
    await Promise.resolve()
    expect(asked).toBe(0)
    await body.getReader().read()
    expect(asked).toBe(1)
  })

  test('cancelling it leaves the input', async () => {
    let left = false
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield bytes('x')
      } finally {
        left = true
      }
    }
    const environ: Environ = { ...createEnviron('/', { method: 'POST' }), 'wsgi.input': source() }
    const reader = new Request(environ).body.getReader()
    await reader.read()
    await reader.cancel()
    expect(left).toBe(true)
  })

  test('a failure of the input is its own', async () => {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield bytes('a')
      throw new ContentTooLarge()
    }
    const environ: Environ = { ...createEnviron('/', { method: 'POST' }), 'wsgi.input': source() }
    await expect(new globalThis.Response(new Request(environ).body).text()).rejects.toThrow(ContentTooLarge)
  })
})

describe('text', () => {
  test.each([
    ['text/plain; charset=UTF-8', 'grün'],
    ['text/plain; charset="utf8"', 'grün'],
    ['text/plain', 'grün'],
    ['text/plain; charset=latin1', 'grÃ¼n'],
    ['text/plain; charset=ascii', 'grÃ¼n'],
  ])('%s is read as %s', async (type, text) => {
    expect(await post(bytes('grün'), { 'Content-Type': type }).text()).toBe(text)
  })

  test.each(['utf-7', 'zip', 'klingon', 'constructor', '../utf-8', ''.padEnd(1000, 'a')])(
    'the charset %s is answered 415',
    async (charset) => {
      const request = post('a', { 'Content-Type': `text/plain; charset="${charset}"` })
      await expect(request.text()).rejects.toThrow(UnsupportedMediaType)
    },
  )

  test('a content type that is malformed names no charset', async () => {
    expect(await post(bytes('ü'), { 'Content-Type': 'text/plain; charset' }).text()).toBe('ü')
  })
})
