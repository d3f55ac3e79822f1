import { BadRequest, Forbidden } from '@stapel/core'
import { isSafeName, normalizePath } from '@stapel/core/http'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeName, parseFilePath } from './path.ts'

describe('a path below a mount', () => {
  test('gives its decoded names, and whether it asks for a directory', () => {
    expect(parseFilePath('', 'ignore')).toEqual({ names: [], slash: false, canonical: '' })
    expect(parseFilePath('/', 'ignore')).toEqual({ names: [], slash: true, canonical: '/' })
    expect(parseFilePath('/css/main.css', 'ignore')?.names).toEqual(['css', 'main.css'])
    expect(parseFilePath('/css/', 'ignore')).toEqual({ names: ['css'], slash: true, canonical: '/css/' })
    expect(parseFilePath('/%C3%BCber%20uns.txt', 'ignore')?.names).toEqual(['über uns.txt'])
  })

  test('is decoded exactly once (P2)', () => {
    expect(parseFilePath('/%252e%252e', 'ignore')?.names).toEqual(['%2e%2e'])
    expect(parseFilePath('/100%25', 'ignore')?.names).toEqual(['100%'])
    expect(parseFilePath('/a%252Fb', 'ignore')?.names).toEqual(['a%2Fb'])
  })

  test('has one spelling without needless escapes (P3)', () => {
    expect(parseFilePath('/a%2Bb%40c', 'ignore')).toMatchObject({ names: ['a+b@c'], canonical: '/a+b@c' })
    expect(parseFilePath('/a+b@c', 'ignore')).toMatchObject({ names: ['a+b@c'], canonical: '/a+b@c' })
    expect(parseFilePath('/a%20b%25', 'ignore')).toMatchObject({ names: ['a b%'], canonical: '/a%20b%25' })
    expect(parseFilePath('/%252B', 'ignore')).toMatchObject({ names: ['%2B'], canonical: '/%252B' })
  })

  test.each(['/%', '/%zz', '/a/%4', '/%ff', '/%C0%AE%C0%AE', '/%ED%A0%80', '/%E2%82', '/..%2f%zz'])(
    'answers 400 to the invalid escape or UTF-8 of %j (P4)',
    (path) => {
      expect(() => parseFilePath(path, 'allow')).toThrow(BadRequest)
    },
  )

  test.each(['/%00', '/a.txt%00.png', '/a/%00/b'])('answers 400 to the NUL of %j (P4)', (path) => {
    expect(() => parseFilePath(path, 'allow')).toThrow(BadRequest)
  })

  test.each([
    '/..',
    '/../etc/passwd',
    '/a/../b',
    '/a/.',
    '/%2e%2e/x',
    '/.%2E/x',
    '/..%2fetc%2fpasswd',
    '/a%2Fb',
    '/..%5cwindows',
    '/a%5C..%5Cb',
    '/a\\b',
    '//etc/passwd',
    '/a//b',
    '/a//',
    '/%2F',
    '/C:',
    '/c%3A/windows',
    '/file.txt::$DATA',
    '/%5C%5Cserver/share',
  ])('is no path of a file when it is %j (P1, P2, P3)', (path) => {
    expect(parseFilePath(path, 'allow')).toBeUndefined()
  })

  test.each([
    '/NUL',
    '/nul.txt',
    '/a/con/b',
    '/aux.tar.gz',
    '/COM1',
    '/lpt9.log',
    '/com%C2%B9',
    '/CONIN$',
    '/prn%20.txt',
    '/secret.txt.',
    '/secret.txt%20',
    '/dir./file',
    '/...',
  ])('is no path of a file on any platform when Windows reads %j as another name (P7)', (path) => {
    expect(parseFilePath(path, 'allow')).toBeUndefined()
  })

  test.each(['/null.txt', '/console', '/com.txt', '/com10', '/aux-files/a', '/a.nul', '/a..b', '/a .txt'])(
    'may be %j, which only looks like a name of Windows',
    (path) => {
      expect(parseFilePath(path, 'ignore')).toBeDefined()
    },
  )

  test.each(['/.env', '/a/.git/config', '/.git/', '/.well-known/.secret', '/.well-known2', '/%2Eenv'])(
    'leads to no dotfile when it is %j, unless they are allowed (P6)',
    (path) => {
      expect(parseFilePath(path, 'ignore')).toBeUndefined()
      expect(parseFilePath(path, 'allow')).toBeDefined()
    },
  )

  test.each(['/.env', '/a/.git/config', '/.git/', '/%2Eenv'])(
    'is forbidden when it is %j and dotfiles are denied (P6)',
    (path) => {
      expect(() => parseFilePath(path, 'deny')).toThrow(Forbidden)
      expect(parseFilePath('/.well-known/a', 'deny')).toBeDefined()
    },
  )

  test('leads into .well-known (P6)', () => {
    expect(parseFilePath('/.well-known/security.txt', 'ignore')?.names).toEqual([
      '.well-known',
      'security.txt',
    ])
  })

  test('is no path of a file when a name is longer than file systems take', () => {
    expect(parseFilePath(`/${'a'.repeat(255)}`, 'ignore')).toBeDefined()
    expect(parseFilePath(`/${'a'.repeat(256)}`, 'ignore')).toBeUndefined()
  })

  test('gives safe names only, whatever it holds', () => {
    const piece = fc.constantFrom(
      ...[
        '/',
        '.',
        '..',
        '%2e',
        '%2F',
        '%5c',
        '\\',
        '%00',
        '%',
        '%zz',
        ':',
        'nul',
        'a',
        ' ',
        '%20',
        '%C3%BC',
        '%25',
      ],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const path = `/${pieces.join('')}`
        const parsed = parseOrUndefined(path)
        for (const name of parsed?.names ?? []) {
          expect(isSafeName(name)).toBe(true)
          expect(name).not.toMatch(/[/\\:\0]|^\.{1,2}$/)
        }
      }),
    )
  })

  test('is made of names that lead back to themselves, in normal form and without needless escapes (P3)', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter(isSafeName)
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (names) => {
        const path = `/${names.map(encodeName).join('/')}`
        expect(normalizePath(path)).toBe(path)
        expect(parseFilePath(path, 'allow')).toEqual({ names, slash: false, canonical: path })
      }),
    )
    expect(encodeName('\ud800')).toBe('%EF%BF%BD')
  })

  test('gives different names for different spellings without needless escapes', () => {
    const segment = fc.array(fc.constantFrom('a', '+', '@', '%2B', '%40', '%20', '%25', '2B'), {
      maxLength: 5,
    })
    fc.assert(
      fc.property(segment, segment, (left, right) => {
        const one = parseOrUndefined(normalizePath(`/${left.join('')}x`) ?? '')
        const other = parseOrUndefined(normalizePath(`/${right.join('')}x`) ?? '')
        expect(one?.names[0] === other?.names[0]).toBe(one?.canonical === other?.canonical)
      }),
    )
  })
})

function parseOrUndefined(path: string): ReturnType<typeof parseFilePath> {
  try {
    return parseFilePath(path, 'allow')
  } catch (error) {
    if (error instanceof BadRequest) return undefined
    throw error
  }
}
