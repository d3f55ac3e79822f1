import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Application, stack } from '@stapel/core'
import { Client } from '@stapel/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { staticFiles } from '../static-files.ts'
import type { NameRules } from './open-named.ts'
import { DirectorySource, FileSource, type Resource } from './source.ts'

const rules: NameRules = { dotfiles: 'ignore', symlinks: 'inside', comparesCase: false }
let root: string

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'stapel-source-')))
  await mkdir(join(root, 'docs'))
  await mkdir(join(root, '.hidden'))
  await mkdir(join(root, 'nested/index.html'), { recursive: true })
  await writeFile(join(root, 'a.txt'), 'inside a')
  await writeFile(join(root, 'docs/index.html'), 'inside index')
  await writeFile(join(root, '.hidden/index.html'), 'hidden')
  await symlink('.hidden', join(root, 'shown'))
})

afterAll(() => rm(root, { recursive: true }))

const inner: Application = (environ, startResponse) => {
  startResponse('404 Not Found', [])
  return `inner ${environ.SCRIPT_NAME}|${environ.PATH_INFO}`
}

/** The name of the file that is found, and the path under which it is to be had. */
async function summary(found: Promise<Resource | undefined> | undefined): Promise<unknown> {
  const resource = await found
  await resource?.file.close()
  return resource && [resource.name, resource.path]
}

describe('a directory', () => {
  test('is answered by its index', async () => {
    const client = new Client(stack(inner, staticFiles({ '/static': root, '/': join(root, 'docs') })))
    const answer = await client.get('/static/docs/')
    expect([answer.status, answer.text()]).toEqual([200, 'inside index'])
    expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect((await client.get('/')).text()).toBe('inside index')
  })

  test('asked for without a slash redirects to it, with mount point and query (R5)', async () => {
    const app = stack(inner, staticFiles({ '/static': root }))
    const client = new Client(app, { environ: { SCRIPT_NAME: '/app', PATH_INFO: '/static/docs' } })
    const answer = await client.get('/app/static/docs?a=1')
    expect([answer.status, answer.headers.get('Location')]).toEqual([308, '/app/static/docs/?a=1'])
    expect(answer.text()).toBe('')
    expect((await client.head('/app/static/docs')).status).toBe(308)
    expect((await client.post('/app/static/docs')).status).toBe(405)
  })

  test('redirects from the bare mount, too', async () => {
    const client = new Client(stack(inner, staticFiles({ '/static': join(root, 'docs') })))
    expect((await client.get('/static')).headers.get('Location')).toBe('/static/')
    expect((await client.get('/static/')).text()).toBe('inside index')
  })

  test('has another index, or none', async () => {
    const named = new Client(stack(inner, staticFiles({ '/static': root }, { index: 'a.txt' })))
    expect((await named.get('/static/')).text()).toBe('inside a')
    const none = new Client(stack(inner, staticFiles({ '/static': root }, { index: false })))
    expect((await none.get('/static/docs/')).text()).toBe('inner |/static/docs/')
    expect((await none.get('/static/docs')).text()).toBe('inner |/static/docs')
  })
})

describe('the path under which a file is to be had', () => {
  test('is the path asked for', async () => {
    const source = new DirectorySource(root, 'index.html', rules)
    expect(await summary(source.find('/a.txt'))).toEqual(['a.txt', '/a.txt'])
    expect(await summary(source.find('/docs/'))).toEqual(['index.html', '/docs/'])
  })

  test('has a slash for a directory, and no needless escape', async () => {
    const source = new DirectorySource(root, 'index.html', rules)
    expect(await summary(source.find('/docs'))).toEqual(['index.html', '/docs/'])
    await mkdir(join(root, 'a+b'))
    await writeFile(join(root, 'a+b/index.html'), '')
    expect(await summary(source.find('/a%2Bb'))).toEqual(['index.html', '/a+b/'])
  })
})

test('a directory that is called like the index is none', async () => {
  const source = new DirectorySource(root, 'index.html', rules)
  expect(await summary(source.find('/nested/'))).toBeUndefined()
  expect(await summary(source.find('/nested'))).toBeUndefined()
})

test('a link to a hidden directory is as absent, with and without a slash (P6)', async () => {
  const source = new DirectorySource(root, 'index.html', rules)
  expect(await summary(source.find('/shown'))).toBeUndefined()
  expect(await summary(source.find('/shown/'))).toBeUndefined()
  expect(
    await summary(new DirectorySource(root, 'index.html', { ...rules, dotfiles: 'allow' }).find('/shown/')),
  ).toBeDefined()
})

test('a single file that is gone, or has become a directory, is as absent', async () => {
  expect(await summary(new FileSource(join(root, 'gone'), ['']).find(''))).toBeUndefined()
  expect(await summary(new FileSource(join(root, 'docs'), ['']).find(''))).toBeUndefined()
})
