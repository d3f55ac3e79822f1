import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Application, stack } from '@stapel/core'
import { applicationShapes, Client } from '@stapel/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cascade } from '../cascade.ts'
import {
  type StaticFallback,
  type StaticFilesOptions,
  type StaticMounts,
  staticFiles,
} from '../static-files.ts'

let directory: string
let root: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stapel-fallback-'))
  root = join(directory, 'root')
  await mkdir(join(root, 'pages'), { recursive: true })
  await mkdir(join(directory, 'other'))
  await writeFile(join(root, 'index.html'), 'the page')
  await writeFile(join(root, 'pages/not found.html'), 'there is nothing')
  await writeFile(join(root, 'app.js'), 'script')
  await writeFile(join(directory, 'other/index.html'), 'the other page')
})

afterAll(() => rm(directory, { recursive: true }))

const inner: Application = (environ, startResponse) => {
  startResponse('404 Not Found', [['Content-Type', 'text/plain']])
  return `inner ${environ.PATH_INFO}`
}

// What Chromium sends when it is led to an address.
const page = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'

function clientOf(
  fallback: string | StaticFallback,
  options: StaticFilesOptions = {},
  mounts: StaticMounts = { '/': root },
): Client {
  const app = stack(inner, staticFiles(mounts, { fallback, ...options }))
  return new Client(app, { headers: { Accept: page } })
}

describe('the page of an application that reads the path in the browser', () => {
  test('answers where nothing was found', async () => {
    const answer = await clientOf('index.html').get('/users/42?tab=1')
    expect([answer.status, answer.text()]).toEqual([200, 'the page'])
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-cache',
      'content-type': 'text/html; charset=utf-8',
      'content-length': '8',
      vary: 'Accept',
    })
  })

  test('is the same for HEAD, and is not sent again where the client has it', async () => {
    const client = clientOf('index.html')
    const get = await client.get('/users/42')
    const head = await client.head('/users/42')
    expect([head.status, [...head.headers]]).toEqual([200, [...get.headers]])
    const again = await client.get('/users/7', {
      headers: { Accept: page, 'If-None-Match': get.headers.get('ETag') ?? '' },
    })
    expect([again.status, again.headers.get('Vary'), again.headers.get('Cache-Control')]).toEqual([
      ...[304, 'Accept', 'no-cache'],
    ])
  })

  test('leaves files as they are', async () => {
    const client = clientOf('index.html', { maxAge: 60 })
    expect((await client.get('/app.js')).text()).toBe('script')
    expect((await client.get('/')).headers.get('Vary')).toBeNull()
    expect((await client.get('/')).headers.get('Cache-Control')).toBe('public, max-age=60')
  })

  test('has its own Cache-Control, and the further headers of its file', async () => {
    const client = clientOf(
      { file: '/index.html', cacheControl: { maxAge: 5 } },
      { cacheControl: [['*.html', { maxAge: 60 }]], headers: [['*.html', [['X-Frame-Options', 'DENY']]]] },
    )
    const { headers } = await client.get('/users')
    expect([headers.get('Cache-Control'), headers.get('X-Frame-Options')]).toEqual([
      'public, max-age=5',
      'DENY',
    ])
    expect((await client.get('/')).headers.get('Cache-Control')).toBe('public, max-age=60')
  })

  test('is that of the mount in which the path lies, the longest prefix that has one', async () => {
    const mounts = { '/': root, '/other': join(directory, 'other'), '/pages': join(root, 'pages') }
    const client = clientOf('index.html', {}, mounts)
    expect((await client.get('/other/a')).text()).toBe('the other page')
    expect((await client.get('/otherwise')).text()).toBe('the page')
    expect((await client.get('/pages/a')).text()).toBe('the page')
    const below = clientOf('index.html', {}, { '/other': join(directory, 'other') })
    expect((await below.get('/elsewhere')).text()).toBe('inner /elsewhere')
  })
})

describe('a page that says that there is nothing', () => {
  const notFound: StaticFallback = { file: 'pages/not found.html', status: 404, assets: true }

  test('comes with 404, whole, without validators', async () => {
    const headers = { Accept: page, Range: 'bytes=0-1', 'If-None-Match': '*' }
    const answer = await clientOf(notFound).get('/missing.png', { headers })
    expect([answer.status, answer.text()]).toEqual([404, 'there is nothing'])
    for (const name of ['ETag', 'Last-Modified', 'Accept-Ranges', 'Content-Range']) {
      expect([name, answer.headers.get(name)]).toEqual([name, null])
    }
    expect(answer.headers.get('Content-Length')).toBe('16')
    expect((await clientOf(notFound).head('/missing')).status).toBe(404)
  })

  test('takes the place of the answer of the application inside where that is tried first', async () => {
    const files = staticFiles({ '/': root }, { fallback: notFound })
    const hello: Application = ({ PATH_INFO }, startResponse) => {
      startResponse(PATH_INFO === '/hello' ? '200 OK' : '404 Not Found', [])
      return 'hello'
    }
    const client = new Client(cascade([hello, files(inner)]), { headers: { Accept: page } })
    expect((await client.get('/hello')).text()).toBe('hello')
    expect((await client.get('/missing')).text()).toBe('there is nothing')
  })
})

