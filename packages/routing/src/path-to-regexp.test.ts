// Our matcher reads path-to-regexp's tokens; for one pattern at a time it must agree with that library's own matcher.
import * as fc from 'fast-check'
import { compile, match } from 'path-to-regexp'
import { describe, expect, test } from 'vitest'
import { Router } from './index.ts'

const app = () => ''

function ours(pattern: string, path: string): unknown {
  const found = new Router().get(pattern, app, { name: 'x' }).match('GET', path)
  return found.rule === undefined ? undefined : found.params
}

function theirs(pattern: string, path: string): unknown {
  const found = match(pattern, { sensitive: true, trailing: false })(path)
  return found === false ? undefined : { ...found.params }
}

describe('one pattern matches what path-to-regexp matches', () => {
  test.each([
    ['/', '/'],
    ['/', ''],
    ['/about', '/about'],
    ['/about', '/About'],
    ['/about', '/about/'],
    ['/about/', '/about/'],
    ['/about/', '/about'],
    ['/users/:id', '/users/7'],
    ['/users/:id', '/users/'],
    ['/users/:id', '/users/7/'],
    ['/users/:id', '/users/a%2Fb'],
    ['/users/:id', '/users/%E2%82%AC'],
    ['/users/:id/edit', '/users/7/edit'],
    ['/users/:id/edit', '/users/7/8/edit'],
    ['/:a/:b', '/1/2'],
    ['/:a/:b', '/1//2'],
    ['/:name.:ext', '/a.b'],
    ['/:name.:ext', '/a.b.c'],
    ['/:name.:ext', '/a'],
    ['/:name.json', '/a.b.json'],
    ['/@:user', '/@me'],
    ['/@:user', '/me'],
    ['/:from-:to', '/a-b'],
    ['/v:major.:minor', '/v1.2'],
    ['/files/*path', '/files/a'],
    ['/files/*path', '/files/a/b/c'],
    ['/files/*path', '/files'],
    ['/files/*path', '/files/'],
    ['/files/*path', '/files/a%2Fb/c'],
    ['/*path/edit', '/a/b/edit'],
    ['/*path/edit', '/edit'],
    ['/posts{/:year}', '/posts'],
    ['/posts{/:year}', '/posts/2026'],
    ['/posts{/:year}', '/posts/'],
    ['/posts{/:year{/:month}}', '/posts/2026/11'],
    ['/users{/:id}/delete', '/users/delete'],
    ['/users{/:id}/delete', '/users/7/delete'],
    ['/a{b}c', '/ac'],
    ['/a{b}c', '/abc'],
    ['/file{.:ext}', '/file'],
    ['/file{.:ext}', '/file.txt'],
    ['/\\:id', '/:id'],
    ['/\\:id', '/x'],
    ['/:"first name"', '/x'],
    ['/\\(\\*\\)', '/(*)'],
  ])('%s for %s', (pattern, path) => {
    expect(ours(pattern, path)).toEqual(theirs(pattern, path))
  })

  test('for patterns and paths at random', () => {
    const segment = fc.constantFrom('a', 'b', ':x', ':x', 'a-:x', ':x.b')
    const pattern = fc
      .array(segment, { minLength: 1, maxLength: 4 })
      // Names must differ.
      .map((segments) => segments.map((each, i) => `/${each.replace('x', `p${i}`)}`).join(''))
    const optional = fc.constantFrom('', '{/c}', '{/:y}', '{/c/:y}', '/*y')
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c', 'a-1', '1.b', '1.b.b', 'a-', '', 'x%20y'), { maxLength: 6 })
      .map((segments) => segments.map((each) => `/${each}`).join(''))
    fc.assert(
      fc.property(pattern, optional, path, (start, end, target) => {
        // A wildcard of ours does not begin with an empty segment, and text at the end of a segment is looked for at its end.
        fc.pre(!target.includes('//') && !target.endsWith('/') && !target.includes('.b.b'))
        expect(ours(start + end, target)).toEqual(theirs(start + end, target))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('where it differs from path-to-regexp', () => {
  test('text at the end of a segment is found at its end', () => {
    expect(ours('/:name.json', '/a.json.json')).toEqual({ name: 'a.json' })
  })

  test('text is not found inside of an escape', () => {
    expect(ours('/:"a"2:b', '/x%2Fy2z')).toEqual({ a: 'x/y', b: 'z' })
  })

  test('a wildcard does not begin with an empty segment', () => {
    expect(ours('/files/*path', '/files//etc')).toBeUndefined()
    expect(theirs('/files/*path', '/files//etc')).toEqual({ path: ['', 'etc'] })
  })

  test('static text matches in normal form', () => {
    expect(ours('/caf\u00e9', '/caf%C3%A9')).toEqual({})
  })
})

test('builds what path-to-regexp builds, but for marks that a segment may hold (RFC 3986 section 3.3)', () => {
  const encode = (value: string): string =>
    encodeURIComponent(value).replace(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent)
  const pattern = '/a/:x{/:y}/*z'
  const router = new Router().get(pattern, app, { name: 'x' })
  const text = fc.string({ minLength: 1 }).filter((each) => !/^\.\.?$/.test(each) && !each.includes('\0'))
  fc.assert(
    fc.property(text, fc.option(text, { nil: undefined }), fc.array(text, { minLength: 1 }), (x, y, z) => {
      // Of a longer list, the first would be read as y.
      fc.pre(y !== undefined || z.length === 1)
      const params = y === undefined ? { x, z } : { x, y, z }
      expect(router.url('x', params)).toBe(compile(pattern, { encode })(params))
    }),
  )
})
