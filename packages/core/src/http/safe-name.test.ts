import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDeviceName, isDotfile, isSafeName } from './safe-name.ts'

describe('isSafeName', () => {
  test.each(['a', 'cat.png', '.htaccess', '...b', 'a..b', 'a .txt', 'ü ñ', 'null.txt', 'console', 'com10'])(
    '%j stands for one entry on every system',
    (name) => {
      expect(isSafeName(name)).toBe(true)
    },
  )

  test.each(['', '.', '..', '...', 'a.', 'a ', 'a/b', '/a', 'a/', 'a\0b'])(
    'refuses %j (robustness.md P1, P2)',
    (name) => {
      expect(isSafeName(name)).toBe(false)
    },
  )

  test.each(['..\\a', 'a\\b', 'C:', 'c:a', 'a::$DATA', 'NUL', 'nul.txt', 'CONIN$', 'LPT9 .x'])(
    'refuses %j on every system (robustness.md P7)',
    (name) => {
      expect(isSafeName(name)).toBe(false)
    },
  )

  test('takes no longer name than file systems do', () => {
    expect(isSafeName('a'.repeat(255))).toBe(true)
    expect(isSafeName('a'.repeat(256))).toBe(false)
  })

  test('whatever the name, a safe one holds no separator and is no step up', () => {
    const near = fc.string({ unit: fc.constantFrom('a', '.', '/', '\\', ':', '\0', ' ', 'con', 'nul', '$') })
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (name) => {
        if (isSafeName(name)) expect(name).not.toMatch(/[/\\:\0]|^\.{1,2}$|[. ]$/)
      }),
    )
  })
})

describe('isDeviceName', () => {
  test.each([
    ...['con', 'PRN', 'Aux', 'nul', 'CONIN$', 'conout$', 'CLOCK$'],
    ...['com0', 'COM1', 'lpt9', 'com\u00b9', 'LPT\u00b2', 'com\u00b3'],
    ...['nul.txt', 'NUL .tar.gz', 'com1.', 'aux '],
  ])('%j is a device (robustness.md P7)', (name) => {
    expect(isDeviceName(name)).toBe(true)
  })

  test.each(['', 'com', 'com10', 'lpta', 'console', 'null', 'a.nul', ' nul', 'conin', 'nul-1', 'auxa.txt'])(
    '%j is none',
    (name) => {
      expect(isDeviceName(name)).toBe(false)
    },
  )
})

test('a dotfile begins with a dot and is not .well-known', () => {
  expect(isDotfile('.env')).toBe(true)
  expect(isDotfile('..env')).toBe(true)
  expect(isDotfile('.Well-Known')).toBe(true)
  expect(isDotfile('.well-known')).toBe(false)
  expect(isDotfile('env.')).toBe(false)
})
