import { BadRequest, ClientDisconnected, ContentTooLarge, type HTTPError } from '@stapel/core'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { type FormLimits, formLimits } from './form-limits.ts'
import { boundary, cut, entriesOf, inputOf, multipart } from './multipart.test-support.ts'
import { MultipartReader } from './multipart.ts'
import { TemporaryFiles } from './temporary-files.ts'

let files = new TemporaryFiles()

afterEach(async () => {
  await files.remove()
  files = new TemporaryFiles()
})

function read(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  limits: Partial<FormLimits> = {},
): Promise<FormData> {
  const input = Symbol.asyncIterator in pieces ? pieces : inputOf(pieces)
  return new MultipartReader(input, boundary, formLimits(limits), files).read()
}

async function refusal(bytes: Uint8Array, limits: Partial<FormLimits> = {}): Promise<HTTPError> {
  return read(cut(bytes, 16), limits).then(
    () => Promise.reject(new Error('It was accepted.')),
    (error: HTTPError) => error,
  )
}

describe('a form', () => {
  test('gives fields and files in their order, repeats kept', async () => {
    const form = await read([
      multipart([
        { name: 'a', content: '1' },
        { name: 'file', filename: 'grün.txt', type: 'text/markdown', content: 'Hällo' },
        { name: 'a', content: '2' },
        { name: 'file', filename: '', type: 'application/octet-stream', content: '' },
      ]),
    ])
    expect(await entriesOf(form)).toEqual([
      ['a', '1'],
      ['file', 'grün.txt', 'text/markdown', 'Hällo'],
      ['a', '2'],
      ['file', '', 'application/octet-stream', ''],
    ])
    expect(form.getAll('file')[0]).toBeInstanceOf(File)
  })

  test('without parts is empty', async () => {
    expect([...(await read([multipart([])]))]).toEqual([])
  })

  test('has hostile names as data (robustness.md K1)', async () => {
    const names = ['__proto__', 'constructor', 'a[b][c]', 'a.b', 'toString']
    const form = await read([multipart(names.map((name) => ({ name, content: 'x' })))])
    expect([...form.keys()]).toEqual(names)
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  test('bytes without a file name are a file called blob', async () => {
    const form = await read([multipart([{ name: 'a', type: 'application/octet-stream', content: 'x' }])])
    expect(await entriesOf(form)).toEqual([['a', 'blob', 'application/octet-stream', 'x']])
  })

  test('a file name makes a file, also an empty one; filename* is ignored (robustness.md F6)', async () => {
    const disposition = 'Content-Disposition: form-data; name="a"'
    const form = await read([
      multipart([
        { headers: [`${disposition}; filename=""`], content: 'x' },
        { headers: [`${disposition}; filename*=utf-8''evil.txt`], content: 'y' },
        { headers: [`${disposition}; filename="plain.txt"; filename*=utf-8''evil.txt`], content: 'z' },
      ]),
    ])
    expect(await entriesOf(form)).toEqual([
      ['a', '', 'text/plain', 'x'],
      ['a', 'y'],
      ['a', 'plain.txt', 'text/plain', 'z'],
    ])
  })

  test('a field in another charset is decoded, in an unknown one answered 400', async () => {
    const latin1 = { name: 'a', type: 'text/plain; charset=iso-8859-1', content: Uint8Array.from([0xfc]) }
    expect((await read([multipart([latin1])])).get('a')).toBe('ü')
    const unknown = { name: 'a', type: 'text/plain; charset=__proto__', content: 'x' }
    expect(await refusal(multipart([unknown]))).toBeInstanceOf(BadRequest)
  })
})

describe('every cut of the same bytes gives the same form (robustness.md F5)', () => {
  const bytes = multipart([
    { name: 'a', content: `\r\n--${boundary.slice(0, -1)}\r\n-` },
    { name: 'f', filename: 'x', type: 'image/png', content: '\r\n--\r\n\r\n\0\r' },
    { name: 'b', content: '' },
    { name: 'g', filename: 'y', type: 'image/png', content: '' },
  ])

  test('in pieces of every size', async () => {
    const whole = await entriesOf(await read([bytes]))
    expect(whole).toHaveLength(4)
    for (let size = 1; size < bytes.length; size += size < 30 ? 1 : 11) {
      expect(await entriesOf(await read(cut(bytes, size)))).toEqual(whole)
    }
  })

  test('in two pieces, cut at every offset', async () => {
    const whole = await entriesOf(await read([bytes]))
    for (let at = 1; at < bytes.length; at++) {
      expect(await entriesOf(await read([bytes.subarray(0, at), bytes.subarray(at)]))).toEqual(whole)
    }
  })

  test('any contents come back as they were sent', async () => {
    const content = fc.uint8Array({ maxLength: 60 }).map((noise) => Buffer.from(noise))
    const near = fc.constantFrom('\r', '\n', '\r\n', '--', `--${boundary.slice(0, 5)}`, '\r\n--', 'x')
    const contents = fc.array(
      fc.oneof(
        content,
        near.map((text) => Buffer.from(text)),
      ),
      { maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          contents.map((all) => Buffer.concat(all)),
          { maxLength: 4 },
        ),
        fc.integer({ min: 1, max: 50 }),
        async (files, size) => {
          const body = multipart(files.map((file) => ({ filename: 'f', type: 'image/png', content: file })))
          const form = await read(cut(body, size))
          const got = await Promise.all(
            [...form.values()].map(async (file) => Buffer.from(await (file as File).arrayBuffer())),
          )
          expect(got).toEqual(files)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a form that is cut off or broken rejects at once (robustness.md F1)', () => {
  test('cut at every offset', async () => {
    const bytes = multipart(
      [
        { name: 'a', content: 'x' },
        { name: 'f', filename: 'y', type: 'image/png', content: 'z'.repeat(20) },
      ],
      `--${boundary}--`,
    )
    for (let at = 0; at < bytes.length; at++) {
      await expect(read(cut(bytes.subarray(0, at), 16))).rejects.toThrow(BadRequest)
    }
  })

  test('without waiting for the rest of the input', async () => {
    const broken = multipart([{ headers: ['nonsense'], content: '' }])
    let returned = 0
    const input: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => {
        let given = 0
        return {
          next: () =>
            given++ === 0 ? Promise.resolve({ done: false, value: broken }) : new Promise(() => {}),
          return: () => {
            returned++
            return new Promise(() => {})
          },
        }
      },
    }
    await expect(read(input)).rejects.toThrow(BadRequest)
    expect(returned).toBe(1)
  })

  test('what busboy alone finds is answered 400, too', async () => {
    const control = { headers: ['Content-Disposition: form-data; name="a"', 'X-Control: a\0b'], content: '' }
    expect(await refusal(multipart([control]))).toBeInstanceOf(BadRequest)
    const malformed = { headers: ['Content-Disposition: form-data; name="a"; x=a b'], content: '' }
    expect(await refusal(multipart([malformed]))).toBeInstanceOf(BadRequest)
  })
})

describe('a client that leaves (robustness.md F2)', () => {
  test.each([0, 1, 40, 120, 160, 200])('after %i bytes rejects with ClientDisconnected', async (at) => {
    const bytes = multipart([
      { name: 'a', content: 'x' },
      { name: 'f', filename: 'y', type: 'image/png', content: 'z'.repeat(50) },
    ])
    async function* left(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, at)
      throw new ClientDisconnected()
    }
    await expect(read(left())).rejects.toThrow(ClientDisconnected)
  })
})

describe('limits', () => {
  const file = (size: number): { filename: string; type: string; content: string } => ({
    filename: 'f',
    type: 'image/png',
    content: 'x'.repeat(size),
  })

  test('at the limit everything is accepted', async () => {
    const bytes = multipart([{ name: 'abc', content: '12345' }, file(20), file(20)])
    const form = await read(cut(bytes, 16), {
      total: bytes.length,
      file: 20,
      files: 2,
      parts: 3,
      field: 5,
      fields: 8,
      name: 4,
    })
    expect([...form]).toHaveLength(3)
  })

  test.each<[string, Uint8Array, Partial<FormLimits>]>([
    ['the whole content (robustness.md M5)', multipart([file(100)]), { total: 100 }],
    ['a file', multipart([file(21)]), { file: 20 }],
    ['files (robustness.md M1)', multipart([file(1), file(1)]), { files: 1 }],
    ['parts (robustness.md M1)', multipart([{ content: '' }, { content: '' }]), { parts: 1 }],
    ['no parts at all', multipart([{ content: '' }]), { parts: 0 }],
    ['a field (robustness.md M7)', multipart([{ content: '123456' }]), { field: 5 }],
    ['a field of many bytes (robustness.md M7)', multipart([{ content: 'ü'.repeat(3) }]), { field: 5 }],
    [
      'all fields together (robustness.md M2)',
      multipart([
        { name: 'a', content: '12' },
        { name: 'b', content: '34' },
      ]),
      { fields: 5 },
    ],
    ['a name', multipart([{ name: 'abcd', content: '' }]), { name: 3 }],
  ])('one more is answered 413: %s', async (_name, bytes, limits) => {
    expect(await refusal(bytes, limits)).toBeInstanceOf(ContentTooLarge)
  })

  test('the reading stops as soon as one is passed, without reading the rest (robustness.md M5)', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield multipart([], `--${boundary}\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n`)
      for (;;) {
        given += 1000
        yield new Uint8Array(1000)
      }
    }
    await expect(read(endless(), { total: 50_000 })).rejects.toThrow(ContentTooLarge)
    expect(given).toBeLessThan(60_000)
  })

  test('a thousand files of a hundred allowed are refused early (robustness.md M1)', async () => {
    const bytes = multipart(Array.from({ length: 1000 }, () => file(10)))
    expect(await refusal(bytes)).toMatchObject({
      status: 413,
      description: 'The form has more than 100 files.',
    })
  })
})

test('fail ends a reading that waits', async () => {
  async function* stalled(): AsyncGenerator<Uint8Array> {
    yield multipart([], `--${boundary}\r\n`)
    await new Promise(() => {})
  }
  const reader = new MultipartReader(stalled(), boundary, formLimits(), files)
  const form = reader.read()
  reader.fail(new Error('over'))
  await expect(form).rejects.toThrow('over')
  reader.fail(new Error('again'))
})
