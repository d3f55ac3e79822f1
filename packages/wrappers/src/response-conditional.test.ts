import { Readable } from 'node:stream'
import { type Application, type Body, validate } from '@stapel/core'
import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { Request } from './request.ts'
import { Response } from './response.ts'
import type { ConditionalOptions } from './response-conditional.ts'

const modified = new Date(Date.UTC(2026, 0, 2, 3, 4, 5))

/** Answers with the alphabet, tagged and dated. */
function alphabet(options?: ConditionalOptions, make: () => Body = () => letters): Application {
  return validate(
    Request.application((request) => {
      const response = new Response(make(), {
        mimetype: 'text/plain',
        headers: {
          'Content-Language': 'en',
          'Content-Location': '/a.txt',
          'Content-Security-Policy': "default-src 'none'",
          'Cache-Control': 'no-cache',
        },
      })
      response.setEtag('v1')
      response.lastModified = modified
      response.setCookie('seen', '1')
      return response.makeConditional(request, options)
    }),
  )
}

const letters = 'abcdefghijklmnopqrstuvwxyz'

describe('a request for what the client has already', () => {
  test.each([
    [{ 'If-None-Match': '"v1"' }],
    [{ 'If-None-Match': '"v0", W/"v1"' }],
    [{ 'If-None-Match': '*' }],
    [{ 'If-Modified-Since': modified.toUTCString() }],
    [{ 'If-None-Match': '"v1"', 'If-Modified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' }],
  ])('%j is answered 304 (robustness.md N1, N2, N3)', async (headers) => {
    const answer = await new Client(alphabet()).get('/', { headers })
    expect(answer.status).toBe(304)
    expect(answer.text()).toBe('')
  })

  test('keeps the headers that a stored answer needs, and drops those of the content (robustness.md N5)', async () => {
    const answer = await new Client(alphabet()).get('/', { headers: { 'If-None-Match': '"v1"' } })
    expect([...answer.headers.keys()].sort()).toEqual([
      'cache-control',
      'content-location',
      'content-security-policy',
      'etag',
      'last-modified',
      'set-cookie',
    ])
  })

  test('keeps all seven that RFC 9110 section 15.4.5 and browsers ask for, and none that tells of the content (robustness.md N5)', async () => {
    const kept: [string, string][] = [
      ['Cache-Control', 'no-cache'],
      ['Content-Location', '/a.txt'],
      ['Date', modified.toUTCString()],
      ['ETag', '"v1"'],
      ['Expires', modified.toUTCString()],
      ['Vary', 'Accept'],
      ['Set-Cookie', 'a=b'],
    ]
    const dropped: [string, string][] = [
      ['Content-Disposition', 'inline'],
      ['Content-Encoding', 'gzip'],
      ['Content-Language', 'en'],
      ['Content-Length', '2'],
      ['Content-Type', 'text/plain'],
      ['Content-Range', 'bytes 0-1/26'],
    ]
    const app = Request.application((request) =>
      new Response('ab', { headers: [...dropped, ...kept] }).makeConditional(request),
    )
    const answer = await new Client(validate(app)).get('/', { headers: { 'If-None-Match': '"v1"' } })
    expect(answer.status).toBe(304)
    expect([...answer.headers]).toEqual(kept.map(([name, value]) => [name.toLowerCase(), value]))
  })

  test('is answered so for HEAD as well', async () => {
    expect((await new Client(alphabet()).head('/', { headers: { 'If-None-Match': '"v1"' } })).status).toBe(
      304,
    )
  })
})

