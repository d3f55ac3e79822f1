import { collect } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { Request } from './request.ts'
import { Response } from './response.ts'
import { BlobBody, isSeekable } from './seekable-body.ts'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe('a Blob', () => {
  test('is read once for each answer', async () => {
    const body = new BlobBody(new Blob(['abc']))
    expect(body.size).toBe(3)
    expect(text(await collect(body))).toBe('abc')
    expect(text(await collect(body))).toBe('abc')
  })

  test('gives pieces without reading what lies between', async () => {
    const slices: [number?, number?][] = []
    const blob = new Blob(['abcdefghij'])
    const watched = Object.assign(blob, {
      slice(start?: number, end?: number) {
        slices.push([start, end] as [number?, number?])
        return Blob.prototype.slice.call(blob, start, end)
      },
    })
    const pieces = ['<', { first: 1, last: 2 }, '>', { first: 9, last: 9 }]
    expect(text(await collect(new BlobBody(watched).select(pieces)))).toBe('<bc>j')
    expect(slices).toEqual([
      [1, 3],
      [9, 10],
    ])
  })

  test('is sent with its type and size', async () => {
    const app = Request.application(() => new Response(new Blob(['<p>Hi</p>'], { type: 'text/html' })))
    const answer = await new Client(app).get('/')
    expect(answer.text()).toBe('<p>Hi</p>')
    expect(answer.headers.get('content-type')).toBe('text/html')
    expect(answer.headers.get('content-length')).toBe('9')
  })

  test('without a type is bytes', async () => {
    const response = new Response(new Blob(['a']), { status: 201 })
    expect(response.contentType).toBe('application/octet-stream')
    expect(new Response(new Blob(['a'], { type: 'a/b' }), { mimetype: 'text/css' }).mimetype).toBe('text/css')
  })

  test('is sent in ranges', async () => {
    const app = Request.application((request) =>
      new Response(new File(['abcdefghij'], 'a.txt')).makeConditional(request, { acceptRanges: true }),
    )
    const answer = await new Client(app).get('/', { headers: { Range: 'bytes=-3' } })
    expect(answer.status).toBe(206)
    expect(answer.text()).toBe('hij')
  })
})

test('a body of another kind that can be read anywhere takes part', async () => {
  const asked: unknown[] = []
  const app = Request.application((request) => {
    const body = {
      size: 1_000_000,
      async *[Symbol.asyncIterator]() {
        yield 'everything'
      },
      select(pieces: readonly unknown[]) {
        asked.push(...pieces)
        return 'ab'
      },
    }
    return new Response(body).makeConditional(request, { acceptRanges: true })
  })
  const answer = await new Client(app).get('/', { headers: { Range: 'bytes=500-501' } })
  expect(answer.text()).toBe('ab')
  expect(answer.headers.get('content-range')).toBe('bytes 500-501/1000000')
  expect(asked).toEqual([{ first: 500, last: 501 }])
})

test.each([[null], ['text'], [new Uint8Array(1)], [[]], [new Blob([]).stream()]])(
  '%j is not seekable',
  (body) => {
    expect(isSeekable(body)).toBe(false)
  },
)
