import {
  mkdir,
  mkdtemp,
  open,
  realpath,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Application,
  type Body,
  type Environ,
  type HeaderList,
  isPromise,
  stack,
  traced,
} from '@stapel/core'
import { Client, createEnviron } from '@stapel/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type StaticFilesOptions, staticFiles } from '../static-files.ts'

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  return { ...real, open: vi.fn(real.open) }
})

let directory: string
let app: Application

beforeEach(async () => {
  // All files have rested by then: what is kept, and for how long, goes by these clocks.
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.now() + 60_000 })
  directory = await realpath(await mkdtemp(join(tmpdir(), 'stapel-file-cache-')))
  await put('a.txt', 'first')
  app = appOf()
})

afterEach(async () => {
  vi.useRealTimers()
  await rm(directory, { recursive: true })
})

const notFound: Application = (environ, startResponse) => {
  startResponse('404 Not Found', [])
  return `inner ${environ.PATH_INFO}`
}

function appOf(options: StaticFilesOptions = {}): Application {
  return stack(notFound, staticFiles({ '/': directory }, options))
}

async function put(name: string, content: string | Uint8Array): Promise<void> {
  await writeFile(join(directory, name), content)
}

async function textOf(path: string, client: Client = new Client(app)): Promise<string> {
  return (await client.get(path)).text()
}

interface Got {
  readonly status: string
  readonly headers: HeaderList
  readonly body: Body
}

/** The answer, where it comes without a promise; `undefined` where one is needed. */
function answerAtOnce(path: string, given: Partial<Environ> = {}): Got | undefined {
  let status = ''
  let headers: HeaderList = []
  const environ = { ...createEnviron(path), ...given } as Environ
  const body = app(environ, (gotStatus, gotHeaders) => {
    status = gotStatus
    headers = gotHeaders
    return () => {}
  })
  if (!isPromise(body)) return { status, headers, body }
  body.catch(() => {})
  return undefined
}

function opened(): number {
  return vi.mocked(open).mock.calls.length
}

describe('a file that was sent before', () => {
  test('is answered at once, without a look at the file system', async () => {
    const first = await new Client(app).get('/a.txt')
    const before = opened()
    const got = answerAtOnce('/a.txt')
    expect(got?.status).toBe('200 OK')
    expect(Buffer.from(got?.body as Uint8Array).toString()).toBe('first')
    expect(got?.headers.map(([name]) => name.toLowerCase()).sort()).toEqual([...first.headers.keys()].sort())
    expect(opened()).toBe(before)
  })

  test('gives each answer headers of its own, which layers may change', async () => {
    await textOf('/a.txt')
    const [first, second] = [answerAtOnce('/a.txt'), answerAtOnce('/a.txt')]
    for (const header of first?.headers ?? []) header[1] = 'changed'
    first?.headers.push(['X-More', 'yes'])
    expect(second?.headers.flat()).not.toContain('changed')
    expect(answerAtOnce('/a.txt')?.headers).toEqual(second?.headers)
  })

  test('is private where the client has identified itself', async () => {
    app = appOf({ maxAge: 60 })
    await textOf('/a.txt')
    const got = answerAtOnce('/a.txt', { HTTP_AUTHORIZATION: 'Basic eDp5' })
    expect(got?.headers).toContainEqual(['Cache-Control', 'private, max-age=60'])
    expect(answerAtOnce('/a.txt')?.headers).toContainEqual(['Cache-Control', 'public, max-age=60'])
  })

  test('answers HEAD, conditions and ranges at once as it does from the disk (robustness.md G1, G4, G5, N3, N5)', async () => {
    const fromDisk = new Client(appOf({ cache: false }))
    const etag = (await fromDisk.head('/a.txt')).headers.get('ETag') ?? ''
    const kept = new Client(app)
    await textOf('/a.txt', kept)
    const future = new Date(Date.now() + 1e9).toUTCString()
    for (const init of [
      {},
      { method: 'HEAD' },
      { method: 'DELETE' },
      { headers: { 'If-None-Match': etag } },
      { headers: { 'If-None-Match': '"other"' } },
      { headers: { 'If-Modified-Since': future } },
      { headers: { 'If-Modified-Since': 'yesterday' } },
      { headers: { 'If-Match': '"other"' } },
      { headers: { Range: 'bytes=1-2' } },
      { headers: { Range: 'bytes=-2' } },
      { headers: { Range: 'bytes=9-' } },
      { headers: { Range: 'bytes=2-1' } },
      { headers: { Range: 'bytes=0-1', 'If-Range': etag } },
      { headers: { Range: 'bytes=0-1', 'If-Range': '"other"' } },
    ]) {
      const expected = await fromDisk.request('/a.txt', init)
      const before = opened()
      const answer = await kept.request('/a.txt', init)
      expect(opened(), JSON.stringify(init)).toBe(before)
      expect([answer.status, [...answer.headers], answer.text()]).toEqual([
        expected.status,
        [...expected.headers],
        expected.text(),
      ])
    }
  })

  test('gives several ranges from memory', async () => {
    await put('large.txt', 'abcdefghij'.repeat(100))
    const client = new Client(app)
    await textOf('/large.txt', client)
    const before = opened()
    const answer = await client.get('/large.txt', { headers: { Range: 'bytes=0-3, 500-504' } })
    expect([answer.status, opened()]).toEqual([206, before])
    expect(answer.text()).toMatch(/\r\n\r\nabcd\r\n.*\r\n\r\nabcde\r\n/s)
  })
})