describe('to the application inside go', () => {
  test.each([
    undefined,
    '*/*',
    'application/json',
    'image/avif,image/webp,*/*;q=0.8',
    'text/html;q=0',
    'application/json, text/html;q=0.9',
  ])('requests that do not want HTML: Accept: %s', async (accept) => {
    const app = stack(inner, staticFiles({ '/': root }, { fallback: 'index.html' }))
    const answer = await new Client(app).get(
      '/users',
      accept === undefined ? {} : { headers: { Accept: accept } },
    )
    expect([answer.status, answer.text()]).toEqual([404, 'inner /users'])
    expect(answer.headers.get('Vary')).toBe('Accept')
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('requests by %s', async (method) => {
    const answer = await clientOf('index.html').request('/users', { method })
    expect([answer.text(), answer.headers.get('Vary')]).toEqual(['inner /users', null])
  })

  test.each([
    '/missing.js',
    '/assets/missing.css',
    '/jane.doe',
    '/.well-known/missing.json',
    '/.env',
    '/a%2Fb',
    '/nul',
  ])('paths that look like those of files, or are none: %s', async (path) => {
    const answer = await clientOf('index.html').get(path)
    expect([answer.text(), answer.headers.get('Vary')]).toEqual([`inner ${path}`, null])
  })

  test('paths with a dot in their last name, unless that is asked for', async () => {
    const client = clientOf({ file: 'index.html', assets: true })
    expect((await client.get('/jane.doe')).text()).toBe('the page')
    expect((await clientOf('index.html').get('/v1.2/users/')).text()).toBe('the page')
  })

  test('paths that are left out, in whatever spelling', async () => {
    const client = clientOf({ file: 'index.html', except: ['/api', '/log in'] })
    for (const path of ['/api', '/api/', '/api/users', '/%61pi/users', '/log%20in']) {
      expect((await client.get(path)).text()).toMatch(/^inner /)
    }
    expect((await client.get('/apis')).text()).toBe('the page')
  })

  test('all requests once the page is gone', async () => {
    await writeFile(join(directory, 'other/late.html'), 'late')
    const client = clientOf('late.html', {}, { '/': join(directory, 'other') })
    expect((await client.get('/users')).text()).toBe('late')
    await rm(join(directory, 'other/late.html'))
    expect((await client.get('/users')).text()).toBe('inner /users')
  })
})

test.each(applicationShapes)('what goes inside is told apart by Accept, over $name', async ({ make }) => {
  const app = make({ status: '200 OK', headers: [['Vary', 'Cookie']], chunks: ['one', 'two'] })
  const client = new Client(stack(app, staticFiles({ '/': root }, { fallback: 'index.html' })))
  const answer = await client.get('/users', { headers: { Accept: 'application/json' } })
  expect([answer.text(), answer.headers.get('Vary')]).toEqual(['onetwo', 'Cookie, Accept'])
})

test('a listing comes before it', async () => {
  const client = clientOf('index.html', { listing: true })
  expect((await client.get('/pages/')).text()).toContain('Index of /pages/')
  expect((await client.get('/missing/')).text()).toBe('the page')
})

test('no path gives another file than that page (P1-P8)', async () => {
  const client = clientOf(
    { file: 'index.html', assets: true },
    {},
    { '/': root, '/app': join(directory, 'other') },
  )
  const name = fc.constantFrom('..', '%2e%2e', 'a', 'app', '.env', '%00', '%zz', '\\', '%5c', 'nul', 'C:', '')
  await fc.assert(
    fc.asyncProperty(fc.array(name, { maxLength: 4 }), async (names) => {
      const target = `/${names.join('/')}`
      const answer = await client.get(target).catch((error: unknown) => {
        // A path that climbs above the root, or holds a NUL, never comes to an application.
        if (!(error instanceof RangeError)) throw error
      })
      if (answer?.status === 200) expect(answer.text()).toMatch(/^the (?:other )?page$/)
    }),
  )
})

test('a file that comes later is given at once', async () => {
  const client = clientOf('index.html', {}, { '/': join(directory, 'other') })
  expect((await client.get('/later')).text()).toBe('the other page')
  await writeFile(join(directory, 'other/later'), 'later')
  expect((await client.get('/later')).text()).toBe('later')
})

test.runIf(process.platform === 'linux')('no file stays open', async () => {
  const before = (await readdir('/proc/self/fd')).length
  const client = clientOf('index.html', { cache: false })
  for (const path of ['/users', '/missing.js', '/']) await Promise.all([client.get(path), client.head(path)])
  expect((await readdir('/proc/self/fd')).length).toBe(before)
})

describe('misuse throws a TypeError when made', () => {
  test('a page that no mount has', () => {
    expect(() => clientOf('missing.html')).toThrow(
      'staticFiles: got the fallback "missing.html", which no mount has',
    )
    expect(() => clientOf('pages')).toThrow('which no mount has')
  })

  test.each(['', '/', '../index.html', 'a//b', 'nul', 'a\\b'])('the path %j', (file) => {
    expect(() => clientOf(file)).toThrow('for the option file; expected the path of a file below the mount')
  })

  test.each([
    [{}, 'staticFiles: got a fallback without a file; expected the path of a file'],
    [{ file: 'index.html', status: 410 }, 'got 410 for the option status; expected 200 or 404'],
    [{ file: 'index.html', except: 42 }, 'for the option except'],
    [
      { file: 'index.html', except: ['/api/**'] },
      'staticFiles: fallback: got "/api/**" among the exceptions',
    ],
    [{ file: 'index.html', assets: 1 }, 'got 1 for the option assets'],
    [{ file: 'index.html', cacheControl: 'max-age=1h' }, 'for cacheControl of fallback'],
    [{ file: 'index.html', page: 1 }, 'staticFiles: fallback: got the unknown option "page"'],
    [42, 'got 42 for the option fallback'],
    [null, 'got null for the option fallback'],
  ])('%j', (fallback, message) => {
    expect(() => clientOf(fallback as unknown as StaticFallback)).toThrow(message)
  })
})