describe('anything else is answered whole', () => {
  test.each([
    [{}],
    [{ 'If-None-Match': '"v2"' }],
    [{ 'If-None-Match': '"v2"', 'If-Modified-Since': modified.toUTCString() }],
    [{ 'If-Modified-Since': 'nonsense' }],
    [{ 'If-Modified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' }],
    [{ 'If-Match': '"v1"' }],
  ])('%j (robustness.md N1, N3)', async (headers) => {
    const answer = await new Client(alphabet()).get('/', { headers })
    expect(answer.status).toBe(200)
    expect(answer.text()).toBe(letters)
  })

  test('by other methods than GET and HEAD (robustness.md N4)', async () => {
    const answer = await new Client(alphabet({ acceptRanges: true })).post('/', {
      headers: { 'If-None-Match': '"v1"', Range: 'bytes=0-0' },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.has('accept-ranges')).toBe(false)
  })

  test('where it is no success (robustness.md N4)', async () => {
    const app = Request.application((request) => {
      const response = new Response('Gone', { status: 410 })
      response.setEtag('v1')
      return response.makeConditional(request, { acceptRanges: true })
    })
    const answer = await new Client(app).get('/', {
      headers: { 'If-None-Match': '"v1"', Range: 'bytes=0-0' },
    })
    expect(answer.status).toBe(410)
    expect(answer.text()).toBe('Gone')
  })

  // RFC 9110 section 13.2.1
  test.each([
    [200, 304],
    [203, 304],
    [299, 304],
    [300, 300],
    [404, 404],
  ])('where the status is none of success: %d becomes %d', async (status, answered) => {
    const app = Request.application((request) => {
      const response = new Response('text', { status })
      response.setEtag('v1')
      return response.makeConditional(request)
    })
    const answer = await new Client(app).get('/', { headers: { 'If-None-Match': '"v1"' } })
    expect(answer.status).toBe(answered)
  })

  test('where there is no such option', () => {
    expect(() =>
      new Response('').makeConditional(new Request(createEnviron('/')), { acceptRange: true } as object),
    ).toThrow('Got the unknown option "acceptRange" for makeConditional()')
  })
})

test.each([
  [{ 'If-Match': '"v2"' }],
  [{ 'If-Match': 'W/"v1"' }],
  [{ 'If-Unmodified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' }],
])('%j does not hold: 412 (robustness.md N1, N2)', async (headers) => {
  const answer = await new Client(alphabet()).get('/', { headers })
  expect(answer.status).toBe(412)
  expect(answer.headers.has('set-cookie')).toBe(false)
})

describe('ranges, where they are accepted', () => {
  const ranges = { acceptRanges: true }

  test('are announced, also by HEAD (robustness.md G5)', async () => {
    const client = new Client(alphabet(ranges))
    expect((await client.get('/')).headers.get('accept-ranges')).toBe('bytes')
    const head = await client.head('/', { headers: { Range: 'bytes=0-0' } })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '26'])
  })

  test.each<[string, () => Body]>([
    ['a string', () => letters],
    ['bytes', () => new TextEncoder().encode(letters)],
    ['a list', () => [...letters]],
  ])('of %s', async (_name, make) => {
    const answer = await new Client(alphabet(ranges, make)).get('/', { headers: { Range: 'bytes=2-4' } })
    expect(answer.status).toBe(206)
    expect(answer.text()).toBe('cde')
    expect(answer.headers.get('content-range')).toBe('bytes 2-4/26')
    expect(answer.headers.get('content-length')).toBe('3')
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  })

  test('of a stream whose size is given', async () => {
    const stream = () => new Blob([letters]).stream()
    const client = new Client(alphabet({ acceptRanges: true, size: 26 }, stream))
    expect((await client.get('/', { headers: { Range: 'bytes=-3' } })).text()).toBe('xyz')
    expect((await client.get('/')).headers.get('content-length')).toBe('26')
  })

  test('of a stream of unknown size are not served', async () => {
    const client = new Client(alphabet(ranges, () => new Blob([letters]).stream()))
    const answer = await client.get('/', { headers: { Range: 'bytes=-3' } })
    expect([answer.status, answer.text()]).toEqual([200, letters])
  })

  test('several are sent as multipart/byteranges', async () => {
    const long = letters.repeat(100)
    const answer = await new Client(alphabet(ranges, () => long)).get('/', {
      headers: { Range: 'bytes=0-1,-2' },
    })
    expect(answer.status).toBe(206)
    const boundary = /^multipart\/byteranges; boundary=([\w-]+)$/.exec(
      answer.headers.get('content-type') ?? '',
    )
    expect(answer.headers.has('content-range')).toBe(false)
    const part = `--${boundary?.[1]}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes`
    expect(answer.text()).toBe(
      `${part} 0-1/2600\r\n\r\nab\r\n${part} 2598-2599/2600\r\n\r\nyz\r\n--${boundary?.[1]}--\r\n`,
    )
  })

  test('that select nothing are 416 with the size (robustness.md G1, G5)', async () => {
    const answer = await new Client(alphabet(ranges)).get('/', { headers: { Range: 'bytes=26-' } })
    expect(answer.status).toBe(416)
    expect(answer.headers.get('content-range')).toBe('bytes */26')
    expect(answer.headers.get('accept-ranges')).toBe('bytes')
  })

  test.each(['"v2"', 'W/"v1"', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
    'are ignored when If-Range is %s (robustness.md G4)',
    async (ifRange) => {
      const answer = await new Client(alphabet(ranges)).get('/', {
        headers: { Range: 'bytes=0-0', 'If-Range': ifRange },
      })
      expect(answer.status).toBe(200)
    },
  )

  test.each(['"v1"', modified.toUTCString()])('are served when If-Range is %s', async (ifRange) => {
    const answer = await new Client(alphabet(ranges)).get('/', {
      headers: { Range: 'bytes=0-0', 'If-Range': ifRange },
    })
    expect(answer.status).toBe(206)
  })

  test('are ignored unless they are accepted', async () => {
    const answer = await new Client(alphabet()).get('/', { headers: { Range: 'bytes=0-0' } })
    expect(answer.status).toBe(200)
    expect(answer.headers.has('accept-ranges')).toBe(false)
  })

  test('of an empty body give the whole (robustness.md G2)', async () => {
    const answer = await new Client(alphabet(ranges, () => '')).get('/', { headers: { Range: 'bytes=0-' } })
    expect(answer.status).toBe(200)
  })

  test('of part of something are not taken again', async () => {
    const app = Request.application((request) => {
      const response = new Response('ab', { status: 206 })
      response.contentRange = { range: { first: 0, last: 1 }, size: 26 }
      return response.makeConditional(request, ranges)
    })
    const answer = await new Client(app).get('/', { headers: { Range: 'bytes=1-1' } })
    expect(answer.text()).toBe('ab')
  })
})

