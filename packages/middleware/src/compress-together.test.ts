/** compress around layers that decide by tags: what a client that has a compressed answer can ask with. */
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Application, stack, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decode, present } from './compress.test-support.ts'
import { compress } from './compress.ts'
import { etag } from './etag.ts'
import { staticFiles } from './static-files.ts'

const text = 'All work and no play makes Jack a dull boy.\n'.repeat(200)
const notFound: Application = (_environ, startResponse) => {
  startResponse('404 Not Found', [['Content-Type', 'text/plain']])
  return 'Not here.'
}

let folder: string
let files: Client

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stapel-compress-'))
  await writeFile(join(folder, 'page.txt'), text)
  await writeFile(join(folder, 'large.txt'), text.repeat(30))
  await writeFile(join(folder, 'archive.tar.gz'), gzipSync(text.repeat(200)))
  // A file that was changed just now has a weak tag of its own.
  const before = new Date('2020-01-01')
  for (const name of await readdir(folder)) await utimes(join(folder, name), before, before)
  files = new Client(stack(validate(notFound), compress(), staticFiles({ '/': folder })))
})

afterAll(() => rm(folder, { recursive: true }))

describe.each(present)('a client that has a file in %s', (name) => {
  const accepting = { 'Accept-Encoding': name }

  // robustness.md Z3, N2
  test.each(['page.txt', 'large.txt'])('gets a weak tag of %s, and 304 by it', async (file) => {
    const first = await files.get(`/${file}`, { headers: accepting })
    const tag = first.headers.get('ETag') ?? ''
    expect(first.headers.get('Content-Encoding')).toBe(name)
    expect(tag).toMatch(/^W\/"/)
    expect(decode(name, first.bytes()).toString()).toBe(file === 'page.txt' ? text : text.repeat(30))
    const again = await files.get(`/${file}`, { headers: { ...accepting, 'If-None-Match': tag } })
    expect([again.status, again.bytes().byteLength, again.headers.get('Vary')]).toEqual([
      304,
      0,
      'Accept-Encoding',
    ])
    const strong = tag.replace('W/', '')
    expect((await files.get(`/${file}`, { headers: { ...accepting, 'If-None-Match': strong } })).status).toBe(
      304,
    )
    expect((await files.get(`/${file}`, { headers: { 'If-None-Match': tag } })).status).toBe(304)
  })

  // RFC 9110 section 13.1.1
  test('is refused by If-Match, which asks for the same bytes', async () => {
    const tag = (await files.get('/page.txt', { headers: accepting })).headers.get('ETag') ?? ''
    expect((await files.get('/page.txt', { headers: { ...accepting, 'If-Match': tag } })).status).toBe(412)
    const strong = tag.replace('W/', '')
    expect((await files.get('/page.txt', { headers: { ...accepting, 'If-Match': strong } })).status).toBe(200)
  })

  // RFC 9110 section 13.1.5
  test('gets all anew by If-Range, and no range beside its compressed beginning', async () => {
    const tag = (await files.get('/page.txt', { headers: accepting })).headers.get('ETag') ?? ''
    const headers = { ...accepting, Range: 'bytes=10-', 'If-Range': tag }
    const answer = await files.get('/page.txt', { headers })
    expect([answer.status, answer.headers.get('Content-Encoding')]).toEqual([200, name])
    expect(decode(name, answer.bytes()).toString()).toBe(text)
  })

  // robustness.md Z2
  test('gets a range of the plain bytes, with their strong tag', async () => {
    const answer = await files.get('/page.txt', { headers: { ...accepting, Range: 'bytes=10-19' } })
    expect([answer.status, answer.text()]).toEqual([206, text.slice(10, 20)])
    expect(answer.headers.has('Content-Encoding')).toBe(false)
    expect(answer.headers.get('ETag')).toMatch(/^"/)
    expect(answer.headers.get('Vary')).toMatch(/accept-encoding/i)
  })

  // robustness.md Z2
  test('gets the headers of GET by HEAD, without a length', async () => {
    const got = await files.get('/page.txt', { headers: accepting })
    const head = await files.head('/page.txt', { headers: accepting })
    for (const field of ['Content-Encoding', 'ETag', 'Vary', 'Content-Type', 'Last-Modified']) {
      expect([field, head.headers.get(field)]).toEqual([field, got.headers.get(field)])
    }
    expect([head.headers.has('Content-Length'), head.bytes().byteLength]).toEqual([false, 0])
  })

  test('gets 304 from etag() inside', async () => {
    const app = stack(
      (_environ, startResponse) => {
        startResponse('200 OK', [['Content-Type', 'text/plain']])
        return text
      },
      compress(),
      etag({ strong: true }),
    )
    const client = new Client(app, { headers: accepting })
    const tag = (await client.get('/')).headers.get('ETag') ?? ''
    expect(tag).toMatch(/^W\//)
    expect((await client.get('/', { headers: { 'If-None-Match': tag } })).status).toBe(304)
    expect((await client.get('/', { headers: { 'If-None-Match': `"other", ${tag}` } })).status).toBe(304)
    expect((await client.get('/', { headers: { 'If-None-Match': '*' } })).status).toBe(304)
    expect((await client.get('/', { headers: { 'If-Match': tag } })).status).toBe(412)
  })

  // robustness.md Z1, Z2
  test.each([
    ['204 No Content', [], '', undefined],
    ['205 Reset Content', [], '', undefined],
    ['304 Not Modified', [['Content-Type', 'text/plain']], '', 'Accept-Encoding'],
    [
      '200 OK',
      [
        ['Content-Type', 'text/plain'],
        ['Content-Encoding', 'br'],
      ],
      text,
      undefined,
    ],
    [
      '200 OK',
      [
        ['Content-Type', 'text/plain'],
        ['Cache-Control', 'no-transform'],
      ],
      text,
      undefined,
    ],
    ['200 OK', [['Content-Type', 'text/plain']], '', 'Accept-Encoding'],
    ['200 OK', [['Content-Type', 'text/plain']], 'short', 'Accept-Encoding'],
    ['200 OK', [['Content-Type', 'application/zip']], text, undefined],
  ] as const)('gets %s with %j as it is', async (status, headers, body, vary) => {
    const app: Application = (_environ, startResponse) => {
      startResponse(
        status,
        headers.map(([field, value]) => [field, value]),
      )
      return body
    }
    const answer = await new Client(stack(validate(app), compress())).get('/', { headers: accepting })
    expect(answer.text()).toBe(body)
    expect(answer.headers.get('Content-Encoding')).toBe(headers[1]?.[0] === 'Content-Encoding' ? 'br' : null)
    expect(answer.headers.get('Vary') ?? undefined).toBe(vary)
  })

  // robustness.md Z7
  test('that leaves half way frees the coder, and the body is closed', async () => {
    const state = { left: 0, closed: 0 }
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/event-stream']])
      return {
        async *[Symbol.asyncIterator]() {
          try {
            for (;;) yield 'data: tick\n\n'
          } finally {
            state.left++
          }
        },
        close: () => void state.closed++,
      }
    }
    const answer = await new Client(stack(app, compress())).stream('/', { headers: accepting })
    for await (const _ of answer) break
    await answer.leave()
    expect(state).toEqual({ left: 1, closed: 1 })
  })
})

// robustness.md Z8
test('an archive that is compressed already has no coding, so that it is saved as it is', async () => {
  const answer = await files.get('/archive.tar.gz', { headers: { 'Accept-Encoding': 'gzip, br' } })
  expect(answer.headers.has('Content-Encoding')).toBe(false)
  expect(answer.bytes().subarray(0, 2)).toEqual(new Uint8Array([0x1f, 0x8b]))
})