describe('a file that changes', () => {
  test('is looked at again once maxStaleMs have passed', async () => {
    const client = new Client(app)
    const etag = (await client.get('/a.txt')).headers.get('ETag')
    await put('a.txt', 'second')
    vi.advanceTimersByTime(999)
    expect(await textOf('/a.txt', client)).toBe('first')
    vi.advanceTimersByTime(1)
    const answer = await client.get('/a.txt')
    expect([answer.text(), answer.headers.get('ETag') === etag]).toEqual(['second', false])
  })

  test('shows at once when the clock was set back in between', async () => {
    expect(await textOf('/a.txt')).toBe('first')
    await put('a.txt', 'second')
    vi.setSystemTime(Date.now() - 10_000)
    expect(await textOf('/a.txt')).toBe('second')
  })

  test('shows at once where maxStaleMs is 0', async () => {
    app = appOf({ cache: { maxStaleMs: 0 } })
    expect(await textOf('/a.txt')).toBe('first')
    await put('a.txt', 'second')
    expect(await textOf('/a.txt')).toBe('second')
  })

  test('shows at once in development', async () => {
    app = traced(appOf())
    expect(await textOf('/a.txt')).toBe('first')
    await put('a.txt', 'second')
    expect(await textOf('/a.txt')).toBe('second')
  })

  test('is not kept until it has rested for two seconds, as a change in the same tick leaves no trace', async () => {
    vi.setSystemTime(Date.now() - 60_000)
    await put('a.txt', 'fresh')
    await utimes(join(directory, 'a.txt'), new Date(0), new Date(0))
    expect(await textOf('/a.txt')).toBe('fresh')
    expect(answerAtOnce('/a.txt')).toBeUndefined()
    vi.advanceTimersByTime(3_000)
    expect(await textOf('/a.txt')).toBe('fresh')
    expect(answerAtOnce('/a.txt')?.status).toBe('200 OK')
  })

  test('is noticed by its inode when another takes its place with the same size and time', async () => {
    await utimes(join(directory, 'a.txt'), new Date(0), new Date(0))
    expect(await textOf('/a.txt')).toBe('first')
    await put('b.txt', 'other')
    await utimes(join(directory, 'b.txt'), new Date(0), new Date(0))
    await rename(join(directory, 'b.txt'), join(directory, 'a.txt'))
    vi.advanceTimersByTime(1_000)
    expect(await textOf('/a.txt')).toBe('other')
  })

  test('and is gone goes to the application inside', async () => {
    await textOf('/a.txt')
    await unlink(join(directory, 'a.txt'))
    vi.advanceTimersByTime(1_000)
    expect(await textOf('/a.txt')).toBe('inner /a.txt')
  })

  test('into a link that leads out, is as absent (robustness.md P5)', async () => {
    await mkdir(join(directory, 'root'))
    await put('root/a.txt', 'first')
    app = stack(notFound, staticFiles({ '/': join(directory, 'root') }))
    expect(await textOf('/a.txt')).toBe('first')
    await unlink(join(directory, 'root/a.txt'))
    await symlink('../a.txt', join(directory, 'root/a.txt'))
    vi.advanceTimersByTime(1_000)
    expect(await textOf('/a.txt')).toBe('inner /a.txt')
  })

  test('below a longer mount shows in the place of that below the shorter one', async () => {
    await mkdir(join(directory, 'docs'))
    await mkdir(join(directory, 'more'))
    await put('docs/a.txt', 'shorter')
    app = stack(notFound, staticFiles({ '/': directory, '/docs': join(directory, 'more') }))
    expect(await textOf('/docs/a.txt')).toBe('shorter')
    await put('more/a.txt', 'longer')
    vi.advanceTimersByTime(1_000)
    expect(await textOf('/docs/a.txt')).toBe('longer')
  })

  test('while it is read, is not kept', async () => {
    const real = vi.mocked(open).getMockImplementation() as typeof open
    vi.mocked(open).mockImplementationOnce(async (...args) => {
      const handle = await real(...args)
      const { read } = handle
      handle.read = (async (...given: Parameters<typeof read>) => {
        const result = await read.apply(handle, given)
        await put('a.txt', 'FIRST')
        return result
      }) as typeof read
      return handle
    })
    await textOf('/a.txt')
    expect(await textOf('/a.txt')).toBe('FIRST')
  })

  test('and becomes too short while it is read is answered 503', async () => {
    const real = vi.mocked(open).getMockImplementation() as typeof open
    vi.mocked(open).mockImplementationOnce(async (...args) => {
      const handle = await real(...args)
      const { read } = handle
      handle.read = (async (...given: Parameters<typeof read>) => {
        await truncate(join(directory, 'a.txt'), 2)
        return read.apply(handle, given)
      }) as typeof read
      return handle
    })
    const answer = await new Client(app).get('/a.txt')
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '1'])
    expect(await textOf('/a.txt')).toBe('fi')
  })
})

