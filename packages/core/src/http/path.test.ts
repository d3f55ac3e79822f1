import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digits, lower, sorted, upper } from './characters.test-support.ts'
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
    // An escape that is none stays none, whatever follows it is decoded to (robustness.md P2).
    ['/%2%66', '/%2%66'],
    ['/%2%65%2%65/a', '/%2%65%2%65/a'],
    ['/%%32%66', '/%%32f'],
    ['/%%32f', '/%%32f'],
    ['/%%7e', '/%~'],
    ['/%a%2d', '/%a-'],
    ['/%2%67', '/%2g'],
    ['/%41%42', '/AB'],
    ['/a%62', '/ab'],
    ["/:@!$&'()*+,;=", "/:@!$&'()*+,;="],
    ['/\ud800', '/%EF%BF%BD'],
  ])('gives %j as %j', (path, normal) => {
    expect(normalizePath(path)).toBe(normal)
  })

  test.each(['/..', '/../a', '/a/../..', '/%2e%2e/', '/%00', '/a%00', '/\0'])('refuses %j', (path) => {
    expect(normalizePath(path)).toBeUndefined()
  })

  test('leaves a normal path as it is, whatever it was made of', () => {
    const near = fc.string({ unit: fc.constantFrom('%', '2', 'e', 'F', '.', '/', '0', '6', '5', '%2E', ' ') })
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
        const normal = normalizePath(`/${text}`)
        if (normal === undefined) return
        expect(normalizePath(normal)).toBe(normal)
        expect(normal).toMatch(/^\/[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*$/)
        expect(normal.split('/')).not.toContain('..')
      }),
    )
  })

  test('is as decodable as the path was', () => {
    const near = fc.string({ unit: fc.constantFrom('%', '2', 'e', 'F', 'a', '6', '5', '%C3%A4') })
    fc.assert(
      fc.property(near, (text) => {
        // A letter at each end, so that no segment is of dots alone.
        const path = `/x${text}x`
        expect(decoded(normalizePath(path) ?? '')).toBe(decoded(path))
      }),
      { numRuns: 1000 },
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

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

test('every byte has one form: unreserved as it is, other pchar as it was written, the rest escaped in upper case', () => {
  const unreserved = sorted(`-._~${digits}${upper}${lower}`)
  const others = sorted("!$&'()*+,;=:@/")
  for (let code = 1; code < 0x80; code++) {
    const character = String.fromCharCode(code)
    const hex = code.toString(16).padStart(2, '0')
    const escaped = `%${hex.toUpperCase()}`
    const stays = unreserved.includes(character) || others.includes(character)
    const raw = stays || character === '%' ? character : escaped
    const decoded = unreserved.includes(character) ? character : escaped
    expect(normalizePath(`/a${character}a`)).toBe(`/a${raw}a`)
    expect(normalizePath(`/a%${hex}z`)).toBe(`/a${decoded}z`)
    expect(normalizePath(`/a%${hex.toUpperCase()}z`)).toBe(`/a${decoded}z`)
    expect(isNormalPath(`/a${character}a`)).toBe(stays)
    // The same beside a character that is none of them, as only such paths are looked at one by one.
    expect(normalizePath(`/\u00e9${character}\u00e9`)).toBe(`/%C3%A9${raw}%C3%A9`)
  }
})

test('bytes beyond ASCII are escaped in upper case', () => {
  for (let code = 0x80; code <= 0xff; code++) {
    const hex = code.toString(16)
    expect(normalizePath(`/%${hex}`)).toBe(`/%${hex.toUpperCase()}`)
    expect(isNormalPath(`/${String.fromCharCode(code)}`)).toBe(false)
  }
  expect(normalizePath('/\u{1f600}')).toBe('/%F0%9F%98%80')
  expect(normalizePath('/a\u00e9\u00e9b')).toBe('/a%C3%A9%C3%A9b')
})

test.each([
  ['/a/.', '/a/'],
  ['/a/..', '/'],
  ['/a/b/..', '/a/'],
  ['/a/b/.', '/a/b/'],
  ['/a/b/../', '/a/'],
  ['/a/./b', '/a/b'],
  ['/./a', '/a'],
  ['/a/b/../../c', '/c'],
  ['/a//', '/a//'],
  ['//', '//'],
  ['//a', '//a'],
  ['/a//..', '/a/'],
  ['/a/..b', '/a/..b'],
  ['/a/b..', '/a/b..'],
  ['/.a', '/.a'],
  ['/a/%2e%2e%2fb', '/a/..%2Fb'],
  ['/a/%2E', '/a/'],
  ['/a/.%2e/', '/'],
  ['.', ''],
  ['./a', 'a'],
  ['a/..', ''],
  ['a/../b', 'b'],
  ['a/b/..', 'a/'],
  ['a/.', 'a/'],
  ['.a', '.a'],
  ['..a/b', '..a/b'],
])('%s becomes %s (RFC 3986 section 5.2.4)', (path, normal) => {
  expect(normalizePath(path)).toBe(normal)
  expect(normalizePath(normal)).toBe(normal)
  expect(isNormalPath(normal)).toBe(!normal.includes('%') && !/(?:^|\/)\./.test(normal))
})

test.each(['..', '../a', 'a/../..', '/a/../../b', '/./..', '/%2e%2e', '/.%2E/a', '/a%00b', '/%00', '/a\0'])(
  '%j leads above the root, or holds a NUL',
  (path) => {
    expect(normalizePath(path)).toBeUndefined()
  },
)

test('no hex digit that is decoded completes an escape, whichever it is', () => {
  for (const digit of `${digits}ABCDEFabcdef`) {
    const hex = digit.charCodeAt(0).toString(16)
    expect(normalizePath(`/%2%${hex}`)).toBe(`/%2%${hex.toUpperCase()}`)
    expect(normalizePath(`/%%${hex}2`)).toBe(`/%%${hex.toUpperCase()}2`)
    expect(normalizePath(`/%g%${hex}`)).toBe(`/%g${digit}`)
    expect(normalizePath(`/%${digit}%${hex}`)).toBe(`/%${digit}%${hex.toUpperCase()}`)
  }
})
