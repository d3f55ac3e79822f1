import { once } from 'node:events'
import { truncateSync } from 'node:fs'
import { mkdtemp, readdir, readlink, realpath, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Application, type Closeable, FileTruncated, PIECE_READ_SIZE, stack } from '@stapel/core'
import { serve } from '@stapel/core/node'
import { Client, createEnviron } from '@stapel/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { staticFiles } from '../static-files.ts'
import { WHOLE_READ_SIZE } from './content.ts'

const modified = new Date('2024-02-03T04:05:06.789Z')
const large = Buffer.from(Uint8Array.from({ length: PIECE_READ_SIZE * 3 + 5 }, (_, index) => index % 251))
let directory: string
let app: Application
let client: Client

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'stapel-answer-')))
  await put('ten.txt', '0123456789')
  await put('empty.txt', '')
  await put('large.bin', large)
  app = stack(notFound, staticFiles({ '/': directory }))
  client = new Client(app)
})

afterEach(() => rm(directory, { recursive: true }))

const notFound: Application = (_environ, startResponse) => {
  startResponse('404 Not Found', [])
  return 'inner'
}

/** A file that has rested, and so has a strong tag. */
async function put(name: string, content: string | Uint8Array): Promise<void> {
  await writeFile(join(directory, name), content)
  await utimes(join(directory, name), modified, modified)
}

async function etagOf(name: string): Promise<string> {
  return (await client.head(`/${name}`)).headers.get('ETag') ?? ''
}

describe('content', () => {
  test('that fits in one read comes in one piece', async () => {
    await put('small.bin', large.subarray(0, WHOLE_READ_SIZE))
    const answer = await client.get('/small.bin')
    expect(answer.chunks).toHaveLength(1)
    expect(Buffer.from(answer.bytes()).equals(large.subarray(0, WHOLE_READ_SIZE))).toBe(true)
  })

  test('that does not comes read by read', async () => {
    const answer = await client.get('/large.bin')
    expect(answer.chunks.map((chunk) => chunk.length)).toEqual([
      PIECE_READ_SIZE,
      PIECE_READ_SIZE,
      PIECE_READ_SIZE,
      5,
    ])
    expect(Buffer.from(answer.bytes()).equals(large)).toBe(true)
  })

  test('of an empty file has length 0', async () => {
    const answer = await client.get('/empty.txt')
    expect([answer.status, answer.headers.get('Content-Length'), answer.text()]).toEqual([200, '0', ''])
  })

  test('is left out for HEAD, its headers are not', async () => {
    const get = await client.get('/large.bin')
    const head = await client.head('/large.bin', { headers: { Range: 'bytes=0-1' } })
    expect([head.status, head.text()]).toEqual([200, ''])
    expect([...head.headers]).toEqual([...get.headers])
  })
})

describe('conditional requests', () => {
  test('a current If-None-Match gives 304 with the headers that a cache needs (robustness.md N5)', async () => {
    const answer = await client.get('/ten.txt', { headers: { 'If-None-Match': await etagOf('ten.txt') } })
    expect([answer.status, answer.text()]).toEqual([304, ''])
    expect([...answer.headers].map(([name]) => name.toLowerCase()).sort()).toEqual([
      'cache-control',
      'etag',
      'last-modified',
    ])
  })

  test('a changed file gives 200', async () => {
    const etag = await etagOf('ten.txt')
    await writeFile(join(directory, 'ten.txt'), 'abcdefghij')
    const answer = await client.get('/ten.txt', { headers: { 'If-None-Match': etag } })
    expect([answer.status, answer.text()]).toEqual([200, 'abcdefghij'])
  })

  test('a current If-Modified-Since gives 304, for HEAD too', async () => {
    const headers = { 'If-Modified-Since': 'Sat, 03 Feb 2024 04:05:06 GMT' }
    expect((await client.get('/ten.txt', { headers })).status).toBe(304)
    expect((await client.head('/ten.txt', { headers })).status).toBe(304)
  })

  test('a failed If-Match or If-Unmodified-Since gives 412', async () => {
    const since = 'Sat, 03 Feb 2024 04:05:05 GMT'
    expect((await client.get('/ten.txt', { headers: { 'If-Match': '"other"' } })).status).toBe(412)
    expect((await client.get('/ten.txt', { headers: { 'If-Unmodified-Since': since } })).status).toBe(412)
    expect((await client.get('/ten.txt', { headers: { 'If-Match': await etagOf('ten.txt') } })).status).toBe(
      200,
    )
  })
})

