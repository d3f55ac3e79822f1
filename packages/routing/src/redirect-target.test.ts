import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeRest, localPath, parseTarget } from './redirect-target.ts'

describe('parseTarget takes apart', () => {
  test('a path', () => {
    expect(parseTarget('/a/b')).toEqual({ origin: '', path: '/a/b', query: undefined, fragment: '' })
  })

  test('a path with query and fragment', () => {
    expect(parseTarget('/a?b=c?d#e?f#g')).toEqual({
      origin: '',
      path: '/a',
      query: '?b=c?d',
      fragment: '#e?f#g',
    })
    expect(parseTarget('/a?')).toMatchObject({ query: '?' })
    expect(parseTarget('/a#b')).toMatchObject({ query: undefined, fragment: '#b' })
  })

  test('a URL', () => {
    expect(parseTarget('https://example.org:8443/a?b')).toEqual({
      origin: 'https://example.org:8443',
      path: '/a',
      query: '?b',
      fragment: '',
    })
    expect(parseTarget('HTTP://[::1]?b')).toMatchObject({ origin: 'HTTP://[::1]', path: '', query: '?b' })
  })

  test('a path whose query or fragment names a URL', () => {
    expect(parseTarget('/login?next=https://example.org/')).toMatchObject({
      origin: '',
      path: '/login',
      query: '?next=https://example.org/',
    })
    expect(parseTarget('/#http://example.org/')).toMatchObject({ origin: '', path: '/' })
  })

  test('a URL that has a fragment alone', () => {
    expect(parseTarget('https://example.org#b')).toEqual({
      origin: 'https://example.org',
      path: '',
      query: undefined,
      fragment: '#b',
    })
  })

  test('a path with a backslash before its query, which escapes nothing there', () => {
    expect(parseTarget('/a\\?b')).toMatchObject({ path: '/a\\', query: '?b' })
  })

  test('a pattern with query and fragment', () => {
    expect(parseTarget('/a/:b?c#d', true)).toMatchObject({ path: '/a/:b', query: '?c', fragment: '#d' })
    expect(parseTarget('/a/:b#d?e', true)).toMatchObject({
      path: '/a/:b',
      query: undefined,
      fragment: '#d?e',
    })
    expect(parseTarget('https://example.org/:a', true)).toMatchObject({ path: '/:a' })
  })

  test('a pattern, whose escaped marks are text', () => {
    expect(parseTarget('/a\\?b/:c?d', true)).toMatchObject({ path: '/a\\?b/:c', query: '?d' })
    expect(parseTarget('https://example.org{/:c}', true)).toMatchObject({
      origin: 'https://example.org',
      path: '{/:c}',
    })
  })
})

describe('parseTarget throws a TypeError for', () => {
  test.each([
    ['nothing', ''],
    ['a relative path', 'login'],
    ['a query alone', '?a=b'],
    ['a scheme that runs scripts', 'javascript:alert(1)'],
    ['another scheme', 'ftp://example.org/'],
    ['a scheme without slashes', 'https:example.org'],
    ['a URL without host', 'https:///a'],
    ['a URL with user information', 'https://example.org@evil.example/'],
    ['a URL whose host ends in a backslash', 'https://example.org\\@evil.example/'],
    ['a host and a brace', 'https://example.org{/a'],
    ['a promise', Promise.resolve('/a')],
    ['nothing at all', undefined],
  ])('%s', (_title, target) => {
    expect(() => parseTarget(target as string)).toThrow(TypeError)
    expect(() => parseTarget(target as string)).toThrow("expected a path that starts with '/'")
  })

  test.each(['https://example.org\\:a/b', 'https://example.org\\{/b', ':a/b', 'https://:host/'])(
    'the pattern %s, whose host is not told apart from its path',
    (target) => {
      expect(() => parseTarget(target, true)).toThrow(TypeError)
    },
  )
})

describe('localPath gives a path on the host that was asked (robustness.md R1)', () => {
  test.each([
    ['/a', '/a'],
    ['//evil.example', '/evil.example'],
    ['///evil.example/', '/evil.example/'],
    ['/\\evil.example', '/evil.example'],
    ['\\\\evil.example', '/evil.example'],
    ['/\t/evil.example', '/evil.example'],
    ['/ /evil.example', '/evil.example'],
    [' \r\n//evil.example', '/evil.example'],
    ['/a/..//evil.example', '/evil.example'],
    ['/.//evil.example', '/evil.example'],
    ['/%2e//evil.example', '/evil.example'],
    ['/%2F/evil.example', '/%2F/evil.example'],
    ['/a\\b', '/a%5Cb'],
    ['/a\r\nSet-Cookie: b', '/a%0D%0ASet-Cookie:%20b'],
    ['/caf\u00e9', '/caf%C3%A9'],
    ['/a//b', '/a//b'],
  ])('%j is %s', (path, local) => {
    expect(localPath(path)).toBe(local)
  })

  test.each(['/..', '/a/../..', '/a\0', '/%00'])('%j is none', (path) => {
    expect(localPath(path)).toBeUndefined()
  })

  test('for anything there is', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2F',
      '%5C',
      '%2e',
      '\t',
      '\n',
      ' ',
      '\0',
      '@',
      'evil.example',
      ':',
      '?',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' }))), (pieces) => {
        const local = localPath(`/${pieces.join('')}`)
        if (local === undefined) return
        expect(local).toMatch(/^\/(?!\/)[\x21-\x7e]*$/)
        expect(new URL(local, 'http://here.example').host).toBe('here.example')
      }),
    )
  })
})

test('encodeRest gives ASCII that ends neither a header nor a link', () => {
  expect(encodeRest('?a=b%20c&d')).toBe('?a=b%20c&d')
  expect(encodeRest('?a=\r\n "<>\\^`{|}\u00e9\ud83d\ude00\ud800')).toBe(
    '?a=%0D%0A%20%22%3C%3E%5C%5E%60%7B%7C%7D%C3%A9%F0%9F%98%80%EF%BF%BD',
  )
})
