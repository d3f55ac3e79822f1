import { isAbsolute, relative, resolve } from 'node:path'
import { isSafeName } from '@stapel/core/http'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safeJoin, secureFilename } from './file-name.ts'

describe('safeJoin', () => {
  test.each([
    [['uploads', 'cat.png'], 'uploads/cat.png'],
    [['uploads', 'ada/cat.png'], 'uploads/ada/cat.png'],
    [['uploads/', 'ada', 'cat.png'], 'uploads/ada/cat.png'],
    [['/', 'a'], '/a'],
    [['C:\\www\\', 'a'], 'C:\\www\\a'],
    [['', 'a'], './a'],
    [[''], '.'],
    [['../shared', 'a'], '../shared/a'],
    [['a', '...b'], 'a/...b'],
    [['a', '.htaccess'], 'a/.htaccess'],
    [['a', 'ü ñ'], 'a/ü ñ'],
  ])('%j gives %s', ([root = '', ...paths], joined) => {
    expect(safeJoin(root, ...paths)).toBe(joined)
  })

  test.each([
    '..',
    '../a',
    'a/..',
    'a/../b',
    'a/../../b',
    '.',
    './a',
    '/etc/passwd',
    '//host/share',
    'a//b',
    'a/',
    '',
    '...',
    'a.',
    'a ',
    'a/b./c',
    'a\0b',
    'x'.repeat(256),
  ])('refuses %j (robustness.md P1, P2)', (path) => {
    expect(safeJoin('root', path)).toBeUndefined()
  })

  test.each([
    '..\\a',
    'a\\..\\b',
    '\\\\host\\share',
    'C:',
    'C:/a',
    'c:a',
    'a:b',
    'a::$DATA',
    'NUL',
    'nul.txt',
    'a/CON',
    'com1.tar.gz',
    'LPT9 .x',
    'COM\u00b9',
    'CONIN$',
  ])('refuses %j on every system (robustness.md P7)', (path) => {
    expect(safeJoin('root', path)).toBeUndefined()
  })

  test('whatever the path, what is given lies below the root', () => {
    const part = fc.constantFrom('a', '.', '..', '/', '\\', ':', '\0', ' ', 'con', '%2e')
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join('')),
        (path) => {
          const joined = safeJoin('/srv/root', path)
          if (joined === undefined) return
          const below = relative('/srv/root', resolve(joined))
          expect(below).not.toMatch(/^\.\.(?:\/|$)/)
          expect(isAbsolute(below)).toBe(false)
          expect(joined).toBe(`/srv/root/${path}`)
        },
      ),
    )
  })
})

describe('secureFilename', () => {
  test.each([
    ['My cool movie.mov', 'My_cool_movie.mov'],
    ['../../../etc/passwd', 'etc_passwd'],
    ['C:\\Windows\\win.ini', 'C_Windows_win.ini'],
    ['Übersicht „neu“.pdf', 'Ubersicht_neu.pdf'],
    ['a\u00a0b\tc\nd', 'a_b_c_d'],
    ['a\0b', 'ab'],
    ['.bashrc', 'bashrc'],
    ['__init__.py', 'init__.py'],
    ['a;b"c\'d<e>.txt', 'abcde.txt'],
    ['日本.txt', 'txt'],
    ['..', ''],
    ['', ''],
    ['日本', ''],
    ['ﬁle①.txt', 'file1.txt'],
  ])('%j becomes %j (robustness.md P11)', (name, secure) => {
    expect(secureFilename(name)).toBe(secure)
  })

  test.each(['nul', 'CON.txt', 'com1.tar.gz', 'Aux.', 'prn .txt'])(
    'a device of Windows such as %j is none afterwards (robustness.md P7)',
    (name) => {
      expect(secureFilename(name)).not.toBe('')
      expect(isSafeName(secureFilename(name))).toBe(true)
    },
  )

  test('a long name keeps its extension', () => {
    const name = secureFilename(`${'x'.repeat(1000)}.tar`)
    expect(name).toMatch(/^x+\.tar$/)
    expect(name.length).toBeLessThanOrEqual(255)
    expect(secureFilename('x'.repeat(1000)).length).toBeLessThanOrEqual(255)
  })

  test('whatever the name, the result is safe everywhere, and safe names stay as they are', () => {
    const near = fc.string({
      unit: fc.constantFrom('a', '.', '_', '/', '\\', ' ', 'con', 'nul', 'ü', '\0', '-'),
    })
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary', maxLength: 400 })), (name) => {
        const secure = secureFilename(name)
        expect(secure).toMatch(/^[A-Za-z0-9_.-]*$/)
        if (secure !== '') expect(isSafeName(secure)).toBe(true)
        expect(secureFilename(secure)).toBe(secure)
      }),
      { numRuns: 1000 },
    )
  })

  test.each(['.', '_', ' ', '/', '._a'])(
    '100,000 times %j are read in one pass (robustness.md L5)',
    (unit) => {
      expect(secureFilename(`${unit.repeat(100_000)}a`)).toMatch(/a$/)
    },
  )
})

describe('secureFilename, character by character', () => {
  test('keeps letters, digits, underscores, dots and hyphens, and joins what white space parts', () => {
    for (let code = 0; code < 0x80; code++) {
      const character = String.fromCharCode(code)
      const kept = /[A-Za-z0-9_.-]/.test(character) ? `x${character}y` : 'xy'
      const parted = /[\s/\\]/.test(character)
      expect(secureFilename(`x${character}y`)).toBe(parted ? 'x_y' : kept)
    }
  })

  test.each([
    ['a  b\t\nc', 'a_b_c'],
    [' a ', 'a'],
    ['a/ /b', 'a_b'],
    ['a\u00a0b', 'a_b'],
    ['\u65e5\u672c', ''],
    ['a\u65e5b\u672cc', 'abc'],
    ['\u00e9\u00e8', 'ee'],
    ['\ufb01le', 'file'],
    ['\uff0e\uff0e\uff0fa', 'a'],
    ['..', ''],
    ['._.', ''],
    ['_a_', 'a'],
    ['.a.', 'a'],
    ['-a-', '-a-'],
    ['a..b', 'a..b'],
    ['', ''],
    ['con', '_con'],
    ['con.txt', '_con.txt'],
    ['COM\u00b9', '_COM1'],
    ['console', 'console'],
  ])('%j becomes %j', (filename, expected) => {
    expect(secureFilename(filename)).toBe(expected)
  })

  test('cuts to 254 characters, before an extension of up to 15', () => {
    const name = 'a'.repeat(300)
    expect(secureFilename('a'.repeat(254))).toHaveLength(254)
    expect(secureFilename(name)).toBe('a'.repeat(254))
    expect(secureFilename(`${name}.${'x'.repeat(15)}`)).toBe(`${'a'.repeat(238)}.${'x'.repeat(15)}`)
    expect(secureFilename(`${name}.${'x'.repeat(16)}`)).toBe('a'.repeat(254))
    expect(secureFilename(`${'a'.repeat(237)}...${name}.gz`)).toMatch(/^a{237}\.\.\.a{11}\.gz$/)
    expect(secureFilename(`${'a'.repeat(250)}_____.gz`)).toBe(`${'a'.repeat(250)}.gz`)
    expect(secureFilename(`con.${name}`)).toBe(`_con.${'a'.repeat(250)}`)
  })
})
