import { BadRequest, ContentTooLarge } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { type FormLimits, formLimits } from './form-limits.ts'
import { FormTally } from './form-tally.ts'
import { boundary, cut, multipart, type TestPart } from './multipart.test-support.ts'
import { MultipartGuard } from './multipart-guard.ts'
import type { PartHead } from './part-head.ts'

interface SeenPart {
  readonly name: string
  readonly filename: string | undefined
  readonly isFile: boolean
  readonly content: string
}

/** The parts of a body that is given in pieces. */
function guard(pieces: readonly Uint8Array[], changes: Partial<FormLimits> = {}): SeenPart[] {
  const parts: SeenPart[] = []
  const watching = watch((part) => parts.push(part), changes)
  for (const piece of pieces) watching.push(piece)
  watching.end()
  return parts
}

function watch(
  onPart: (part: SeenPart) => void,
  changes: Partial<FormLimits> = {},
  bound = boundary,
): MultipartGuard {
  const limits = formLimits(changes)
  let content = ''
  let head: PartHead | undefined
  return new MultipartGuard(bound, limits, new FormTally(limits), {
    begin(next) {
      head = next
      content = ''
    },
    content(bytes) {
      expect(bytes.length).toBeGreaterThan(0)
      content += bytes.toString('latin1')
    },
    end() {
      const { name, filename, isFile } = head as PartHead
      onPart({ name, filename, isFile, content })
    },
  })
}

function headOf(disposition: string): Omit<SeenPart, 'content'> | undefined {
  const bytes = multipart([{ headers: [`Content-Disposition: ${disposition}`], content: 'x' }])
  const [part] = guard([bytes])
  return part && { name: part.name, filename: part.filename, isFile: part.isFile }
}

/** What a body is refused with, the same for every cut into pieces of one size. */
function refusal(bytes: Uint8Array, limits: Partial<FormLimits> = {}): unknown {
  const errors = [bytes.length || 1, 1, 2, 7].map((size) => {
    try {
      guard(cut(bytes, size), limits)
    } catch (error) {
      return error as Error
    }
    return new Error('It was accepted.')
  })
  expect(new Set(errors.map((error) => error.message)).size).toBe(1)
  return errors[0]
}

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1')

describe('the heads of parts', () => {
  test('are given in order', () => {
    const bytes = multipart([
      { name: 'a', content: '1' },
      { name: 'f', filename: 'x.png', type: 'image/png', content: '\0\r\n' },
      { name: 'a', content: '' },
    ])
    expect(guard([bytes])).toEqual([
      { name: 'a', filename: undefined, isFile: false, content: '1' },
      { name: 'f', filename: 'x.png', isFile: true, content: '\0\r\n' },
      { name: 'a', filename: undefined, isFile: false, content: '' },
    ])
  })

  test.each([
    ['form-data; name="a"', { name: 'a', filename: undefined, isFile: false }],
    ['FORM-DATA; NAME=a', { name: 'a', filename: undefined, isFile: false }],
    ['form-data; name=""', { name: '', filename: undefined, isFile: false }],
    ['form-data; filename="b"; name="a"', { name: 'a', filename: 'b', isFile: true }],
    ['form-data; name="a"; filename=""', { name: 'a', filename: '', isFile: true }],
    ['form-data; name="a;b=\\"c\\""', { name: 'a;b="c"', filename: undefined, isFile: false }],
    ['form-data; name="%22a%0D%0Ab%zz%41"', { name: '"a\r\nb%zz%41', filename: undefined, isFile: false }],
    ['form-data; name="__proto__"', { name: '__proto__', filename: undefined, isFile: false }],
  ])('%s', (disposition, head) => {
    expect(headOf(disposition)).toEqual(head)
  })

  test('names are UTF-8', () => {
    const bytes = multipart([{ name: 'grün', filename: '🌲.png', content: '' }])
    expect(guard([bytes])).toMatchObject([{ name: 'grün', filename: '🌲.png' }])
  })

  test.each([
    ['../../etc/passwd', 'passwd'],
    [String.raw`C:\Users\ada\photo.png`, 'photo.png'],
    ['/', ''],
    ['..', ''],
    ['a/..', ''],
    ['a/.', ''],
    ['.env', '.env'],
  ])('of the file name %j the last segment is left (P11)', (filename, last) => {
    expect(guard([multipart([{ filename, content: '' }])])[0]?.filename).toBe(last)
  })

  test('filename* is ignored, which RFC 7578 rules out (robustness.md F6)', () => {
    expect(headOf(`form-data; name="a"; filename="plain.txt"; filename*=utf-8''evil.txt`)?.filename).toBe(
      'plain.txt',
    )
    expect(headOf(`form-data; name="a"; filename*=utf-8''evil.txt`)?.filename).toBeUndefined()
  })
})