test('many who ask when the time has passed share one look', async () => {
  const client = new Client(app)
  await textOf('/a.txt', client)
  vi.advanceTimersByTime(1_000)
  const before = opened()
  const texts = await Promise.all(Array.from({ length: 20 }, () => textOf('/a.txt', client)))
  expect([new Set(texts), opened()]).toEqual([new Set(['first']), before + 1])
  expect(answerAtOnce('/a.txt')?.status).toBe('200 OK')
})

test('a look that fails fails those who wait for it, and is made again', async () => {
  const client = new Client(app)
  await textOf('/a.txt', client)
  vi.advanceTimersByTime(1_000)
  vi.mocked(open).mockRejectedValueOnce(Object.assign(new Error('EMFILE'), { code: 'EMFILE' }))
  const answers = await Promise.all([client.get('/a.txt'), client.get('/a.txt')])
  expect(answers.map(({ status }) => status)).toEqual([503, 503])
  expect(await textOf('/a.txt', client)).toBe('first')
})

test('without a cache every request looks at the file', async () => {
  app = appOf({ cache: false })
  for (const content of ['second', 'third']) {
    await put('a.txt', content)
    expect(await textOf('/a.txt')).toBe(content)
  }
})

describe('a file that is larger than maxFileBytes', () => {
  test('has its headers kept, and its content read each time', async () => {
    app = appOf({ cache: { maxFileBytes: 4 } })
    const client = new Client(app)
    const etag = (await client.get('/a.txt')).headers.get('ETag') ?? ''
    expect(answerAtOnce('/a.txt', { REQUEST_METHOD: 'HEAD' })?.status).toBe('200 OK')
    expect(answerAtOnce('/a.txt', { HTTP_IF_NONE_MATCH: etag })?.status).toBe('304 Not Modified')
    expect(answerAtOnce('/a.txt')).toBeUndefined()
    expect(await textOf('/a.txt', client)).toBe('first')
  })
})

