import { createHash } from 'node:crypto'
import { validate } from '@stapel/core'
import { type RunningServer, serve } from '@stapel/core/node'
import { createEnviron } from '@stapel/testing'
import { Request, Response } from '@stapel/wrappers'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findProgram } from './hosts/programs.ts'

/** A file as it is chosen in the browser. */
interface Chosen {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

const program = await findProgram('chromium')

test('Chromium is installed where CI runs', () => {
  if (process.env.CI) expect(program, 'apt-get install chromium').toBeDefined()
})

describe.skipIf(program === undefined)('forms as Chromium sends them (skipped without chromium)', () => {
  let server: RunningServer
  let browser: Browser
  let page: Page
  /** What forms consisted of, and what they were read as. */
  const received: { readonly type: string; readonly bytes: Uint8Array; readonly entries: unknown[] }[] = []

  beforeAll(async () => {
    const app = Request.application(async (request) => {
      if (request.method === 'GET') {
        return new Response(decodeURIComponent(request.args.get('form') ?? ''), { mimetype: 'text/html' })
      }
      const bytes = await request.bytes({ limit: 100_000_000 })
      received.push({
        type: request.contentType ?? '',
        bytes,
        entries: await entriesOf(await request.formData()),
      })
      return new Response('<p id="done">read</p>', { mimetype: 'text/html' })
    })
    server = await serve(validate(app), { port: 0, host: '127.0.0.1' })
    browser = await chromium.launch({ executablePath: program as string, args: ['--no-sandbox'] })
    page = await browser.newPage()
  })

  afterAll(async () => {
    await browser?.close()
    await server?.close({ timeout: 0 })
  })

  /** Fills and sends a form, and gives what arrived, which every way of reading it agrees on. */
  async function submit(
    inputs: string,
    fill: (page: Page) => Promise<void>,
    enctype = 'multipart/form-data',
  ): Promise<unknown[]> {
    const html = `<!doctype html><meta charset="utf-8"><form method="post" action="/" enctype="${enctype}">${inputs}<button>Send</button></form>`
    await page.goto(`${server.url}?form=${encodeURIComponent(encodeURIComponent(html))}`)
    await fill(page)
    await page.click('button')
    await page.waitForSelector('#done')
    const [form] = received.splice(0)
    if (form === undefined) throw new Error('No form arrived.')
    const { type, bytes, entries } = form
    expect(type).toContain(enctype)
    for (const size of [1, 977, 65_536]) {
      if (size === 1 && bytes.length > 200_000) continue
      const request = again(type, bytes, size)
      expect(await entriesOf(await request.formData())).toEqual(entries)
      await request.close()
      expect(await partsOf(again(type, bytes, size))).toEqual(entries)
    }
    return entries
  }

  test('text: unicode, quotes and line breaks in names and values', async () => {
    const entries = await submit(
      `<input name="title"><textarea name="grün🌲"></textarea><input name='a"b\r\nc%22'>
       <input type="checkbox" name="tag" value="1" checked><input type="checkbox" name="tag" value="2" checked>
       <input name="__proto__" value="data"><input name="empty">`,
      async (filled) => {
        await filled.fill('[name=title]', 'Ünïcödé 🌲 "quoted" %22; a=b')
        await filled.fill('textarea', 'first\nsecond\n--------')
      },
    )
    expect(entries).toEqual([
      ['title', 'Ünïcödé 🌲 "quoted" %22; a=b'],
      ['grün🌲', 'first\r\nsecond\r\n--------'],
      // A browser does not escape the percent sign, so %22 comes out as a quote.
      ['a"b\r\nc"', ''],
      ['tag', '1'],
      ['tag', '2'],
      ['__proto__', 'data'],
      ['empty', ''],
    ])
  })

  test('the same fields urlencoded', async () => {
    const entries = await submit(
      '<input name="grün🌲"><textarea name="a b"></textarea><input name="__proto__" value="%41+;&amp;=">',
      async (filled) => {
        await filled.fill('input', 'Ü 🌲+%')
        await filled.fill('textarea', 'first\nsecond')
      },
      'application/x-www-form-urlencoded',
    )
    expect(entries).toEqual([
      ['grün🌲', 'Ü 🌲+%'],
      ['a b', 'first\r\nsecond'],
      ['__proto__', '%41+;&='],
    ])
  })

  test('two files: one in memory, one in a temporary file', async () => {
    const small = file('small.png', 'image/png', 3_000)
    const large = file('large.bin', 'application/octet-stream', 1_500_000)
    const entries = await submit(
      '<input type="file" name="picture"><input name="between" value="x"><input type="file" name="archive">',
      async (filled) => {
        await filled.setInputFiles('[name=picture]', small)
        await filled.setInputFiles('[name=archive]', large)
      },
    )
    expect(entries).toEqual([entryOf('picture', small), ['between', 'x'], entryOf('archive', large)])
  })

  test('file names beyond ASCII, with quotes and spaces', async () => {
    const files = ['grün 🌲.txt', 'say "hi".txt', 'ファイル.txt', 'a;b=c.txt', "it's.txt"].map((name) =>
      file(name, 'text/plain', 10),
    )
    const entries = await submit('<input type="file" name="f" multiple>', (filled) =>
      filled.setInputFiles('input', files),
    )
    expect(entries).toEqual(files.map((each) => entryOf('f', each)))
  })

  test('an empty file, and none chosen', async () => {
    const empty = file('empty.txt', 'text/plain', 0)
    const entries = await submit('<input type="file" name="a"><input type="file" name="b">', (filled) =>
      filled.setInputFiles('[name=a]', empty),
    )
    expect(entries).toEqual([
      entryOf('a', empty),
      entryOf('b', { name: '', mimeType: 'application/octet-stream', buffer: Buffer.alloc(0) }),
    ])
  })

  test('a hundred files', async () => {
    const files = Array.from({ length: 100 }, (_, index) =>
      file(`file-${index}.bin`, 'application/octet-stream', index * 97),
    )
    const entries = await submit('<input type="file" name="files" multiple>', (filled) =>
      filled.setInputFiles('input', files),
    )
    expect(entries).toEqual(files.map((each) => entryOf('files', each)))
  })
})

/** A file of bytes that hold all values, line ends and dashes. */
function file(name: string, mimeType: string, size: number): Chosen {
  const buffer = Buffer.alloc(size)
  for (let at = 0; at < size; at++) buffer[at] = (at * 7 + (at >> 8)) & 0xff
  if (size > 100) buffer.write('\r\n------WebKitFormBoundary\r\n--\r\n', 50)
  return { name, mimeType, buffer }
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function entryOf(name: string, chosen: Chosen): unknown {
  return [name, chosen.name, chosen.mimeType, hashOf(chosen.buffer)]
}

async function entriesOf(form: FormData): Promise<unknown[]> {
  const entries: unknown[] = []
  for (const [name, value] of form) {
    if (typeof value === 'string') entries.push([name, value])
    else entries.push([name, value.name, value.type, hashOf(new Uint8Array(await value.arrayBuffer()))])
  }
  return entries
}

async function partsOf(request: Request): Promise<unknown[]> {
  const entries: unknown[] = []
  for await (const part of request.parts()) {
    if (!part.isFile) entries.push([part.name, await part.text()])
    else entries.push([part.name, part.filename, part.type, hashOf(await part.bytes({ limit: 10_000_000 }))])
  }
  return entries
}

/** The captured form once more, in pieces of `size` bytes. */
function again(type: string, bytes: Uint8Array, size: number): Request {
  function* pieces(): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  return new Request(
    createEnviron('/', { method: 'POST', headers: { 'Content-Type': type }, body: pieces() }),
  )
}
