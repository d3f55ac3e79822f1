import { mkdir, mkdtemp, open, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Application, stack, traced, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type StaticFilesOptions, staticFiles } from '../static-files.ts'

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  return { ...real, open: vi.fn(real.open) }
})

let directory: string

beforeEach(async () => {
  vi.mocked(open).mockClear()
  // All files have rested by then: what is kept, and for how long, goes by these clocks.
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.now() + 60_000 })
  directory = await realpath(await mkdtemp(join(tmpdir(), 'stapel-fallback-cache-')))
  await mkdir(join(directory, 'shop'))
  await writeFile(join(directory, 'page.html'), 'the page')
  await writeFile(join(directory, 'shop/page.html'), 'the page of the shop')
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
  const mounts = { '/': directory, '/shop': join(directory, 'shop') }
  return stack(notFound, validate, staticFiles(mounts, { fallback: 'page.html', ...options }), validate)
}

function clientOf(app: Application): Client {
  return new Client(app, { headers: { Accept: 'text/html' } })
}

/** How often the page was opened, wherever it lies. */
function opened(): number {
  return vi.mocked(open).mock.calls.filter(([path]) => String(path).endsWith('page.html')).length
}

test('the page is read once for all paths that it answers for', async () => {
  const client = clientOf(appOf())
  const first = await client.get('/users/1')
  const before = opened()
  const second = await client.get('/users/2')
  expect([second.status, second.text(), opened()]).toEqual([200, 'the page', before])
  expect([...second.headers]).toEqual([...first.headers])
})

test('the page of each mount is kept by itself, and apart from the file that it is', async () => {
  const client = clientOf(appOf({ maxAge: 60 }))
  for (let round = 0; round < 2; round++) {
    expect((await client.get('/users')).text()).toBe('the page')
    expect((await client.get('/shop/cart')).text()).toBe('the page of the shop')
    expect((await client.get('/users')).headers.get('Cache-Control')).toBe('no-cache')
    expect((await client.get('/page.html')).headers.get('Cache-Control')).toBe('public, max-age=60')
  }
})

test('conditions, ranges and HEAD are answered as from the disk', async () => {
  const kept = clientOf(appOf())
  const fromDisk = clientOf(appOf({ cache: false }))
  const etag = (await kept.get('/a')).headers.get('ETag') ?? ''
  for (const init of [
    { method: 'HEAD' },
    { headers: { Accept: 'text/html', 'If-None-Match': etag } },
    { headers: { Accept: 'text/html', 'If-Match': '"other"' } },
    { headers: { Accept: 'text/html', Range: 'bytes=4-' } },
    { headers: { Accept: 'text/html', Authorization: 'Basic eDp5' } },
  ]) {
    const expected = await fromDisk.request('/a', init)
    const before = opened()
    const answer = await kept.request('/a', init)
    expect(opened(), JSON.stringify(init)).toBe(before)
    expect([answer.status, [...answer.headers], answer.text()]).toEqual([
      expected.status,
      [...expected.headers],
      expected.text(),
    ])
  }
})

test('a page with status 404 keeps it', async () => {
  const client = clientOf(appOf({ fallback: { file: 'page.html', status: 404 } }))
  for (const path of ['/a', '/b']) {
    const answer = await client.get(path)
    expect([answer.status, answer.headers.get('ETag')]).toEqual([404, null])
  }
  expect(opened()).toBe(1)
})

test('a page that was changed is seen once maxStaleMs have passed', async () => {
  const client = clientOf(appOf())
  await client.get('/a')
  await writeFile(join(directory, 'page.html'), 'another page')
  vi.advanceTimersByTime(999)
  expect((await client.get('/a')).text()).toBe('the page')
  vi.advanceTimersByTime(1)
  expect((await client.get('/a')).text()).toBe('another page')
})

test('a page that is gone is forgotten, and the application inside answers', async () => {
  const client = clientOf(appOf())
  await client.get('/a')
  await rm(join(directory, 'page.html'))
  vi.advanceTimersByTime(1000)
  expect((await client.get('/a')).text()).toBe('inner /a')
})

test('in development a change shows at once', async () => {
  const client = clientOf(traced(appOf()))
  await client.get('/a')
  await writeFile(join(directory, 'page.html'), 'another page')
  expect((await client.get('/a')).text()).toBe('another page')
})
