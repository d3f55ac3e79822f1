import { BadRequest, ContentTooLarge } from '@stapel/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formLimits } from './form-limits.ts'
import { type PartHead, PartHeadReader } from './part-head.ts'

/** The head that lines make, and how many bytes were taken, read in pieces of `size` bytes. */
function read(lines: readonly string[], size = 1000): { head: PartHead | undefined; taken: number } {
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\nrest`, 'latin1')
  const reader = new PartHeadReader('--b', formLimits())
  let taken = 0
  for (let at = 0; at < bytes.length && reader.head === undefined; at += size) {
    const piece = bytes.subarray(at, at + size)
    let used = 0
    while (used < piece.length && reader.head === undefined) used = reader.push(piece, used)
    taken = at + used
  }
  return { head: reader.head, taken }
}

const disposition = 'Content-Disposition: form-data; name="a"'

test('takes the bytes up to the empty line, whatever the pieces', () => {
  const lines = [disposition, 'Content-Type: Text/CSV; charset=utf-8', 'X-Mark:\t1']
  for (const size of [1, 2, 3, 10, 1000]) {
    const { head, taken } = read(lines, size)
    expect(taken).toBe(lines.join('\r\n').length + 4)
    expect(head).toEqual({
      name: 'a',
      filename: undefined,
      type: 'text/csv',
      isFile: false,
      headers: [
        ['Content-Disposition', 'form-data; name="a"'],
        ['Content-Type', 'Text/CSV; charset=utf-8'],
        ['X-Mark', '1'],
      ],
    })
  }
})

describe('a file', () => {
  test.each<[string[], boolean]>([
    [[disposition], false],
    [[`${disposition}; filename="x"`], true],
    [[`${disposition}; filename=""`], true],
    [[`${disposition}; filename*=utf-8''x`], false],
    [[disposition, 'content-type: application/octet-stream'], true],
    [[disposition, 'Content-Type: Application/Octet-Stream; a=b'], true],
    [[disposition, 'Content-Type: application/octet-stream; broken'], false],
    [[disposition, 'Content-Type: image/png'], false],
  ])('%j: %s', (lines, isFile) => {
    expect(read(lines).head?.isFile).toBe(isFile)
  })
})

test.each(['', 'nonsense', 'text', 'a/b; c'])('the type %j, which is none, is text/plain', (type) => {
  expect(read([disposition, `Content-Type: ${type}`]).head?.type).toBe('text/plain')
})

test.each([
  [[disposition, 'Content-Type: text/plain', 'content-type: text/html']],
  [[disposition, disposition.toUpperCase()]],
  [[disposition, 'X: a\0b']],
  [[disposition, 'X: a\rb']],
  [[disposition, 'X\x80: a']],
  [['content-disposition: form-data; name=a b']],
])('%j is answered 400 (robustness.md F6)', (lines) => {
  expect(() => read(lines)).toThrow(BadRequest)
})

test('any bytes give a head, want more, or are refused (robustness.md L1)', () => {
  const piece = fc.constantFrom(
    disposition,
    '; filename="',
    '"',
    '\r\n',
    '\n',
    ':',
    '\\',
    '%22',
    '\xff',
    '\0',
    ' ',
    '--b',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 5 }))), (pieces) => {
      const reader = new PartHeadReader('--b', formLimits({ partHeaders: 200 }))
      const bytes = Buffer.from(pieces.join(''), 'latin1')
      try {
        let at = 0
        while (at < bytes.length && reader.head === undefined) {
          const next = reader.push(bytes, at)
          expect(next).toBeGreaterThan(at)
          at = next
        }
      } catch (error) {
        expect(error instanceof BadRequest || error instanceof ContentTooLarge).toBe(true)
      }
    }),
  )
})
