import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readlink, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { type Application, stack } from '@stapel/core'
import { Client, type ClientAnswer } from '@stapel/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compress } from '../compress.ts'
import { type StaticFilesOptions, staticFiles } from '../static-files.ts'
import { CHOICE_CACHE_LIMIT, createVariantChoice } from './variants.ts'

const modified = new Date('2024-02-03T04:05:06.789Z')
const script = 'export const one = 1\n'.repeat(500)
let directory: string
let client: Client

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'stapel-variants-')))
  await put('app.js', script)
  await put('app.js.br', brotliCompressSync(script))
  await put('app.js.gz', gzipSync(script))
  await put('app.js.zst', 'zstd, as far as this test knows')
  await put('alone.js', script)
  client = clientOf({ precompressed: ['br', 'zstd', 'gzip'] })
})

afterEach(() => rm(directory, { recursive: true }))

const notFound: Application = (_environ, startResponse) => {
  startResponse('404 Not Found', [])
  return 'inner'
}

function clientOf(options: StaticFilesOptions): Client {
  return new Client(stack(notFound, staticFiles({ '/': directory }, options)))
}

async function put(name: string, content: string | Uint8Array, time: Date = modified): Promise<void> {
  await writeFile(join(directory, name), content)
  await utimes(join(directory, name), time, time)
}

function accepting(codings: string): { headers: Record<string, string> } {
  return { headers: { 'Accept-Encoding': codings } }
}

async function codingFor(acceptEncoding: string): Promise<string | null> {
  return (await client.get('/app.js', accepting(acceptEncoding))).headers.get('Content-Encoding')
}

describe('the coding', () => {
  test('is the one that the client likes best, among equals the first of the option', async () => {
    expect(await codingFor('gzip, deflate, br, zstd')).toBe('br')
    expect(await codingFor('gzip, zstd')).toBe('zstd')
    expect(await codingFor('gzip, br;q=0.5')).toBe('gzip')
    expect(await codingFor('x-gzip')).toBe('gzip')
    expect(await codingFor('*')).toBe('br')
    expect(await codingFor('*, br;q=0')).toBe('zstd')
    client = clientOf({ precompressed: ['gzip', 'br'] })
    expect(await codingFor('br, gzip')).toBe('gzip')
    expect(await codingFor('zstd')).toBeNull()
  })

  test('is none without a header, where none is accepted, and where identity is liked better', async () => {
    expect((await client.get('/app.js')).headers.has('Content-Encoding')).toBe(false)
    expect(await codingFor('')).toBeNull()
    expect(await codingFor('compress')).toBeNull()
    expect(await codingFor('br;q=0, gzip;q=0, zstd;q=0')).toBeNull()
    expect(await codingFor('identity, br;q=0.5')).toBeNull()
    // Nothing that the client accepts is there: the file itself is better than nothing.
    expect(await codingFor('identity;q=0, deflate')).toBeNull()
  })

  test('is none unless the option asks for it', async () => {
    client = clientOf({})
    const answer = await client.get('/app.js', accepting('br'))
    expect([answer.text(), answer.headers.has('Content-Encoding'), answer.headers.has('Vary')]).toEqual([
      script,
      false,
      false,
    ])
  })
})

