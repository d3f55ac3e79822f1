import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Application, stack } from '@stapel/core'
import { Client } from '@stapel/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type StaticFilesOptions, type StaticMounts, staticFiles } from '../static-files.ts'
import { listingPolicy } from './listing-page.ts'

let directory: string
let root: string
let more: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stapel-listing-'))
  root = join(directory, 'root')
  more = join(directory, 'more')
  for (const folder of ['docs', 'with-index', 'empty', '.git', 'a+b'])
    await mkdir(join(root, folder), { recursive: true })
  await mkdir(join(more, 'docs'), { recursive: true })
  await mkdir(join(directory, 'private'))
  await writeFile(join(root, 'a.txt'), 'inside a')
  await writeFile(join(root, 'docs/one.txt'), '1')
  await writeFile(join(root, 'docs/two & three.txt'), '23')
  await writeFile(join(root, 'with-index/index.html'), 'inside index')
  await writeFile(join(root, '.env'), 'hidden')
  await writeFile(join(more, 'docs/more.txt'), 'more')
  await writeFile(join(more, 'docs/one.txt'), 'another one')
  await writeFile(join(directory, 'private/secret.txt'), 'outside')
  await utimes(join(root, 'docs/one.txt'), 1_000_000_000, 1_000_000_000)
  await symlink('../a.txt', join(root, 'docs/link.txt'))
  await symlink('../docs', join(root, 'docs/again'))
  await symlink('../../private/secret.txt', join(root, 'docs/out.txt'))
  await symlink('../../private', join(root, 'docs/out'))
  await symlink('../.env', join(root, 'docs/env'))
  await symlink('gone', join(root, 'docs/broken'))
  if (process.platform !== 'win32') await writeFile(join(root, 'docs/back\\slash'), 'unsafe')
})

afterAll(() => rm(directory, { recursive: true }))

const inner: Application = (environ, startResponse) => {
  startResponse('404 Not Found', [])
  return `inner ${environ.PATH_INFO}`
}

function clientOf(options: StaticFilesOptions = {}, mounts: StaticMounts = { '/files': root }): Client {
  return new Client(stack(inner, staticFiles(mounts, { listing: true, ...options })))
}

const json = { headers: { Accept: 'application/json' } }

async function namesAt(client: Client, path: string): Promise<string[]> {
  const { entries } = JSON.parse((await client.get(path, json)).text())
  return entries.map(({ name }: { name: string }) => name)
}

describe('a directory without an index', () => {
  test('is a page', async () => {
    const answer = await clientOf().get('/files/docs/?sort=modified')
    expect(answer.status).toBe(200)
    expect(answer.text()).toContain('<title>Index of /files/docs/</title>')
    expect(answer.text()).toContain(
      '<a href="./one.txt">one.txt</a><td><data value="1">1 B</data><td>' +
        '<time datetime="2001-09-09T01:46:40.000Z">2001-09-09 01:46</time>',
    )
    expect(answer.text()).toContain('<a href="./two%20&amp;%20three.txt">two &amp; three.txt</a>')
    expect(Object.fromEntries(answer.headers)).toEqual({
      'cache-control': 'no-cache',
      'content-length': String(Buffer.byteLength(answer.text())),
      'content-security-policy': listingPolicy,
      'content-type': 'text/html; charset=utf-8',
      vary: 'Accept',
      'x-content-type-options': 'nosniff',
    })
  })

  test('is JSON for those who ask for it', async () => {
    const answer = await clientOf().get('/files/', json)
    expect(answer.headers.get('Content-Type')).toBe('application/json')
    expect(answer.headers.get('Vary')).toBe('Accept')
    expect(JSON.parse(answer.text())).toMatchObject({
      path: '/files/',
      truncated: false,
      entries: [
        { name: 'a+b', type: 'directory' },
        { name: 'docs', type: 'directory' },
        { name: 'empty', type: 'directory' },
        { name: 'with-index', type: 'directory' },
        { name: 'a.txt', type: 'file', size: 8 },
      ],
    })
  })

  test('has the same head for HEAD', async () => {
    const [get, head] = [await clientOf().get('/files/docs/'), await clientOf().head('/files/docs/')]
    expect([...head.headers]).toEqual([...get.headers])
    expect(head.text()).toBe('')
  })

  test.each([
    ['/files', '/files/'],
    ['/files/docs?sort=size', '/files/docs/?sort=size'],
    ['/files/a%2Bb/', '/files/a+b/'],
  ])('is listed under one address: %s leads to %s', async (path, expected) => {
    const answer = await clientOf().get(path)
    expect([answer.status, answer.headers.get('Location')]).toEqual([308, expected])
  })

  test('leads up within its mount only', async () => {
    expect((await clientOf().get('/files/docs/')).text()).toContain('href="../"')
    expect((await clientOf().get('/files/')).text()).not.toContain('href="../"')
  })
})