test('a body is read the same whatever its pieces (robustness.md F5)', () => {
  const bytes = multipart([
    { name: 'a', content: `\r\n--${boundary.slice(0, -1)}\r\n--\r` },
    { name: 'b', filename: 'f', content: '\r\n\r\n' },
    { name: 'c', content: '' },
  ])
  const whole = guard([bytes])
  expect(whole.map((part) => part.name)).toEqual(['a', 'b', 'c'])
  for (let size = 1; size < 100; size++) expect(guard(cut(bytes, size))).toEqual(whole)
  for (let at = 0; at <= bytes.length; at++) {
    expect(guard([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole)
  }
})

test('a body that stops anywhere is refused (robustness.md F1)', () => {
  const bytes = multipart([{ name: 'a', content: 'x' }], `--${boundary}--`)
  for (let at = 0; at < bytes.length; at++) {
    expect(refusal(bytes.subarray(0, at))).toBeInstanceOf(BadRequest)
  }
  expect(guard([bytes])).toHaveLength(1)
})

test('what follows the last boundary does not matter', () => {
  const bytes = multipart([{ name: 'a', content: 'x' }], `--${boundary}--epilogue\r\n--${boundary}\r\nmore`)
  expect(guard(cut(bytes, 3))).toHaveLength(1)
})

test('what precedes the first boundary does not matter within its limit (robustness.md M3)', () => {
  const bytes = multipart([{ content: 'x' }])
  const before = (size: number): Uint8Array => Buffer.concat([Buffer.alloc(size, 'x'), ascii('\r\n'), bytes])
  expect(guard(cut(before(90), 7), { preamble: 100 })).toHaveLength(1)
  expect(refusal(before(200), { preamble: 100 })).toBeInstanceOf(BadRequest)
})

test('boundaries with characters that expressions have a meaning for are only text (robustness.md F5)', () => {
  const odd = "a+b?c.(d)'=:"
  const watching = watch(() => {}, {}, odd)
  watching.push(ascii(`--${odd}\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--${odd}--`))
  watching.end()
})

describe('what is broken is refused (robustness.md F6)', () => {
  const part = (headers: string[], content = 'x'): Uint8Array => multipart([{ headers, content }])
  const disposition = 'Content-Disposition: form-data; name="a"'

  test.each<[string, Uint8Array]>([
    ['a folded header', part([disposition, ' folded: x'])],
    ['no Content-Disposition', part(['Content-Type: text/plain'])],
    ['no headers', ascii(`--${boundary}\r\n\r\nx\r\n--${boundary}--`)],
    ['two of them', part([disposition, disposition])],
    ['another type', part(['Content-Disposition: attachment; name="a"'])],
    ['no name', part(['Content-Disposition: form-data'])],
    ['no name but a file name', part(['Content-Disposition: form-data; filename="a"'])],
    ['two names', part(['Content-Disposition: form-data; name="a"; name="b"'])],
    ['two file names', part(['Content-Disposition: form-data; name="a"; filename="b"; filename="c"'])],
    ['an open quote', part(['Content-Disposition: form-data; name="a'])],
    ['a line that is no header', part([disposition, 'nonsense'])],
    ['a header without a name', part([disposition, ': x'])],
    ['a space before the colon', part(['Content-Disposition : form-data; name="a"'])],
    ['a line that ends without CR', ascii(`--${boundary}\r\n${disposition}\n\r\nx\r\n--${boundary}--`)],
    ['text after a boundary', ascii(`--${boundary}x\r\n${disposition}\r\n\r\nx\r\n--${boundary}--`)],
    ['spaces after a boundary', ascii(`--${boundary}  \r\n${disposition}\r\n\r\nx\r\n--${boundary}--`)],
    [
      'one dash after the last boundary',
      ascii(`--${boundary}\r\n${disposition}\r\n\r\nx\r\n--${boundary}-x`),
    ],
    ['a boundary right after the headers', ascii(`--${boundary}\r\n${disposition}\r\n\r\n--${boundary}--`)],
    [
      'a boundary among the headers',
      ascii(`--${boundary}\r\n${disposition}\r\n--${boundary}: x\r\n\r\nx\r\n--${boundary}--`),
    ],
    ['line feeds for line ends', ascii(`--${boundary}\n${disposition}\n\nx\n--${boundary}--\n`)],
    ['another boundary', ascii('--other\r\n\r\n--other--')],
    ['nothing', new Uint8Array(0)],
  ])('%s', (_name, bytes) => {
    expect(refusal(bytes)).toBeInstanceOf(BadRequest)
  })
})

describe('what is too much is answered 413', () => {
  const parts = (count: number): TestPart[] => Array.from({ length: count }, () => ({ content: '' }))

  test('one part more than allowed (robustness.md M1)', () => {
    expect(guard([multipart(parts(3))], { parts: 3 })).toHaveLength(3)
    expect(refusal(multipart(parts(4)), { parts: 3 })).toBeInstanceOf(ContentTooLarge)
  })

  test('is refused before the part is read (robustness.md M1)', () => {
    const watching = watch(() => {}, { parts: 1 })
    expect(() => watching.push(multipart(parts(1), `--${boundary}\r\n`))).toThrow(ContentTooLarge)
  })

  test('the headers of a part (robustness.md M3)', () => {
    const headers = ['Content-Disposition: form-data; name="a"', `X-Long: ${'x'.repeat(100)}`]
    expect(guard([multipart([{ headers, content: '' }])], { partHeaders: 200 })).toHaveLength(1)
    expect(refusal(multipart([{ headers, content: '' }]), { partHeaders: 100 })).toBeInstanceOf(
      ContentTooLarge,
    )
  })

  test('headers that never end (robustness.md M3)', () => {
    const watching = watch(() => {})
    watching.push(ascii(`--${boundary}\r\n`))
    expect(() => {
      for (let i = 0; i < 1000; i++) watching.push(ascii('x'.repeat(100)))
    }).toThrow(ContentTooLarge)
  })

  test('the lines of the headers of a part (robustness.md M3)', () => {
    const headers = ['Content-Disposition: form-data; name="a"', 'X: 1', 'X: 2']
    expect(guard([multipart([{ headers, content: '' }])], { partHeaderLines: 3 })).toHaveLength(1)
    expect(refusal(multipart([{ headers, content: '' }]), { partHeaderLines: 2 })).toBeInstanceOf(
      ContentTooLarge,
    )
  })
})

describe('the time is linear in the length (robustness.md L5)', () => {
  const long = 'b'.repeat(70)

  /** The least time of five readings of a file of these bytes, in milliseconds. */
  function cost(content: Buffer, size: number): number {
    const head = ascii(`--${long}\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n`)
    const pieces = [head, ...cut(content, size), ascii(`\r\n--${long}--`)]
    const times = Array.from({ length: 5 }, () => {
      let seen = 0
      const limits = formLimits()
      const watching = new MultipartGuard(long, limits, new FormTally(limits), {
        begin() {},
        content: (bytes) => {
          seen += bytes.length
        },
        end() {},
      })
      const start = performance.now()
      for (const piece of pieces) watching.push(piece)
      const time = performance.now() - start
      expect(seen).toBe(content.length)
      return time
    })
    return Math.min(...times)
  }

  test.each([
    ['beginnings of the boundary', `\r\n--${long.slice(1)}`, 65_536],
    ['line ends', '\r\n', 65_536],
    ['the letter of the boundary', 'b', 65_536],
    ['beginnings of the boundary in pieces of 7 bytes', `\r\n--${long.slice(1)}`, 7],
  ])('of %s', (_name, repeat, size) => {
    const small = cost(Buffer.alloc(131_072, repeat), size)
    const large = cost(Buffer.alloc(1_048_576, repeat), size)
    // Eight times the bytes; quadratic would be 64 times the time.
    expect(large).toBeLessThan(24 * Math.max(small, 0.5))
  })
})

describe('what is broken is told apart, and told at once', () => {
  const disposition = 'Content-Disposition: form-data; name="a"'

  test.each([
    [`--${boundary} `, 'a boundary that is no line of its own'],
    [`--${boundary}\n`, 'a boundary that is no line of its own'],
    [`--${boundary}-x`, 'a boundary that is no line of its own'],
    [`--${boundary}\rx`, 'a boundary that is no line of its own'],
    [`--${boundary}x`, 'a boundary that is no line of its own'],
    [
      `--${boundary}\r\n${disposition}\r\n\r\n--${boundary}`,
      'no line end between its headers and the next boundary',
    ],
    [`--${boundary}\r\n${disposition}\n`, 'does not end with CR LF'],
    [`--${boundary}\r\n ${disposition}\r\n`, 'a folded header'],
    [`--${boundary}\r\n\r\n`, 'lacks a valid Content-Disposition'],
    [`--${boundary}\r\n--${boundary}--\r\n`, 'a malformed header'],
  ])('%j: %s', (text, message) => {
    for (const size of [1, 2, 5, text.length]) {
      const watching = watch(() => {})
      expect(() => {
        for (const piece of cut(ascii(text), size)) watching.push(piece)
      }).toThrow(message)
    }
  })

  test('what precedes the first boundary is counted without its line end', () => {
    for (const size of [1, 3, 1000]) {
      const read = (before: string) =>
        guard(cut(Buffer.concat([ascii(`${before}\r\n`), multipart([{ content: 'x' }])]), size), {
          preamble: 10,
        })
      expect(read('x'.repeat(10))).toHaveLength(1)
      expect(() => read('x'.repeat(11))).toThrow('more than 10 bytes before its first boundary')
    }
  })
})

test.each([
  '',
  '-',
  '--',
  '-\r\n',
  `--${boundary.slice(0, -1)}`,
  `-${boundary}`,
  '\r',
  '\r\n',
  '\r\n-',
  '\r\n--x',
  '\n--',
  '\0',
])('a content of %j is given as it is, whatever the pieces', (content) => {
  const bytes = multipart([
    { name: 'a', content },
    { name: 'b', filename: 'f', content: `${content}x${content}` },
  ])
  for (let size = 1; size <= bytes.length; size++) {
    expect(guard(cut(bytes, size)).map((part) => part.content)).toEqual([content, `${content}x${content}`])
  }
})