describe('ranges', () => {
  test.each([
    { range: 'bytes=0-0', content: '0', contentRange: 'bytes 0-0/10' },
    { range: 'bytes=2-4', content: '234', contentRange: 'bytes 2-4/10' },
    { range: 'bytes=8-', content: '89', contentRange: 'bytes 8-9/10' },
    { range: 'bytes=8-99', content: '89', contentRange: 'bytes 8-9/10' },
    { range: 'bytes=-3', content: '789', contentRange: 'bytes 7-9/10' },
    { range: 'bytes=-99', content: '0123456789', contentRange: 'bytes 0-9/10' },
  ])('$range gives $contentRange', async ({ range, content, contentRange }) => {
    const answer = await client.get('/ten.txt', { headers: { Range: range } })
    expect([answer.status, answer.text()]).toEqual([206, content])
    expect(answer.headers.get('Content-Range')).toBe(contentRange)
    expect(answer.headers.get('Content-Length')).toBe(String(content.length))
    expect(answer.headers.get('Accept-Ranges')).toBe('bytes')
  })

  test('one of a large file is read from its beginning on', async () => {
    const answer = await client.get('/large.bin', { headers: { Range: `bytes=10-${PIECE_READ_SIZE * 2}` } })
    expect(Buffer.from(answer.bytes()).equals(large.subarray(10, PIECE_READ_SIZE * 2 + 1))).toBe(true)
  })

  test.each(['bytes=10-', 'bytes=99-100', 'bytes=-0'])(
    '%s selects nothing: 416 (robustness.md G1, G5)',
    async (range) => {
      const answer = await client.get('/ten.txt', { headers: { Range: range } })
      expect(answer.status).toBe(416)
      expect(answer.headers.get('Content-Range')).toBe('bytes */10')
      expect(answer.headers.get('Accept-Ranges')).toBe('bytes')
    },
  )

  test.each(['bytes=4-2', 'bytes=a-b', 'items=0-1', 'bytes', `bytes=${'0-,'.repeat(2000)}`])(
    'a malformed or unknown one gives the whole file: %s (robustness.md G1, G3)',
    async (range) => {
      const answer = await client.get('/ten.txt', { headers: { Range: range } })
      expect([answer.status, answer.text()]).toEqual([200, '0123456789'])
    },
  )

  test.each([
    {
      what: 'together fit in one read',
      ranges: [
        [1, 3],
        [500, 509],
      ],
      chunks: 1,
    },
    {
      what: 'do not',
      ranges: [
        [1, PIECE_READ_SIZE + 5],
        [PIECE_READ_SIZE * 2, PIECE_READ_SIZE * 2 + 1],
      ],
      chunks: 6,
    },
  ])('several that $what come with a header each', async ({ ranges, chunks }) => {
    const range = `bytes=${ranges.map(([first, last]) => `${first}-${last}`).join(', ')}`
    const answer = await client.get('/large.bin', { headers: { Range: range } })
    expect(answer.status).toBe(206)
    expect(answer.headers.has('Content-Range')).toBe(false)
    expect(answer.headers.get('Content-Length')).toBe(String(answer.bytes().length))
    expect(answer.chunks).toHaveLength(chunks)
    const type = answer.headers.get('Content-Type') ?? ''
    const boundary = /^multipart\/byteranges; boundary=([0-9A-Za-z-]+)$/.exec(type)?.[1]
    const parts = ranges.map(([first = 0, last = 0], index) => [
      Buffer.from(`${index === 0 ? '' : '\r\n'}--${boundary}\r\nContent-Type: application/octet-stream\r\n`),
      Buffer.from(`Content-Range: bytes ${first}-${last}/${large.length}\r\n\r\n`),
      large.subarray(first, last + 1),
    ])
    const expected = Buffer.concat([...parts.flat(), Buffer.from(`\r\n--${boundary}--\r\n`)])
    expect(Buffer.from(answer.bytes()).equals(expected)).toBe(true)
  })

  test('several that overlap or touch are one', async () => {
    const answer = await client.get('/ten.txt', { headers: { Range: 'bytes=4-5, 1-2, 3-4' } })
    expect([answer.status, answer.text()]).toEqual([206, '12345'])
    expect(answer.headers.get('Content-Range')).toBe('bytes 1-5/10')
  })

  test.each(['bytes=0-1,3-4', 'bytes=0-0,2-2,4-4,6-6,8-8'])(
    'several whose parts would not be shorter give the whole file: %s (robustness.md G3)',
    async (range) => {
      const answer = await client.get('/ten.txt', { headers: { Range: range } })
      expect([answer.status, answer.text()]).toEqual([200, '0123456789'])
    },
  )

  test('one of an empty file gives the empty file (robustness.md G2)', async () => {
    expect((await client.get('/empty.txt', { headers: { Range: 'bytes=0-' } })).status).toBe(200)
  })

  test('a matching If-Range gives the range, any other the whole file (robustness.md G4)', async () => {
    const etag = await etagOf('ten.txt')
    const get = async (value: string) =>
      (await client.get('/ten.txt', { headers: { Range: 'bytes=0-1', 'If-Range': value } })).status
    expect(await get(etag)).toBe(206)
    expect(await get('Sat, 03 Feb 2024 04:05:06 GMT')).toBe(206)
    expect(await get(`W/${etag}`)).toBe(200)
    expect(await get('"other"')).toBe(200)
    expect(await get('Sat, 03 Feb 2024 04:05:07 GMT')).toBe(200)
  })

  test('a file that may still be written to has a weak tag, by which no download resumes', async () => {
    await writeFile(join(directory, 'new.txt'), 'new')
    await utimes(join(directory, 'new.txt'), new Date(), new Date(Date.now() + 60_000))
    const etag = await etagOf('new.txt')
    expect(etag).toMatch(/^W\/"/)
    const headers = { Range: 'bytes=0-1', 'If-Range': etag }
    expect((await client.get('/new.txt', { headers })).status).toBe(200)
    expect((await client.get('/new.txt', { headers: { 'If-None-Match': etag } })).status).toBe(304)
  })

  test('a precondition is looked at before the range', async () => {
    const headers = { Range: 'bytes=99-', 'If-None-Match': await etagOf('ten.txt') }
    expect((await client.get('/ten.txt', { headers })).status).toBe(304)
  })
})

describe.skipIf(process.platform !== 'linux')('the file is closed (P10)', () => {
  test.each([
    { what: '200', target: '/ten.txt', status: 200, init: {} },
    { what: 'a stream', target: '/large.bin', status: 200, init: {} },
    { what: 'HEAD', target: '/large.bin', status: 200, init: { method: 'HEAD' } },
    { what: '206', target: '/large.bin', status: 206, init: { headers: { Range: 'bytes=0-199999' } } },
    {
      what: 'several ranges',
      target: '/large.bin',
      status: 206,
      init: { headers: { Range: 'bytes=0-1,9-9' } },
    },
    { what: '304', target: '/large.bin', status: 304, init: { headers: { 'If-None-Match': '*' } } },
    { what: '308', target: '/large%2Bone.bin', status: 308, init: {} },
    { what: '405', target: '/large.bin', status: 405, init: { method: 'DELETE' } },
    { what: '412', target: '/large.bin', status: 412, init: { headers: { 'If-Match': '"x"' } } },
    { what: '416', target: '/large.bin', status: 416, init: { headers: { Range: 'bytes=999999-' } } },
  ])('after $what', async ({ target, status, init }) => {
    await put('large+one.bin', large)
    expect((await client.request(target, init)).status).toBe(status)
    expect(await openFiles()).toEqual([])
  })

  test('when the body is given up before it is read', async () => {
    const body = await app(createEnviron('/large.bin'), () => () => {})
    expect(await openFiles()).toEqual(['large.bin'])
    await (body as Closeable).close?.()
    expect(await openFiles()).toEqual([])
  })

  test('when startResponse throws', async () => {
    const refuse = () => {
      throw new Error('refused')
    }
    await expect(app(createEnviron('/large.bin'), refuse)).rejects.toThrow('refused')
    expect(await openFiles()).toEqual([])
  })
})

describe('over a socket', () => {
  const huge = 3_000_000

  /** Files that have next to nothing on the disk. */
  beforeEach(async () => {
    await put('huge.bin', large)
    await truncate(join(directory, 'huge.bin'), huge)
  })

  test('large files arrive whole, many at once', async () => {
    const server = await serve(app, { port: 0 })
    try {
      const url = new URL('/huge.bin', server.url)
      const sizes = await Promise.all(
        Array.from({ length: 4 }, async () => {
          const bytes = Buffer.from(await (await fetch(url)).arrayBuffer())
          return [bytes.length, bytes.subarray(0, large.length).equals(large)]
        }),
      )
      expect(sizes).toEqual(Array.from({ length: 4 }, () => [huge, true]))
    } finally {
      await server.close()
    }
  })

  test.skipIf(process.platform !== 'linux')(
    'a client that goes away in the middle leaves no file open (robustness.md P10)',
    async () => {
      const server = await serve(app, { port: 0 })
      try {
        const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
        socket.write('GET /huge.bin HTTP/1.1\r\nHost: localhost\r\n\r\n')
        await once(socket, 'data')
        expect(await openFiles()).toEqual(['huge.bin'])
        socket.destroy()
        await vi.waitFor(async () => expect(await openFiles()).toEqual([]))
      } finally {
        await server.close()
      }
    },
  )
})

describe('a file that shrinks while it is sent', () => {
  const shrinking: Application = (environ, startResponse) =>
    app(environ, (status, headers, error) => {
      if (environ.QUERY_STRING === 'shrink') truncateSync(join(directory, 'large.bin'), PIECE_READ_SIZE + 10)
      return startResponse(status, headers, error)
    })

  test('fails the body', async () => {
    await expect(new Client(shrinking).get('/large.bin?shrink')).rejects.toThrow(FileTruncated)
  })

  test('ends the connection, and neither the message nor the process', async () => {
    const log: string[] = []
    const server = await serve(shrinking, {
      port: 0,
      errors: { write: (text) => log.push(text), flush() {} },
    })
    try {
      const answer = await fetch(`${server.url.replace(/\/$/, '')}/large.bin?shrink`)
      expect(answer.status).toBe(200)
      await expect(answer.arrayBuffer()).rejects.toThrow()
      const next = await fetch(`${server.url.replace(/\/$/, '')}/large.bin`)
      expect((await next.arrayBuffer()).byteLength).toBe(PIECE_READ_SIZE + 10)
      expect(log.join('')).toContain('FileTruncated')
    } finally {
      await server.close()
    }
  })
})

async function openFiles(): Promise<string[]> {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  return links
    .filter((path) => path.startsWith(`${directory}/`))
    .map((path) => path.slice(directory.length + 1))
}
