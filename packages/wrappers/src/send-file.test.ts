import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FileTruncated, type FileWrapper, type OpenFile, validate } from '@stapel/core'
import { Client, createEnviron } from '@stapel/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Request } from './request.ts'
import { openedResponse, sendFile } from './send-file.ts'
import { readSendFileOptions, type SendFileOptions } from './send-file-options.ts'

const modified = new Date(Date.UTC(2026, 0, 2, 3, 4, 5))
const large = 'abcdefghij'.repeat(40_000)
let folder: string
let letters: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stapel-send-'))
  letters = await write('letters.txt', 'abcdefghij')
})

afterAll(() => rm(folder, { recursive: true }))

async function write(name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  await utimes(path, modified, modified)
  return path
}

const get = (path: string | URL | Blob, headers: Record<string, string> = {}, options?: SendFileOptions) =>
  new Client(validate(sendFile(path, options))).get('/', { headers })

test('sends a file with its type, size, validators and the offer of ranges', async () => {
  const answer = await get(letters)
  expect(answer.status).toBe(200)
  expect(answer.text()).toBe('abcdefghij')
  expect(Object.fromEntries(answer.headers)).toEqual({
    'accept-ranges': 'bytes',
    'cache-control': 'no-cache',
    'content-length': '10',
    'content-type': 'text/plain; charset=utf-8',
    etag: expect.stringMatching(/^"a-[0-9a-f]+"$/),
    'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT',
    'x-content-type-options': 'nosniff',
  })
})

test('takes a file: URL, and answers from within a handler', async () => {
  const app = Request.application(() => sendFile(pathToFileURL(letters)))
  expect((await new Client(app).get('/')).text()).toBe('abcdefghij')
})

describe('a large file', () => {
  test('is sent in pieces', async () => {
    const answer = await get(await write('large.txt', large))
    expect(answer.chunks.length).toBeGreaterThan(1)
    expect(answer.text()).toBe(large)
  })

  test('is sent by wsgi.file_wrapper where there is one, whole or one range of it', async () => {
    const path = await write('wrapped.txt', large)
    const asked: unknown[] = []
    const wrapper: FileWrapper = (file: OpenFile, options) => {
      asked.push(options)
      return {
        async *[Symbol.asyncIterator]() {
          const buffer = new Uint8Array((options?.end ?? 0) - (options?.start ?? 0))
          await file.read(buffer, 0, buffer.length, options?.start ?? 0)
          yield buffer
        },
        close: () => file.close(),
      }
    }
    const client = new Client(sendFile(path), { environ: { 'wsgi.file_wrapper': wrapper } })
    expect((await client.get('/')).text()).toBe(large)
    expect((await client.get('/', { headers: { Range: 'bytes=5-150000' } })).text()).toBe(
      large.slice(5, 150_001),
    )
    const several = await client.get('/', { headers: { Range: 'bytes=0-0,99990-199990' } })
    expect(several.text()).toContain(large.slice(99_990, 199_991))
    expect(asked).toEqual([
      { start: 0, end: large.length },
      { start: 5, end: 150_001 },
    ])
  })
})

describe('a request with conditions', () => {
  test('is answered 304 by tag and by date', async () => {
    const etag = (await get(letters)).headers.get('etag') as string
    expect((await get(letters, { 'If-None-Match': etag })).status).toBe(304)
    expect((await get(letters, { 'If-Modified-Since': modified.toUTCString() })).status).toBe(304)
  })

  test('is answered 412', async () => {
    expect((await get(letters, { 'If-Match': '"other"' })).status).toBe(412)
  })

  test.each([
    ['bytes=2-4', 206, 'cde', 'bytes 2-4/10'],
    ['bytes=-2', 206, 'ij', 'bytes 8-9/10'],
    ['bytes=5-500', 206, 'fghij', 'bytes 5-9/10'],
    ['bytes=x', 200, 'abcdefghij', null],
  ])('for %s is answered %i (robustness.md G1)', async (range, status, text, contentRange) => {
    const answer = await get(letters, { Range: range })
    expect([answer.status, answer.text(), answer.headers.get('content-range')]).toEqual([
      status,
      text,
      contentRange,
    ])
  })

  test('for what lies outside is answered 416 (robustness.md G5)', async () => {
    const answer = await get(letters, { Range: 'bytes=10-' })
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */10'])
  })

  test('resumes a download by its strong tag', async () => {
    const etag = (await get(letters)).headers.get('etag') as string
    expect((await get(letters, { Range: 'bytes=8-', 'If-Range': etag })).text()).toBe('ij')
    expect((await get(letters, { Range: 'bytes=8-', 'If-Range': '"other"' })).status).toBe(200)
  })

  test('may be taken as any other', async () => {
    const answer = await get(letters, { Range: 'bytes=0-0' }, { conditional: false })
    expect([answer.status, answer.headers.has('accept-ranges')]).toEqual([200, false])
  })
})

