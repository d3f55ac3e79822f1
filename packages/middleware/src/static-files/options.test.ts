import { describe, expect, test } from 'vitest'
import { LISTING_LIMIT, readOptions, type StaticFilesOptions } from './options.ts'

test('the defaults ask each time, give index.html, and hide dotfiles', () => {
  expect(readOptions({})).toMatchObject({
    cacheControl: 'no-cache',
    authorizedCacheControl: 'no-cache',
    index: 'index.html',
    tryFiles: [],
    fallback: undefined,
    listing: undefined,
    dotfiles: 'ignore',
    symlinks: 'inside',
    exactCase: true,
  })
})

test('a maxAge is public, but private where the client has identified itself', () => {
  expect(readOptions({ maxAge: 3600 })).toMatchObject({
    cacheControl: 'public, max-age=3600',
    authorizedCacheControl: 'private, max-age=3600',
  })
})

test('immutable is said beside the maxAge', () => {
  expect(readOptions({ maxAge: 31_536_000, immutable: true }).cacheControl).toBe(
    'public, max-age=31536000, immutable',
  )
})

test('rules by pattern come before the maxAge', () => {
  const { fileHeaders } = readOptions({ maxAge: 60, cacheControl: [['*.html', 'no-cache']] })
  expect(fileHeaders('/index.html').cacheControl).toBe('no-cache')
  expect(fileHeaders('/app.js').cacheControl).toBe('public, max-age=60')
  expect(fileHeaders('/app.js').authorizedCacheControl).toBe('private, max-age=60')
})

test('a listing looks at 1000 entries unless it is said how many', () => {
  expect(readOptions({ listing: true }).listing).toEqual({ limit: LISTING_LIMIT })
  expect(readOptions({ listing: { limit: 5 } }).listing).toEqual({ limit: 5 })
  expect(readOptions({ listing: {} }).listing).toEqual({ limit: 1000 })
})

test('further headers, and types of one’s own, are read', () => {
  const settings = readOptions({ headers: [['X-A', '1']], types: { '.x': 'text/x' } })
  expect(settings.fileHeaders('/a').headers).toEqual([['X-A', '1']])
  expect(settings.contentTypeOf('a.x')).toBe('text/x')
})

describe('misuse throws a TypeError that shows what it got', () => {
  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 40, '3600', null])('maxAge %s', (maxAge) => {
    const shown = typeof maxAge === 'string' ? JSON.stringify(maxAge) : String(maxAge)
    expect(() => readOptions({ maxAge } as StaticFilesOptions)).toThrow(
      `staticFiles: got ${shown} for the option maxAge; expected a number of seconds: an integer from 0 to 2147483648.`,
    )
  })

  test('immutable without a maxAge', () => {
    expect(() => readOptions({ immutable: true })).toThrow('staticFiles: got immutable without a maxAge')
  })

  test.each(['', '.', '../index.html', 'a/b.html', '.hidden', 'nul', true])('index %s', (index) => {
    expect(() => readOptions({ index } as StaticFilesOptions)).toThrow(
      `staticFiles: got ${JSON.stringify(index)} for the option index; expected the name of a file, or false.`,
    )
  })

  test('dotfiles hide', () => {
    expect(() => readOptions({ dotfiles: 'hide' } as unknown as StaticFilesOptions)).toThrow(
      "staticFiles: got \"hide\" for the option dotfiles; expected 'ignore', 'deny' or 'allow'.",
    )
  })

  test.each([
    ['.html'],
    [['html']],
    [['.']],
    [['.html/']],
    [['.%68tml']],
    [['.html', '.html']],
    [['.html', '.en.html']],
    [Array.from({ length: 9 }, (_, i) => `.a${i}`)],
  ])('tryFiles %j', (tryFiles) => {
    expect(() => readOptions({ tryFiles } as StaticFilesOptions)).toThrow(
      "for the option tryFiles; expected a list of at most 8 endings such as ['.html']",
    )
  })

  test.each([
    [1, 'got 1 for the option listing; expected true, false or an object'],
    [{ limit: 0 }, 'staticFiles: listing: got 0 for the option limit; expected a number of entries'],
    [{ limit: 100_001 }, 'from 1 to 100000'],
    [{ max: 5 }, 'got the unknown option "max"'],
  ])('listing %j', (listing, message) => {
    expect(() => readOptions({ listing } as StaticFilesOptions)).toThrow(message)
  })

  test('symlinks true', () => {
    expect(() => readOptions({ symlinks: true } as unknown as StaticFilesOptions)).toThrow(
      "staticFiles: got true for the option symlinks; expected 'inside', 'follow' or 'refuse'.",
    )
  })

  test.each([
    ['cacheControl', 'no-cache'],
    ['cacheControl', { '*.html': 'no-cache' }],
    ['headers', 'X-A: 1'],
    ['headers', { 'X-A': '1' }],
    ['types', [['.x', 'text/x']]],
    ['types', 'text/x'],
  ])('%s %j', (name, value) => {
    expect(() => readOptions({ [name]: value } as StaticFilesOptions)).toThrow(
      `for the option ${name}; expected `,
    )
  })

  test('an option of another name', () => {
    expect(() => readOptions({ maxage: 1 } as StaticFilesOptions)).toThrow(
      'staticFiles: got the unknown option "maxage"; it knows maxAge, immutable,',
    )
  })

  test.each([null, 3600])('%s in place of the options', (options) => {
    expect(() => readOptions(options as StaticFilesOptions)).toThrow(TypeError)
  })
})
