import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isNormalPath, normalizePath } from './path.ts'

describe('normalizePath', () => {
  test.each([
    ['', ''],
    ['/', '/'],
    ['/a/b', '/a/b'],
    ['/%7Euser', '/~user'],
    ['/%41%2d%2E%5F', '/A-._'],
    ['/%2e', '/'],
    ['/a/%2e%2e/b', '/b'],
    ['/a/%2E./b', '/b'],
    ['/a/.%2e', '/'],
    ['/a//../b', '/a/b'],
    ['/...', '/...'],
    ['/.well-known', '/.well-known'],
    ['/a.b/c.', '/a.b/c.'],
    ['/caf\u00e9', '/caf%C3%A9'],
    ['/a b', '/a%20b'],
    ['/a#b', '/a%23b'],
    ['/a%', '/a%'],
    ['/%2', '/%2'],
    ['/%2%66', '/%2f'],
    ["/:@!$&'()*+,;=", "/:@!$&'()*+,;="],
    ['/\ud800', '/%EF%BF%BD'],
  ])('gives %j as %j', (path, normal) => {
    expect(normalizePath(path)).toBe(normal)
  })

  test.each(['/..', '/../a', '/a/../..', '/%2e%2e/', '/%00', '/a%00', '/\0'])('refuses %j', (path) => {
    expect(normalizePath(path)).toBeUndefined()
  })

  test('leaves a normal path as it is, whatever it was made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const normal = normalizePath(`/${text}`)
        if (normal === undefined || /%(?![0-9A-F]{2})/.test(normal)) return
        expect(normalizePath(normal)).toBe(normal)
        expect(normal).toMatch(/^\/[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*$/)
        expect(normal.split('/')).not.toContain('..')
      }),
    )
  })

  test('gives every spelling of a path the same form', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'Z', '0', '-', '.x', '_', '~')),
        fc.infiniteStream(fc.boolean()),
        (parts, coins) => {
          const path = `/${parts.join('/')}`
          const spelled = path.replace(/[^/]/g, (character) => {
            const hex = character.charCodeAt(0).toString(16)
            return coins.next().value ? `%${coins.next().value ? hex : hex.toUpperCase()}` : character
          })
          expect(normalizePath(spelled)).toBe(path)
        },
      ),
    )
  })
})

test('isNormalPath says yes only to paths that stay as they are', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      if (isNormalPath(text)) expect(normalizePath(text)).toBe(text)
    }),
  )
  expect(isNormalPath('/a/b.c')).toBe(true)
  expect(isNormalPath('/a/.b')).toBe(false)
})