test('an empty file is sent as such, whatever is asked of it (robustness.md G2)', async () => {
  const answer = await get(await write('empty.txt', ''), { Range: 'bytes=0-' })
  expect([answer.status, answer.text(), answer.headers.get('content-length')]).toEqual([200, '', '0'])
})

test('HEAD has the headers of GET', async () => {
  const client = new Client(sendFile(letters))
  const [got, head] = [await client.get('/'), await client.head('/')]
  expect(head.headers.toList()).toEqual(got.headers.toList())
  expect(head.text()).toBe('')
})

test('another method gets the whole', async () => {
  const answer = await new Client(sendFile(letters)).post('/', { headers: { Range: 'bytes=0-0' } })
  expect([answer.status, answer.text()]).toEqual([200, 'abcdefghij'])
})

describe('the options', () => {
  test.each<[SendFileOptions, string, string | null]>([
    [{ mimetype: 'text/css' }, 'content-type', 'text/css; charset=utf-8'],
    [{ attachment: true }, 'content-disposition', 'attachment; filename=letters.txt'],
    [{ downloadName: 'b.txt' }, 'content-disposition', 'inline; filename=b.txt'],
    [
      { attachment: true, downloadName: 'Übersicht.pdf' },
      'content-disposition',
      "attachment; filename=Ubersicht.pdf; filename*=UTF-8''%C3%9Cbersicht.pdf",
    ],
    [
      { attachment: true, downloadName: '../a"\r\nX: 1' },
      'content-disposition',
      `attachment; filename="a___X: 1"; filename*=UTF-8''a%22__X%3A%201`,
    ],
    [{ maxAge: 60 }, 'cache-control', 'public, max-age=60'],
    [{ etag: 'v1' }, 'etag', '"v1"'],
    [{ etag: false }, 'etag', null],
    [{ lastModified: new Date(0) }, 'last-modified', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    [{ lastModified: false }, 'last-modified', null],
    [{ headers: { 'Cache-Control': 'no-store' }, maxAge: 60 }, 'cache-control', 'no-store'],
    [{ headers: [['Link', '<a>'] as [string, string], ['Link', '<b>']] }, 'link', '<a>, <b>'],
  ])('%j', async (options, name, value) => {
    expect((await get(letters, {}, options)).headers.get(name)).toBe(value)
  })

  test.each([{ Authorization: 'Basic YTpi' }, { Cookie: 'sid=1' }])(
    'an answer to %j is not for shared caches',
    async (headers) => {
      expect((await get(letters, headers, { maxAge: 60 })).headers.get('cache-control')).toBe(
        'private, max-age=60',
      )
    },
  )

  test.each<[unknown, SendFileOptions]>([
    ['', {}],
    ['a\0b', {}],
    [5, {}],
    [new URL('https://example.org/a'), {}],
    ['a', { maxAge: -1 }],
    ['a', { maxAge: 1.5 }],
    ['a', { etag: 'a"b' }],
    ['a', { lastModified: new Date(Number.NaN) }],
    ['a', { headers: { 'X-A': '\n' } }],
    ['a', { maxage: 5 } as SendFileOptions],
  ])('%j with %j throws when it is made', (file, options) => {
    expect(() => sendFile(file as string, options)).toThrow(/Got /)
  })

  test.each([
    ['', 'Got "" for a file to be sent; expected a path or a file: URL'],
    [5, 'Got 5 for a file to be sent; expected'],
    [null, 'Got null for a file to be sent; expected'],
    [new URL('https://example.org/a'), 'Got https://example.org/a for a file to be sent; expected'],
  ])('%j is shown, with what is expected', (file, message) => {
    expect(() => sendFile(file as string)).toThrow(TypeError)
    expect(() => sendFile(file as string)).toThrow(message)
  })

  test.each([new Uint8Array([1, 2]), new ArrayBuffer(2)])('%j is told to become a Blob', (bytes) => {
    expect(() => sendFile(bytes as never)).toThrow(
      /^Got bytes for .* or a Blob such as new Blob\(\[bytes\]\)\.$/,
    )
  })
})

describe('what is no file is 404 (robustness.md P4, P5)', () => {
  test.each(['missing.txt', 'x'.repeat(300), 'letters.txt/below'])('%s', async (name) => {
    const answer = await get(join(folder, name))
    expect(answer.status).toBe(404)
    expect(answer.text()).not.toContain(folder)
    expect(answer.errors).toContain(
      `sendFile found no file that may be read at ${JSON.stringify(join(folder, name))}.`,
    )
  })

  test('a directory', async () => {
    await mkdir(join(folder, 'directory'))
    const answer = await get(join(folder, 'directory'))
    expect(answer.status).toBe(404)
    expect(answer.errors).toContain('sendFile found a directory at ')
  })
})

describe('a file that fails is closed', () => {
  /** A file that is empty where it should not be, and counts how often it is closed. */
  function emptied() {
    const counts = { closes: 0 }
    const file: OpenFile = {
      read: async () => ({ bytesRead: 0 }),
      close: async () => {
        counts.closes++
      },
    }
    return { opened: { file, state: { size: 5, mtimeMs: 0 } }, counts }
  }
  const settings = readSendFileOptions({})

  test('and answered 503 where it was small enough to be read before the answer', async () => {
    const { opened, counts } = emptied()
    const response = openedResponse(opened, 'a.txt', createEnviron('/'), settings)
    await expect(response).rejects.toMatchObject({ status: 503, cause: new FileTruncated(5) })
    expect(counts.closes).toBe(1)
  })

  test('and its own error is passed on where it is not that it became shorter', async () => {
    const { opened, counts } = emptied()
    const failed = { ...opened.file, read: () => Promise.reject(new Error('EIO')) }
    const response = openedResponse({ ...opened, file: failed }, 'a.txt', createEnviron('/'), settings)
    await expect(response).rejects.toThrow('EIO')
    expect(counts.closes).toBe(1)
  })

  test('also when the gateway does not take it', async () => {
    const { opened, counts } = emptied()
    const environ = createEnviron('/', {
      environ: {
        'wsgi.file_wrapper': () => {
          throw new TypeError('not mine')
        },
      },
    })
    await expect(openedResponse(opened, 'a.txt', environ, settings)).rejects.toThrow('not mine')
    expect(counts.closes).toBe(1)
  })

  test.each([
    [412, { 'If-Match': '"other"' }],
    [416, { Range: 'bytes=5-' }],
  ])('or not sent for %i', async (status, headers: Record<string, string>) => {
    const { opened, counts } = emptied()
    const response = openedResponse(opened, 'a.txt', createEnviron('/', { headers }), settings)
    await expect(response).rejects.toMatchObject({ status })
    expect(counts.closes).toBe(1)
  })

  test('or not sent for 304 and HEAD', async () => {
    for (const init of [{ method: 'HEAD' }, { headers: { 'If-Modified-Since': modified.toUTCString() } }]) {
      const { opened, counts } = emptied()
      const response = await openedResponse(opened, 'a.txt', createEnviron('/', init), settings)
      expect(response.body).toBeNull()
      expect(counts.closes).toBe(1)
    }
  })
})

describe('a Blob', () => {
  const file = new File(['abcdefghij'], 'data.csv', { type: 'text/csv', lastModified: modified.getTime() })

  test('is sent with its own type and date, and in ranges', async () => {
    const answer = await get(file, { Range: 'bytes=-2' }, { attachment: true })
    expect([answer.status, answer.text()]).toEqual([206, 'ij'])
    expect(answer.headers.get('content-type')).toBe('text/csv')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=data.csv')
    expect((await get(file, { 'If-Modified-Since': modified.toUTCString() })).status).toBe(304)
  })

  test('is sent whole where nothing is asked about conditions', async () => {
    const headers = { Range: 'bytes=-2', 'If-Modified-Since': modified.toUTCString() }
    const answer = await get(file, headers, { conditional: false })
    expect([answer.status, answer.text()]).toEqual([200, 'abcdefghij'])
    expect(answer.headers.has('accept-ranges')).toBe(false)
  })

  test('without a type or name is bytes, and without a date has none', async () => {
    const answer = await get(new Blob(['a']))
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
    expect(answer.headers.has('last-modified')).toBe(false)
    expect(answer.headers.get('content-length')).toBe('1')
  })

  test.each([-1, 8.64e15])(
    'a date that cannot be its last change, %d, is brought to one that can',
    async (lastModified) => {
      const answer = await get(new File(['a'], 'a.txt', { lastModified }))
      const date = Date.parse(answer.headers.get('last-modified') ?? '')
      expect(date).toBeGreaterThanOrEqual(0)
      expect(date).toBeLessThanOrEqual(Date.now())
    },
  )

  test('a date of what is no File says nothing', async () => {
    const blob = Object.assign(new Blob(['a']), { lastModified: 8.64e15, name: 'a.html' })
    const answer = await get(blob)
    expect(answer.headers.has('last-modified')).toBe(false)
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  })

  test('without a type is told by its name', async () => {
    expect((await get(new File(['a'], 'a.html'))).headers.get('content-type')).toBe(
      'text/html; charset=utf-8',
    )
  })
})
