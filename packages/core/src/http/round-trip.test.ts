import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFieldValue } from './field.ts'
import * as vocabulary from './index.ts'
import { pairs, readers } from './parsers.test-support.ts'

describe.each(Object.entries(pairs))('%s', (_name, { parse, format, seeds }) => {
  /** Fields as they might arrive: pieces of right ones in any order, with what separates and breaks them. */
  const near = fc.string({
    unit: fc.constantFrom(
      ...seeds,
      ...seeds,
      ',',
      ', ',
      ';',
      '=',
      '"',
      '\\',
      ' ',
      '\t',
      '/',
      'x',
      '1',
      'ä',
      '\xa0',
    ),
    maxLength: 12,
  })
  const any = fc.string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
  })
  const field = fc.oneof({ weight: 3, arbitrary: near }, any).filter(isFieldValue)

  test.each([...seeds])('reads %j and what is written of it alike', (seed) => {
    const written = format(seed)
    if (written !== undefined) expect(format(written)).toBe(written)
    expect(parse(written ?? seed)).toEqual(parse(seed))
  })

  test('gives for any field what can be written, and is read back the same', () => {
    fc.assert(
      fc.property(field, (text) => {
        const value = parse(text)
        const written = format(text)
        if (written === undefined) return
        expect(isFieldValue(written)).toBe(true)
        expect(comparable(parse(written))).toEqual(comparable(value))
        expect(format(written)).toBe(written)
      }),
      { numRuns: 300 },
    )
  })
})

/** A file name that is written anew has other parameters: those of before are not kept by it. */
function comparable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('filename' in value)) return value
  const { parameters: _, ...rest } = value as { parameters?: unknown }
  return rest
}

test.each(Object.entries(readers))('%s reads any text without an error', (_name, read) => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary-ascii', maxLength: 200 })),
      (text) => {
        expect(() => read(text)).not.toThrow()
      },
    ),
    { numRuns: 200 },
  )
})

test('every parser of the vocabulary is tried here', () => {
  const tried = new Set<unknown>(Object.values(readers))
  const missing = Object.entries(vocabulary)
    .filter(([name, value]) => name.startsWith('parse') && !tried.has(value) && !(name in readers))
    .map(([name]) => name)
  expect(missing).toEqual([])
})