describe('a body that is not sent is closed once (robustness.md B4)', () => {
  test.each([
    [304, { 'If-None-Match': '"v1"' }],
    [412, { 'If-Match': '"v2"' }],
    [416, { Range: 'bytes=99-' }],
    [206, { Range: 'bytes=0-0' }],
    [200, {}],
  ])('%i', async (status, headers) => {
    let closes = 0
    const body = (): Body => ({
      *[Symbol.iterator]() {
        yield letters
      },
      close() {
        closes++
      },
    })
    const client = new Client(alphabet({ acceptRanges: true, size: 26 }, body))
    expect((await client.get('/', { headers })).status).toBe(status)
    expect(closes).toBe(1)
  })
})

test.each([
  [304, { 'If-None-Match': '"v1"' }],
  [412, { 'If-Match': '"v2"' }],
  [416, { Range: 'bytes=99-' }],
  [206, { Range: 'bytes=0-0' }],
])('what waits for the end of the answer is called once for %i', async (status, headers) => {
  let calls = 0
  const app = Request.application((request) => {
    const response = new Response(letters)
    response.setEtag('v1')
    response.onClose(() => void calls++)
    return response.makeConditional(request, { acceptRanges: true })
  })
  expect((await new Client(app).get('/', { headers })).status).toBe(status)
  expect(calls).toBe(1)
})

test('what fails while the body is given up is logged', async () => {
  const app = Request.application((request) => {
    const response = new Response(letters)
    response.setEtag('v1')
    response.onClose(() => Promise.reject(new Error('closing failed')))
    return response.makeConditional(request)
  })
  const answer = await new Client(app).get('/', { headers: { 'If-Match': '"v2"' } })
  expect(answer.status).toBe(412)
  expect(answer.errors).toContain('closing failed')
})

test('takes an environ as well as a request, and gives up what is not sent at once', () => {
  const stream = Readable.from(['a'])
  const response = new Response(stream)
  response.setEtag('v1')
  const environ = createEnviron('/', { headers: { 'If-None-Match': '"v1"' } })
  expect(response.makeConditional(environ).status).toBe(304)
  expect(response.body).toBeNull()
  expect(stream.destroyed).toBe(true)
})
