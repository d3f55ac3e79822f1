import { describe, expect, test } from 'vitest'
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
