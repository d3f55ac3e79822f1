import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeControls, escapeLines, paletteFor, plain } from './terminal.ts'

// robustness.md H4
test('control and direction characters become escapes, other text stays', () => {
  expect(escapeControls('/a\x1b[2Jb\r\n\x7f\x9b\u202e/ä→😀')).toBe(
    '/a\\x1b[2Jb\\x0d\\x0a\\x7f\\x9b\\u202e/ä→😀',
  )
})

test('line breaks and tabs of a message stay', () => {
  expect(escapeLines('one\r\n\ttwo\rthree\x00')).toBe('one\n\ttwo\nthree\\x00')
})

test('no text escapes the line it is printed on', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
      expect(escapeControls(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/)
    }),
  )
})

test('there are colours on a terminal only, and not with NO_COLOR', () => {
  expect(paletteFor({ isTTY: true }, {}).red('x')).toBe('\x1b[31mx\x1b[39m')
  expect(paletteFor({ isTTY: true }, { NO_COLOR: '' }).red('x')).toBe('\x1b[31mx\x1b[39m')
  expect(paletteFor({ isTTY: true }, { NO_COLOR: '1' })).toBe(plain)
  expect(paletteFor({}, {})).toBe(plain)
  expect(paletteFor({ isTTY: true }, { TERM: 'dumb' })).toBe(plain)
})

test('FORCE_COLOR decides where it is set', () => {
  expect(paletteFor({}, { FORCE_COLOR: '1', NO_COLOR: '1' }).red('x')).toBe('\x1b[31mx\x1b[39m')
  expect(paletteFor({}, { FORCE_COLOR: '' }).red('x')).toBe('\x1b[31mx\x1b[39m')
  expect(paletteFor({ isTTY: true }, { FORCE_COLOR: '0' })).toBe(plain)
})
