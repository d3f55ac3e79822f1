import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stack } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { staticFiles } from '../static-files.ts'
import { createFileHeaders, type FileHeadersOption } from './file-headers.ts'

const defaults = { cacheControl: 'no-cache', authorizedCacheControl: 'no-cache', rules: [] }

function headersOf(headers: FileHeadersOption, path = '/a.txt') {
  return createFileHeaders({ ...defaults, headers })(path)
}

test('a list of pairs is for all files', () => {
  expect(headersOf([['X-One', '1']])).toEqual({
    headers: [['X-One', '1']],
    notModifiedHeaders: [['X-One', '1']],
    cacheControl: 'no-cache',
    authorizedCacheControl: 'no-cache',
  })
})

test('of rules each that matches adds its own', () => {
  const headersAt = createFileHeaders({
    ...defaults,
    headers: [
      ['/**', [['X-All', '1']]],
      ['*.wasm', [['Cross-Origin-Resource-Policy', 'same-site']]],
      [['/a/**', '/b/**'], [['X-Part', '2']]],
    ],
  })
  expect(headersAt('/a/x.wasm').headers).toEqual([
    ['X-All', '1'],
    ['Cross-Origin-Resource-Policy', 'same-site'],
    ['X-Part', '2'],
  ])
  expect(headersAt('/c.txt').headers).toEqual([['X-All', '1']])
})

test('a function gets the path of the file', () => {
  expect(headersOf((path) => [['X-Path', path]], '/docs/index.html').headers).toEqual([
    ['X-Path', '/docs/index.html'],
  ])
})

test('the first rule for Cache-Control counts, the default where none matches', () => {
  const headersAt = createFileHeaders({ ...defaults, rules: [['*.js', { maxAge: 60 }]], headers: [] })
  expect(headersAt('/a.js')).toMatchObject({
    cacheControl: 'public, max-age=60',
    authorizedCacheControl: 'private, max-age=60',
  })
  expect(headersAt('/a.css').cacheControl).toBe('no-cache')
})

// robustness.md N5
test('a 304 has none that says something of the content', () => {
  const { notModifiedHeaders } = headersOf([
    ['Content-Language', 'de'],
    ['Content-Disposition', 'attachment'],
    ['Content-Security-Policy', "default-src 'none'"],
    ['content-location', '/a'],
    ['Vary', 'Origin'],
  ])
  expect(notModifiedHeaders.map(([name]) => name)).toEqual([
    'Content-Security-Policy',
    'content-location',
    'Vary',
  ])
})

test('what the application changes later in its lists changes nothing', () => {
  const headers: [string, string][] = [['X-One', '1']]
  const headersAt = createFileHeaders({ ...defaults, headers })
  headers[0] = ['X-Two', '2']
  headers.push(['X-Three', '3'])
  expect(headersAt('/a').headers).toEqual([['X-One', '1']])
})

// robustness.md P3: rules that read the path as it was asked for missed the encoded form (Rack, CVE-2026-34786).
test('no spelling of a path gets around the rules for its file', async () => {
  const root = await mkdtemp(join(tmpdir(), 'stapel-file-headers-'))
  onTestFinished(() => rm(root, { recursive: true }))
  await mkdir(join(root, 'my pages'))
  for (const name of ['index.html', 'one+two.html']) await writeFile(join(root, 'my pages', name), name)
  const files = staticFiles(
    { '/': root },
    {
      tryFiles: ['.html'],
      cacheControl: [['/my pages/*.html', 'no-store']],
      headers: [['/my pages/**', [['X-Rule', 'yes']]]],
    },
  )
  const client = new Client(stack(() => '', files))
  for (const path of [
    ...[
      '/my%20pages/',
      '/%6Dy%20pages/index.html',
      '/my%20pages/one+two',
      '/my%20pages/one%2Btwo',
      '/my%20pages/one%2Btwo.html',
    ],
    ...['/x/../my%20pages/one+two', '/my%20p%61ges/one%2btwo%2ehtml'],
  ]) {
    let answer = await client.get(path)
    if (answer.status === 308) {
      expect(answer.headers.get('Cache-Control')).toBe('no-store')
      answer = await client.get(answer.headers.get('Location') ?? '')
    }
    const { headers } = answer
    expect([path, answer.status, headers.get('Cache-Control'), headers.get('X-Rule')]).toEqual([
      path,
      200,
      'no-store',
      'yes',
    ])
  }
})

describe('misuse throws a TypeError when made', () => {
  test.each([
    [[['X Y', '1']]],
    [[['X-A', 'a\r\nX-B: b']]],
    [[['X-A', 'Ā']]],
    [[['X-A', 1]]],
    [[['X-A']]],
    [[['*.js', 'X-A', '1']]],
    [['X-A']],
    [[['*.js', [['X A', '1']]]]],
    [
      [
        ['*.js', [['X-A', '1']]],
        ['X-B', '2'],
      ],
    ],
    [[['*.{js}', [['X-A', '1']]]]],
    [[['*.js', [['X-A', '1']], 'more']]],
  ])('%j', (headers) => {
    expect(() => headersOf(headers as unknown as FileHeadersOption)).toThrow(TypeError)
  })

  test.each(['Content-Length', 'etag', 'Transfer-Encoding', 'Connection', 'Date'])(
    '%s, which is set already',
    (name) => {
      expect(() => headersOf([[name, '1']])).toThrow(`staticFiles: got the header ${name} for all files`)
    },
  )

  test('Cache-Control and Content-Type, with the option that there is for it', () => {
    expect(() => headersOf([['Cache-Control', 'no-cache']])).toThrow('use the option cacheControl')
    expect(() => headersOf([['*.x', [['Content-Type', 'text/plain']]]])).toThrow('use the option types')
  })
})

describe('a function that gives what no answer may have throws when a file is prepared', () => {
  test.each([[undefined], [{}], ['X-A: 1'], [Promise.resolve([])], [[['X-A', 'a\nb']]], [[['ETag', '"a"']]]])(
    '%j',
    (given) => {
      const headersAt = createFileHeaders({ ...defaults, headers: (() => given) as () => [] })
      expect(() => headersAt('/a.txt')).toThrow('"/a.txt", which the function headers gave')
    },
  )
})
