import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginning, placeAt, shift } from './walk-place.ts'
import { compareText, quoteText } from './walk-text.ts'

/** Whether generated code finds a text at a place. */
function finds(text: string, path: string, start: number): boolean {
  const at = compareText(text, shift(placeAt('start'), 1)) || 'true'
  return new Function('path', 'start', `return ${at}`)(path, start - 1)
}

test('compares a text with what stands at a place', () => {
  expect(finds('ab', '/ab/', 1)).toBe(true)
  expect(finds('ab', '/a', 1)).toBe(false)
  expect(finds('ab', '/b/ab', 3)).toBe(true)
  expect(finds('', '/', 1)).toBe(true)
})

test('compares long texts in pieces', () => {
  expect(compareText('a'.repeat(25), beginning).split(' && ')).toEqual([
    'path.slice(0, 12) === "aaaaaaaaaaaa"',
    'path.slice(12, 24) === "aaaaaaaaaaaa"',
    'path.slice(24, 25) === "a"',
  ])
})

test('compares as startsWith does, whatever the text is', () => {
  const unit = fc.constantFrom(
    'a',
    '"',
    "'",
    '`',
    '\\',
    `$\{`,
    '\n',
    '\u2028',
    '\u2029',
    '\ud800',
    '*/',
    '//',
  )
  const text = fc.string({ unit, maxLength: 30 })
  const property = fc.property(text, text, text, (before, wanted, got) => {
    const start = before.length + 1
    for (const path of [`${before}/${got}`, `${before}/${wanted}${got}`])
      expect(finds(wanted, path, start)).toBe(path.startsWith(wanted, start))
  })
  fc.assert(property, { numRuns: 500 })
})

test('no text leaves its literal', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }), (text) => {
      expect(new Function(`return ${quoteText(text)}`)()).toBe(text)
    }),
  )
})
