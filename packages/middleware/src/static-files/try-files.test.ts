import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Application, stack } from '@stapel/core'
import { Client } from '@stapel/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type StaticFilesOptions, staticFiles } from '../static-files.ts'

let directory: string
let root: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stapel-try-files-'))
  root = join(directory, 'root')
  for (const folder of ['docs', 'both', 'bare', 'more.html', 'index']) {
    await mkdir(join(root, folder), { recursive: true })
  }
  for (const file of [
    ...[
      'index.html',
      'about.html',
      'a+b.html',
      'exact',
      'exact.html',
      'v1.2.html',
      'page.txt',
      'hidden/.html',
    ],
    ...[
      'docs/index.html',
      'docs/guide.html',
      'both/index.html',
      'both.html',
      'bare.html',
      'more.html/index.html',
    ],
  ]) {
    await mkdir(join(root, file, '..'), { recursive: true })
    await writeFile(join(root, file), `inside ${file}`)
  }
  await mkdir(join(directory, 'second'))
  await writeFile(join(directory, 'second/about'), 'inside second about')
  await writeFile(join(directory, 'second/late.html'), 'inside second late')
})

afterAll(() => rm(directory, { recursive: true }))

const inner: Application = (environ, startResponse) => {
  startResponse('404 Not Found', [])
  return `inner ${environ.PATH_INFO}`
}

function clientOf(options: StaticFilesOptions = {}, places: string | string[] = root): Client {
  return new Client(stack(inner, staticFiles({ '/': places }, { tryFiles: ['.html', '.txt'], ...options })))
}

/** What a path gives: the text of a file, or where a redirect leads. */
async function given(client: Client, path: string): Promise<string> {
  const answer = await client.get(path)
  return answer.status === 308 ? `→ ${answer.headers.get('Location')}` : answer.text()
}

describe('a path without the ending', () => {
  test.each([
    ['/about', 'inside about.html'],
    ['/docs/guide', 'inside docs/guide.html'],
    ['/page', 'inside page.txt'],
    ['/a+b', 'inside a+b.html'],
    ['/v1.2', 'inside v1.2.html'],
    ['/bare', 'inside bare.html'],
  ])('%s gives the file, without a redirect', async (path, expected) => {
    expect(await given(clientOf(), path)).toBe(expected)
  })

  test('has the type and the rules of the file', async () => {
    const client = clientOf({ cacheControl: [['*.html', 'no-store']], headers: (path) => [['X-File', path]] })
    const { headers } = await client.get('/about')
    expect(headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('X-File')).toBe('/about.html')
    expect((await client.head('/about')).status).toBe(200)
    expect((await client.post('/about')).status).toBe(405)
  })

  test('gives what has the very name, or is a directory with an index, first', async () => {
    expect(await given(clientOf(), '/exact')).toBe('inside exact')
    expect(await given(clientOf(), '/both')).toBe('→ /both/')
    expect(await given(clientOf(), '/both/')).toBe('inside both/index.html')
  })

  test('gives no directory that is called so', async () => {
    expect(await given(clientOf(), '/more')).toBe('inner /more')
    expect(await given(clientOf(), '/more.html')).toBe('→ /more.html/')
  })

  test.each(['/missing', '/missing/', '/', '/more', '/about/deeper', '/hidden/', '/hidden', '/about.', '//'])(
    '%s gives nothing where there is nothing',
    async (path) => {
      expect(await given(clientOf({ index: false }), path)).toBe(`inner ${path}`)
    },
  )
})

// robustness.md P3: a guard has to know one path of a file.
describe('each file has one path', () => {
  test.each([
    ['/about.html?a=1', '→ /about?a=1'],
    ['/about/', '→ /about'],
    ['/page.txt', '→ /page'],
    ['/a%2Bb', '→ /a+b'],
    ['/a%2Bb.html', '→ /a+b'],
    ['/index.html', '→ /'],
    ['/docs/index.html', '→ /docs/'],
    ['/docs/index', '→ /docs/'],
    ['/v1.2.html', '→ /v1.2'],
  ])('%s leads to it: %s', async (path, expected) => {
    expect(await given(clientOf(), path)).toBe(expected)
  })

  test.each([
    ['/exact.html', 'inside exact.html'],
    ['/both.html', 'inside both.html'],
  ])('%s is that of a file whose shorter path is taken', async (path, expected) => {
    expect(await given(clientOf(), path)).toBe(expected)
  })

  test('whatever is asked for', async () => {
    const client = clientOf()
    const name = fc.constantFrom(
      'about',
      'index',
      'docs',
      'both',
      'exact',
      'a+b',
      'a%2Bb',
      'guide',
      'bare',
      'more',
    )
    const ending = fc.constantFrom('', '', '.html', '.txt', '.html.html', '/')
    const paths = new Map<string, string>()
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, ending), { minLength: 1, maxLength: 3 }), async (parts) => {
        const path = `/${parts.map(([name, ending]) => name + ending).join('/')}`
        let answer = await client.get(path)
        for (let hops = 0; answer.status === 308; hops++) {
          expect(hops).toBeLessThan(3)
          answer = await client.get(answer.headers.get('Location') ?? '')
        }
        if (answer.status !== 200) return
        const asked = await client.get(path)
        if (asked.status !== 200) return
        expect(paths.get(asked.text()) ?? path).toBe(path)
        paths.set(asked.text(), path)
      }),
      { numRuns: 300 },
    )
  })
})

test('what comes to stand before a file that is kept in memory is seen with the next look', async () => {
  await writeFile(join(directory, 'second/kept.html'), 'inside kept.html')
  const client = clientOf({ cache: { maxStaleMs: 0 } }, join(directory, 'second'))
  for (let i = 0; i < 3; i++) expect(await given(client, '/kept')).toBe('inside kept.html')
  await writeFile(join(directory, 'second/kept'), 'inside kept')
  expect(await given(client, '/kept')).toBe('inside kept')
  expect(await given(client, '/kept.html')).toBe('inside kept.html')
})

test('the names of all places come before their endings', async () => {
  const client = clientOf({}, [root, join(directory, 'second')])
  expect(await given(client, '/about')).toBe('inside second about')
  expect(await given(client, '/about.html')).toBe('inside about.html')
  expect(await given(client, '/late')).toBe('inside second late')
})

test('endings are tried in their order', async () => {
  await writeFile(join(directory, 'second/late.txt'), 'inside second late text')
  const second = join(directory, 'second')
  expect(await given(clientOf({}, second), '/late')).toBe('inside second late')
  expect(await given(clientOf({ tryFiles: ['.txt', '.html'] }, second), '/late')).toBe(
    'inside second late text',
  )
  expect(await given(clientOf({}, second), '/late.txt')).toBe('inside second late text')
})

test.runIf(process.platform === 'linux')('no file stays open', async () => {
  const client = clientOf({ cache: false })
  const before = (await readdir('/proc/self/fd')).length
  for (const path of ['/about', '/about.html', '/both.html', '/more', '/docs/index.html', '/missing']) {
    await client.get(path)
  }
  expect((await readdir('/proc/self/fd')).length).toBe(before)
})
