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

describe('names and file names', () => {
  test.each<[string, string, string | undefined]>([
    ['name="a"', 'a', undefined],
    ['name=a', 'a', undefined],
    ['NAME="a"', 'a', undefined],
    ['name=""', '', undefined],
    ['name="a;b=c"', 'a;b=c', undefined],
    ['name="a\\"b"', 'a"b', undefined],
    ['name="a%22b"', 'a"b', undefined],
    ['name="a%0D%0Ab"', 'a\r\nb', undefined],
    ['name="a%0d%0ab%22"', 'a\r\nb"', undefined],
    ['name="%41%2F%25"', '%41%2F%25', undefined],
    ['name="100%"', '100%', undefined],
    ['name="gr\xc3\xbcn"', 'gr\u00fcn', undefined],
    ['name="gr\xfcn"', 'gr\ufffdn', undefined],
    ['name="\xc3\xbc%22"', '\u00fc"', undefined],
    ['name="__proto__"', '__proto__', undefined],
    ['name="a[b][]"', 'a[b][]', undefined],
    ['name="a"; filename="b.txt"', 'a', 'b.txt'],
    ['filename="b.txt"; name="a"', 'a', 'b.txt'],
    ['name="a"; filename=""', 'a', ''],
    ['name="a"; filename="/etc/passwd"', 'a', 'passwd'],
    ['name="a"; filename="..\\\\..\\\\x.exe"', 'a', 'x.exe'],
    ['name="a"; filename="C:\\dir\\x.txt"', 'a', 'x.txt'],
    ['name="a"; filename="C:\\dir/x.txt"', 'a', 'x.txt'],
    ['name="a"; filename="dir/C:\\x.txt"', 'a', 'x.txt'],
    ['name="a"; filename="x/"', 'a', ''],
    ['name="a"; filename="."', 'a', ''],
    ['name="a"; filename=".."', 'a', ''],
    ['name="a"; filename="../.."', 'a', ''],
    ['name="a"; filename="..."', 'a', '...'],
    ['name="a"; filename=".x"', 'a', '.x'],
    ['name="a"; filename="\xe6\x97\xa5.txt"', 'a', '\u65e5.txt'],
    ['name="a"; filename="x%2Fy"', 'a', 'x%2Fy'],
    ['name="a"; filename="x%22y"', 'a', 'x"y'],
    ['name="a"; filename*=UTF-8\'\'x; filename="y"', 'a', 'y'],
    ['name="a"; other="b"', 'a', undefined],
  ])('of %j are %j and %j (RFC 7578 section 4.2)', (parameters, name, filename) => {
    const { head } = read([`Content-Disposition: form-data; ${parameters}`])
    expect([head?.name, head?.filename]).toEqual([name, filename])
  })

  test.each([
    'form-data',
    'form-data;',
    'form-data; filename="a"',
    'form-data; name="a"; name="b"',
    'form-data; name="a"; NAME="a"',
    'form-data; name="a"; filename="b"; filename="c"',
    'form-data; name',
    'form-data; name=',
    'form-data; name="a',
    'form-data; name="a" x',
    'form-data; name = "a"',
    'form-data name="a"',
    'attachment; name="a"',
    'form-datax; name="a"',
    '; name="a"',
    'name="a"',
    '',
    `form-data; name="a"${'; x=y'.repeat(200)}`,
  ])('are none in %j, which is answered 400', (value) => {
    expect(() => read([`Content-Disposition: ${value}`])).toThrow(
      'A part of the form lacks a valid Content-Disposition with one name.',
    )
  })

  test('are none without a Content-Disposition', () => {
    expect(() => read(['Content-Type: text/plain'])).toThrow('lacks a valid Content-Disposition')
  })
})

describe('a header of a part', () => {
  test.each([
    ['X:1', '1'],
    ['X: 1', '1'],
    ['X:\t \t1', '1'],
    ['X: 1 2', '1 2'],
    ['X: 1\t', '1\t'],
    ['X:', ''],
    ['X: ', ''],
    ['X: a:b', 'a:b'],
    ['X: \xff', '\xff'],
  ])('%j has the value %j', (line, value) => {
    expect(read([disposition, line]).head?.headers[1]).toEqual(['X', value])
  })

  test.each([
    [' X: 1', 'folded'],
    ['\tX: 1', 'folded'],
    [' ', 'folded'],
    ['X', 'malformed'],
    [': 1', 'malformed'],
    ['X : 1', 'malformed'],
    ['X Y: 1', 'malformed'],
    ['(X): 1', 'malformed'],
    ['X: \x7f', 'malformed'],
    ['X: \x1b', 'malformed'],
    ['--b: 1', 'malformed'],
    ['--bx: 1', 'malformed'],
  ])('%j is %s, and answered 400 (robustness.md F6)', (line, why) => {
    expect(() => read([disposition, line])).toThrow(why)
    expect(() => read([line, disposition])).toThrow(why)
    expect(() => read([disposition, line], 1)).toThrow(BadRequest)
  })

  test.each(['X: 1\nY: 2', '\n', 'X: 1\r\r\nY: 2', 'X: 1\n\r\nY: 2'])(
    'that ends otherwise than with CR LF is answered 400: %j',
    (line) => {
      expect(() => read([disposition, line])).toThrow(BadRequest)
    },
  )

  test('begins with the boundary only where it is one', () => {
    expect(read([disposition, '-b: 1', '--a: 1']).head?.headers).toHaveLength(3)
  })
})

describe('the limits of the headers of a part (robustness.md M5)', () => {
  const push = (text: string, limits: { partHeaders?: number; partHeaderLines?: number }, size: number) => {
    const reader = new PartHeadReader('--b', formLimits(limits))
    const bytes = Buffer.from(text, 'latin1')
    for (let start = 0; start < bytes.length; start += size) {
      const piece = bytes.subarray(start, start + size)
      for (let at = 0; at < piece.length && reader.head === undefined; ) at = reader.push(piece, at)
    }
    return reader.head
  }
  const text = `${disposition}\r\nX: 1\r\n\r\n`

  test.each([1, 7, 1000])('count every byte, in pieces of %d', (size) => {
    expect(push(text, { partHeaders: text.length }, size)?.name).toBe('a')
    expect(() => push(text, { partHeaders: text.length - 1 }, size)).toThrow(ContentTooLarge)
    expect(() => push('X'.repeat(500), { partHeaders: 499 }, size)).toThrow('more than 499 bytes of headers')
  })

  test.each([1, 7, 1000])('count every line, in pieces of %d', (size) => {
    expect(push(text, { partHeaderLines: 2 }, size)?.name).toBe('a')
    expect(() => push(text, { partHeaderLines: 1 }, size)).toThrow('more than 1 headers')
    expect(() => push(text, { partHeaderLines: 0 }, size)).toThrow(ContentTooLarge)
  })
})