describe('a file with neighbours', () => {
  test('comes with the bytes and length of the neighbour, and the type of the file', async () => {
    const answer = await client.get('/app.js', accepting('br'))
    expect(answer.status).toBe(200)
    expect(brotliDecompressSync(answer.bytes()).toString()).toBe(script)
    expect(answer.headers.get('Content-Length')).toBe(String(brotliCompressSync(script).length))
    expect(answer.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8')
    const gzip = await client.get('/app.js', accepting('gzip'))
    expect(gunzipSync(gzip.bytes()).toString()).toBe(script)
  })

  test('says Vary with every answer (robustness.md Z1)', async () => {
    const br = await client.get('/app.js', accepting('br'))
    const etag = br.headers.get('ETag') ?? ''
    const answers = await Promise.all([
      client.get('/app.js'),
      client.get('/app.js', accepting('br')),
      client.head('/app.js', accepting('gzip')),
      client.head('/app.js'),
      client.get('/app.js', { headers: { 'Accept-Encoding': 'br', 'If-None-Match': etag } }),
      client.get('/app.js', { headers: { 'If-Match': '"other"' } }),
      client.get('/app.js', { headers: { Range: 'bytes=0-1' } }),
      client.get('/app.js', { headers: { Range: 'bytes=99999-' } }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 304, 412, 206, 416])
    for (const answer of answers) expect(varied(answer)).toContain('accept-encoding')
    const alone = await client.get('/alone.js', accepting('br'))
    expect([alone.text(), alone.headers.has('Vary')]).toEqual([script, false])
  })

  test('keeps the Vary that an option adds', async () => {
    client = clientOf({ precompressed: ['br'], headers: [['Vary', 'Origin']] })
    const answer = await client.get('/app.js', accepting('br'))
    expect(varied(answer).sort()).toEqual(['accept-encoding', 'origin'])
  })

  test('has a tag of its own in each coding, by which 304 and ranges go', async () => {
    const tags = await Promise.all(
      ['identity', 'br', 'zstd', 'gzip'].map(
        async (coding) => (await client.get('/app.js', accepting(coding))).headers.get('ETag') ?? '',
      ),
    )
    expect(new Set(tags).size).toBe(4)
    const [identity, br] = tags as [string, string]
    const get = async (headers: Record<string, string>) =>
      (await client.get('/app.js', { headers: { 'Accept-Encoding': 'br', ...headers } })).status
    expect(await get({ 'If-None-Match': br })).toBe(304)
    expect(await get({ 'If-None-Match': identity })).toBe(200)
    expect(await get({ Range: 'bytes=0-1', 'If-Range': br })).toBe(206)
    expect(await get({ Range: 'bytes=0-1', 'If-Range': identity })).toBe(200)
  })

  test('gives ranges of the bytes that it would send whole', async () => {
    const bytes = brotliCompressSync(script)
    const answer = await client.get('/app.js', { headers: { 'Accept-Encoding': 'br', Range: 'bytes=2-5' } })
    expect(answer.status).toBe(206)
    expect(answer.headers.get('Content-Encoding')).toBe('br')
    expect(answer.headers.get('Content-Range')).toBe(`bytes 2-5/${bytes.length}`)
    expect(Buffer.from(answer.bytes()).equals(bytes.subarray(2, 6))).toBe(true)
  })

  test('gives HEAD the headers of GET', async () => {
    const get = await client.get('/app.js', accepting('br'))
    const head = await client.head('/app.js', accepting('br'))
    expect([...head.headers]).toEqual([...get.headers])
    expect(head.text()).toBe('')
  })

  test('may be the index of a directory, or a single file', async () => {
    await put('index.html', '<p>hello</p>')
    await put('index.html.gz', gzipSync('<p>hello</p>'))
    const index = await client.get('/', accepting('gzip'))
    expect([index.headers.get('Content-Type'), gunzipSync(index.bytes()).toString()]).toEqual([
      'text/html; charset=utf-8',
      '<p>hello</p>',
    ])
    const single = new Client(
      stack(notFound, staticFiles({ '/a.js': join(directory, 'app.js') }, { precompressed: ['br'] })),
    )
    expect((await single.get('/a.js', accepting('br'))).headers.get('Content-Encoding')).toBe('br')
  })

  test('is left alone by a compress outside of it, also where it is sent as it is', async () => {
    const app = stack(notFound, compress(), staticFiles({ '/': directory }, { precompressed: ['br'] }))
    const br = await new Client(app).get('/app.js', accepting('br, gzip'))
    expect(brotliDecompressSync(br.bytes()).toString()).toBe(script)
    expect(br.headers.get('ETag')).toMatch(/^"/)
    const plain = await new Client(app).get('/app.js')
    expect([plain.text(), plain.headers.get('Vary')]).toEqual([script, 'Accept-Encoding'])
  })
})

describe('what is no neighbour', () => {
  async function expectPlain(path = '/app.js'): Promise<void> {
    const answer = await client.get(path, accepting('br'))
    expect([answer.status, answer.headers.has('Content-Encoding')]).toEqual([200, false])
  }

  beforeEach(async () => {
    for (const ending of ['br', 'gz', 'zst']) await rm(join(directory, `app.js.${ending}`))
  })

  test('an older file, which a build has left behind', async () => {
    await put('app.js.br', 'stale', new Date(modified.getTime() - 1000))
    await expectPlain()
    expect((await client.get('/app.js', accepting('br'))).headers.has('Vary')).toBe(false)
  })

  test('but one of the same second is, whose fraction a tool has dropped', async () => {
    await put('app.js.br', brotliCompressSync(script), new Date('2024-02-03T04:05:06Z'))
    expect((await client.get('/app.js', accepting('br'))).headers.get('Content-Encoding')).toBe('br')
  })

  test('an empty file, which no coding makes', async () => {
    await put('app.js.br', '')
    await expectPlain()
  })

  test('a directory, a link that leads out, and a hidden file behind a link (robustness.md P5, P6)', async () => {
    await mkdir(join(directory, 'app.js.br'))
    await expectPlain()
    await rm(join(directory, 'app.js.br'), { recursive: true })
    await symlink('/etc/passwd', join(directory, 'app.js.br'))
    await expectPlain()
    await rm(join(directory, 'app.js.br'))
    await put('.hidden', 'hidden')
    await symlink('.hidden', join(directory, 'app.js.br'))
    await expectPlain()
    client = clientOf({ precompressed: ['br'], dotfiles: 'deny' })
    await expectPlain()
  })

  test.skipIf(process.platform === 'win32')('a FIFO, which nobody waits for', async () => {
    execFileSync('mkfifo', [join(directory, 'app.js.br')])
    await expectPlain()
  })

  test('one that stands for a file that is not there', async () => {
    await put('missing.js.br', brotliCompressSync(script))
    expect((await client.get('/missing.js', accepting('br'))).status).toBe(404)
  })

  test('that of a neighbour: asked for by its own name, it is a file', async () => {
    await put('app.js.gz', gzipSync(script))
    await put('app.js.gz.br', 'nobody wants this')
    await expectPlain('/app.js.gz')
    const answer = await client.get('/app.js.gz', accepting('br'))
    expect([gunzipSync(answer.bytes()).toString(), answer.headers.has('Vary')]).toEqual([script, false])
  })
})

describe.skipIf(process.platform !== 'linux')('every file is closed (robustness.md P10)', () => {
  test.each([
    { what: '200', init: {} },
    { what: 'HEAD', init: { method: 'HEAD' } },
    { what: '304', init: { headers: { 'If-None-Match': '*' } } },
    { what: '405', init: { method: 'DELETE' } },
    { what: '412', init: { headers: { 'If-Match': '"x"' } } },
    { what: '416', init: { headers: { Range: 'bytes=999999-' } } },
  ])('after $what', async ({ init }) => {
    await client.request('/app.js', init)
    await client.request('/app.js', { ...init, ...('headers' in init ? {} : accepting('zstd')) })
    expect(await openFiles()).toEqual([])
  })
})

describe('remembered choices', () => {
  const variants = ['identity', 'br', 'gzip'].map((coding) => ({ coding }))

  test('are told apart by the codings that there are', () => {
    const choose = createVariantChoice()
    expect(choose('br, gzip', variants)).toBe(1)
    expect(choose('br, gzip', [{ coding: 'identity' }, { coding: 'gzip' }])).toBe(1)
    expect(choose('br', [{ coding: 'identity' }, { coding: 'gzip' }])).toBe(0)
    expect(choose('br', variants)).toBe(1)
  })

  test('stay right when more headers come than are remembered', () => {
    const choose = createVariantChoice()
    for (let i = 0; i < CHOICE_CACHE_LIMIT * 2; i++) {
      expect(choose(`gzip, x-${i}`, variants)).toBe(2)
      expect(choose(`gzip, x-${i}`, variants)).toBe(2)
    }
    expect(choose(`br, ${'x'.repeat(500)}`, variants)).toBe(1)
  })
})

function varied(answer: ClientAnswer): string[] {
  return (answer.headers.get('Vary') ?? '').toLowerCase().split(', ')
}

async function openFiles(): Promise<string[]> {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  return links.filter((path) => path.startsWith(`${directory}/`))
}
