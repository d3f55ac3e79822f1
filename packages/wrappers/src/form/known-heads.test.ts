import { ContentTooLarge } from '@stapel/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FormLimits, formLimits } from './form-limits.ts'
import { KnownHeads } from './known-heads.ts'
import { type PartHead, PartHeadReader } from './part-head.ts'

const text = 'Content-Disposition: form-data; name="a"'

/** The head that a text makes, read in pieces of `size` bytes. */
function read(text: string, changes: Partial<FormLimits> = {}, size = 1000, boundary = 'b'): PartHead {
  const bytes = Buffer.from(`${text}\r\n\r\nrest`, 'latin1')
  const reader = new PartHeadReader(`--${boundary}`, formLimits(changes))
  for (let at = 0; reader.head === undefined; at += size) {
    const piece = bytes.subarray(at, at + size)
    for (let used = 0; used < piece.length && reader.head === undefined; ) used = reader.push(piece, used)
  }
  return reader.head
}

describe('a store of known heads', () => {
  test('gives what was added, by its text', () => {
    const known = new KnownHeads(10, 100)
    const head = read(text)
    known.add(text, head)
    expect(known.get(text)).toBe(head)
    expect(known.get(`${text} `)).toBeUndefined()
  })

  test('takes so many and no more, and never lets go of one', () => {
    const known = new KnownHeads(10, 100)
    for (let i = 0; i < 1000; i++) known.add(`${text}${i}`, read(text))
    const kept = Array.from({ length: 1000 }, (_, i) => i).filter(
      (i) => known.get(`${text}${i}`) !== undefined,
    )
    expect(kept).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test.each([
    ['a file name', `${text}; filename="a"`],
    ['a header that a boundary could begin', `--b: 1\r\n${text}`],
    ['a type', `${text}\r\nContent-Type: text/plain; charset=latin1`],
    ['more characters than are kept', `Content-Disposition: form-data; name="${'a'.repeat(100)}"`],
  ])('takes no head with %s', (_, other) => {
    const known = new KnownHeads(10, 100)
    known.add(other, read(other, {}, 1000, 'other'))
    expect(known.get(other)).toBeUndefined()
  })
})

describe('a head that was read before', () => {
  test('is given again where the whole of it has come', () => {
    expect(read(text)).toBe(read(text))
    expect(read(text, {}, 7)).not.toBe(read(text))
  })

  test('is under the limits of each form', () => {
    read(text)
    expect(() => read(text, { partHeaders: text.length + 3 })).toThrow(ContentTooLarge)
    expect(() => read(text, { partHeaderLines: 0 })).toThrow(ContentTooLarge)
    expect(read(text, { partHeaders: text.length + 4, partHeaderLines: 1 }).name).toBe('a')
  })

  test('is what reading it for the first time gives, or is refused as often', () => {
    const parameter = fc.oneof(
      fc.constantFrom(
        '; name="a"',
        '; name=é',
        '; name="%22"',
        '; filename="x"',
        '; a=b',
        '\r\nX: y',
        '\n',
        '',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    )
    fc.assert(
      fc.property(fc.array(parameter, { maxLength: 4 }), (parameters) => {
        const disposition = `Content-Disposition: form-data; name="a"${parameters.join('')}`
        // In pieces nothing is looked up.
        const first = outcome(() => read(disposition, {}, 3))
        expect(outcome(() => read(disposition))).toEqual(first)
        expect(outcome(() => read(disposition))).toEqual(first)
      }),
    )
  })
})

function outcome(read: () => PartHead): unknown {
  try {
    return read()
  } catch (error) {
    return String(error)
  }
}