describe('goes to the application inside:', () => {
  test.each([
    '/files/missing/',
    '/files/a.txt/',
    '/files/.git/',
    '/other/',
    '/files/docs/out/',
    '/files/..%2f/',
  ])('%s, which is no directory that is served', async (path) => {
    expect((await clientOf().get(path)).text()).toBe(`inner ${path.replace('%2f', '%2F')}`)
  })

  test('another method', async () => {
    expect((await clientOf().post('/files/docs/')).text()).toBe('inner /files/docs/')
  })

  test('everything, where nothing is to be listed', async () => {
    expect((await clientOf({ listing: false }).get('/files/docs/')).text()).toBe('inner /files/docs/')
  })
})

test('an index comes first', async () => {
  expect((await clientOf().get('/files/with-index/')).text()).toBe('inside index')
  expect(await namesAt(clientOf({ index: false }), '/files/with-index/')).toEqual(['index.html'])
})

// robustness.md P9: what is listed is what is served, P5 to P7.
describe('names that are not served are not listed:', () => {
  test('links that lead out or to hidden names, broken ones, unsafe names', async () => {
    expect(await namesAt(clientOf(), '/files/docs/')).toEqual([
      'again',
      'link.txt',
      'one.txt',
      'two & three.txt',
    ])
  })

  test('any link where links are refused', async () => {
    expect(await namesAt(clientOf({ symlinks: 'refuse' }), '/files/docs/')).toEqual([
      'one.txt',
      'two & three.txt',
    ])
  })

  test('no link where all are followed', async () => {
    expect(await namesAt(clientOf({ symlinks: 'follow' }), '/files/docs/')).toEqual([
      ...['again', 'out', 'env', 'link.txt', 'one.txt', 'out.txt', 'two & three.txt'],
    ])
  })

  test('hidden ones, denied ones, unless they are allowed', async () => {
    expect(await namesAt(clientOf({ dotfiles: 'deny' }), '/files/')).not.toContain('.env')
    expect(await namesAt(clientOf({ dotfiles: 'deny' }), '/files/docs/')).not.toContain('env')
    expect(await namesAt(clientOf({ dotfiles: 'allow' }), '/files/')).toContain('.env')
    expect(await namesAt(clientOf({ dotfiles: 'allow' }), '/files/docs/')).toContain('env')
  })

  test('each name that is listed gives a file or a listing', async () => {
    const client = clientOf()
    const html = (await client.get('/files/docs/')).text()
    for (const [, link] of html.matchAll(/<td><a href="(\.\/[^"]*)"/g)) {
      const path = `/files/docs/${link?.replaceAll('&amp;', '&').slice(2)}`
      expect([path, (await client.get(path)).status]).toEqual([path, 200])
    }
  })

  // robustness.md P8
  test('no answer tells where the directory lies', async () => {
    const answer = await clientOf().get('/files/docs/')
    expect(answer.text() + JSON.stringify([...answer.headers])).not.toContain(directory)
  })
})

test('the places of one mount are listed as one, the first of a name counting', async () => {
  const client = clientOf({}, { '/files': [root, more] })
  const { entries } = JSON.parse((await client.get('/files/docs/', json)).text())
  expect(entries).toContainEqual(expect.objectContaining({ name: 'more.txt', size: 4 }))
  expect(entries).toContainEqual(expect.objectContaining({ name: 'one.txt', size: 1 }))
})

test('no more entries are looked at than the limit, and the page says so', async () => {
  const client = clientOf({ listing: { limit: 2 } }, { '/files': [root, more] })
  const answer = await client.get('/files/docs/', json)
  expect(JSON.parse(answer.text()).truncated).toBe(true)
  expect(JSON.parse(answer.text()).entries.length).toBeLessThanOrEqual(2)
  expect((await client.get('/files/docs/')).text()).toContain('There is more in this directory')
})

test('a shorter prefix is looked at where a longer one has no such directory', async () => {
  const client = clientOf({}, { '/': root, '/docs': join(directory, 'private') })
  expect(await namesAt(client, '/docs/')).toEqual(['secret.txt'])
  expect(await namesAt(client, '/docs/again/')).toContain('one.txt')
  expect(await namesAt(client, '/')).toContain('docs')
})

test('the title shows the path as it was asked for, escaped', async () => {
  await mkdir(join(root, '<b>ü'))
  expect((await clientOf().get('/files/%3Cb%3E%C3%BC/')).text()).toContain(
    '<h1>Index of /files/&lt;b&gt;ü/</h1>',
  )
})

test.runIf(process.platform === 'linux')('nothing stays open', async () => {
  const before = (await readdir('/proc/self/fd')).length
  const client = clientOf({ listing: { limit: 3 } })
  for (const path of ['/files/docs/', '/files/', '/files/missing/', '/files/a.txt/']) await client.get(path)
  expect((await readdir('/proc/self/fd')).length).toBe(before)
})