describe('a path that is not the address of a file', () => {
  test('is redirected each time, and nothing is kept for it', async () => {
    await mkdir(join(directory, 'docs'))
    await put('docs/index.html', 'index')
    const client = new Client(app)
    for (const _ of [1, 2]) {
      expect((await client.get('/docs')).status).toBe(308)
      expect((await client.get('/%61.txt')).text()).toBe('first')
      expect((await client.get('/docs/')).text()).toBe('index')
    }
    expect(answerAtOnce('/docs')).toBeUndefined()
    expect(answerAtOnce('/docs/')?.status).toBe('200 OK')
  })
})

describe('neighbours', () => {
  test('are kept each when it is asked for, and looked at with the file', async () => {
    await put('a.txt.br', 'first in br')
    await put('a.txt.gz', 'first in gzip')
    app = appOf({ precompressed: ['br', 'gzip'] })
    const client = new Client(app)
    const get = async (coding: string) =>
      (await client.get('/a.txt', { headers: { 'Accept-Encoding': coding } })).text()
    expect(await get('br')).toBe('first in br')
    expect(answerAtOnce('/a.txt', { HTTP_ACCEPT_ENCODING: 'gzip' })).toBeUndefined()
    expect([await get('gzip'), await get('identity')]).toEqual(['first in gzip', 'first'])
    for (const coding of ['br', 'gzip', 'identity']) {
      const got = answerAtOnce('/a.txt', { HTTP_ACCEPT_ENCODING: coding })
      expect(got?.headers).toContainEqual(['Vary', 'Accept-Encoding'])
    }
    await unlink(join(directory, 'a.txt.br'))
    vi.advanceTimersByTime(1_000)
    expect([await get('br'), await get('gzip')]).toEqual(['first', 'first in gzip'])
    await put('a.txt.br', 'again in br')
    vi.advanceTimersByTime(1_000)
    expect(await get('br')).toBe('again in br')
  })

  test('may be kept where the file itself is too large', async () => {
    await put('a.txt.br', 'br')
    app = appOf({ precompressed: ['br'], cache: { maxFileBytes: 4 } })
    await new Client(app).get('/a.txt', { headers: { 'Accept-Encoding': 'br' } })
    expect(answerAtOnce('/a.txt', { HTTP_ACCEPT_ENCODING: 'br' })?.status).toBe('200 OK')
    expect(answerAtOnce('/a.txt')).toBeUndefined()
  })

  test('that cannot be opened for want of files gives 503, and the others are closed (robustness.md P10)', async () => {
    await put('a.txt.br', 'br')
    app = appOf({ precompressed: ['br', 'gzip'] })
    const real = vi.mocked(open).getMockImplementation() as typeof open
    const handles: Awaited<ReturnType<typeof open>>[] = []
    vi.mocked(open).mockImplementation(async (...args) => {
      if (String(args[0]).endsWith('.br')) throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' })
      const handle = await real(...args)
      handles.push(handle)
      return handle
    })
    try {
      expect((await new Client(app).get('/a.txt')).status).toBe(503)
    } finally {
      vi.mocked(open).mockImplementation(real)
    }
    expect(handles.map(({ fd }) => fd)).toEqual([-1])
  })
})
