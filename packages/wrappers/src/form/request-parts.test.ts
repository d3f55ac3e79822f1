import { BadRequest, ClientDisconnected, ContentTooLarge, UnsupportedMediaType, validate } from '@stapel/core'
import { Client, createEnviron } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormPart, Request, Response } from '../index.ts'
import { type FormLimits, formLimits } from './form-limits.ts'
import { boundary, cut, multipart } from './multipart.test-support.ts'
import { MultipartParts } from './multipart-parts.ts'

const type = `multipart/form-data; boundary=${boundary}`

function requestOf(body: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Request {
  return new Request(createEnviron('/', { method: 'POST', headers: { 'Content-Type': type }, body }))
}

/** What is in the parts of a body, read in order. */
async function read(
  body: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  limits: Partial<FormLimits> = {},
): Promise<unknown[]> {
  const entries: unknown[] = []
  for await (const part of requestOf(body).parts(limits)) {
    entries.push([part.name, part.filename, part.type, await part.text()])
  }
  return entries
}

const mixed = multipart([
  { name: 'a', content: '1' },
  { name: 'file', filename: 'grün.txt', type: 'text/markdown', content: 'Hällo\r\n--' },
  { name: '__proto__', content: '' },
  { name: 'file', filename: '', type: 'application/octet-stream', content: '' },
  { name: 'a', content: '2' },
])
const mixedEntries = [
  ['a', undefined, 'text/plain', '1'],
  ['file', 'grün.txt', 'text/markdown', 'Hällo\r\n--'],
  ['__proto__', undefined, 'text/plain', ''],
  ['file', '', 'application/octet-stream', ''],
  ['a', undefined, 'text/plain', '2'],
]

test('an upload is read part by part', async () => {
  const app = Request.application(async (request) => {
    const sizes: [string, number][] = []
    for await (const part of request.parts()) {
      let size = 0
      for await (const bytes of part) size += bytes.byteLength
      sizes.push([part.name, size])
    }
    return Response.json(sizes)
  })
  const body = multipart([
    { name: 'title', content: 'Hällo' },
    { name: 'file', filename: 'a.bin', type: 'application/octet-stream', content: 'x'.repeat(700_000) },
  ])
  const answer = await new Client(validate(app)).post('/', { headers: { 'Content-Type': type }, body })
  expect(JSON.parse(answer.text())).toEqual([
    ['title', 6],
    ['file', 700_000],
  ])
})

describe('the parts', () => {
  test('come in order, repeats kept, whatever the pieces of the body (robustness.md F5)', async () => {
    for (const size of [1, 2, 3, 7, 50, mixed.length]) {
      expect(await read(cut(mixed, size))).toEqual(mixedEntries)
    }
  })

  test('are what formData gives', async () => {
    const name = fc.stringMatching(/^[a-z0-9 ;=ü]{0,8}$/)
    const part = fc.record({ name, filename: name, content: fc.uint8Array({ maxLength: 80 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 5 }),
        fc.integer({ min: 1, max: 60 }),
        async (parts, size) => {
          const pieces = cut(multipart(parts), size)
          const streamed: unknown[] = []
          for await (const each of requestOf(pieces).parts()) {
            streamed.push([each.name, each.filename, Buffer.from(await each.bytes())])
          }
          const whole: unknown[] = []
          for (const [key, value] of await requestOf(pieces).formData()) {
            const { name: filename } = value as File
            whole.push([key, filename, Buffer.from(await (value as File).arrayBuffer())])
          }
          expect(streamed).toEqual(whole)
          expect(streamed).toHaveLength(parts.length)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('of a urlencoded form are its fields', async () => {
    const app = Request.application(async (request) => {
      const entries: unknown[] = []
      for await (const part of request.parts()) {
        entries.push([part.name, part.isFile, await part.text(), (await part.bytes()).length])
      }
      return Response.json(entries)
    })
    const answer = await new Client(validate(app)).post('/', {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'a=1&b=%C3%BC&a=',
    })
    expect(JSON.parse(answer.text())).toEqual([
      ['a', false, '1', 1],
      ['b', false, 'ü', 2],
      ['a', false, '', 0],
    ])
  })

  test('have their headers', async () => {
    const headers = ['content-disposition: form-data; name="a"', 'X-Mark:  ü ', 'X-Mark: 2']
    for await (const part of requestOf(multipart([{ headers, content: '' }])).parts()) {
      expect(part).toBeInstanceOf(FormPart)
      expect(part.headers.getAll('x-mark')).toEqual(['Ã¼ ', '2'])
    }
  })

  test('a field in another charset is text, and bytes as they came', async () => {
    const latin1 = { name: 'a', type: 'text/plain; charset=iso-8859-1', content: Uint8Array.of(0xfc) }
    for await (const part of requestOf(multipart([latin1])).parts()) {
      expect(await part.bytes()).toEqual(Buffer.from([0xfc]))
      expect(await part.text()).toBe('ü')
    }
  })
})

describe('a part', () => {
  test('that is not read is skipped', async () => {
    const names: string[] = []
    for await (const part of requestOf(cut(mixed, 5)).parts()) names.push(part.name)
    expect(names).toEqual(['a', 'file', '__proto__', 'file', 'a'])
  })

  test('of which only the beginning is read is skipped', async () => {
    const body = multipart([
      { name: 'f', filename: 'f', content: 'x'.repeat(100) },
      { name: 'g', content: 'after' },
    ])
    const seen: string[] = []
    for await (const part of requestOf(cut(body, 10)).parts()) {
      for await (const piece of part) {
        seen.push(`${part.name} ${piece.byteLength > 0}`)
        break
      }
    }
    expect(seen).toEqual(['f true', 'g true'])
  })

  test('is read once (robustness.md F7)', async () => {
    for await (const part of requestOf(mixed).parts()) {
      await part.bytes()
      await expect(part.bytes()).rejects.toThrow('was read before')
    }
  })

  test('cannot be read after the next was asked for', async () => {
    const parts: FormPart[] = []
    for await (const part of requestOf(mixed).parts()) parts.push(part)
    await expect(parts[1]?.text()).rejects.toThrow('read each part before the next')
    expect(await parts[0]?.text()).toBe('1')
  })

  test('larger than the limit of bytes is answered 413, unless it is raised', async () => {
    const body = multipart([{ filename: 'f', content: 'x'.repeat(1_100_000) }])
    for await (const part of requestOf(body).parts()) {
      await expect(part.bytes()).rejects.toThrow(ContentTooLarge)
    }
    for await (const part of requestOf(body).parts()) {
      expect(await part.bytes({ limit: 1_100_000 })).toHaveLength(1_100_000)
    }
    for await (const part of requestOf(body).parts()) {
      await expect(part.text({ limit: Number.NaN })).rejects.toThrow(RangeError)
    }
  })

  test('that is being read while the next is asked for refuses the latter', async () => {
    const body = multipart([{ filename: 'f', content: 'x'.repeat(100) }])
    const parts = requestOf(cut(body, 10)).parts()
    const { value: part } = await parts.next()
    const waiting = (part as FormPart).bytes()
    await expect(parts.next()).rejects.toThrow('being read already')
    await expect(waiting).rejects.toThrow('have been left')
  })
})

describe('nothing is read ahead (W3)', () => {
  test('a chunk of the body is pulled when one is needed', async () => {
    let pulled = 0
    async function* body(): AsyncGenerator<Uint8Array> {
      for (const piece of cut(multipart([{ filename: 'f', content: 'x'.repeat(5000) }]), 100)) {
        pulled++
        yield piece
      }
    }
    for await (const part of requestOf(body()).parts()) {
      expect(pulled).toBeLessThan(4)
      for await (const piece of part) {
        expect(piece.byteLength).toBeLessThanOrEqual(100)
        expect(pulled).toBeLessThan(5)
        break
      }
      break
    }
    expect(pulled).toBeLessThan(5)
  })
})

test('leaving the parts leaves the input', async () => {
  let returned = 0
  const pieces = cut(mixed, 10)
  const input: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: pieces.shift() as Uint8Array }),
      return: async () => {
        returned++
        return { done: true, value: undefined }
      },
    }),
  }
  for await (const _part of new MultipartParts(input, boundary, formLimits()).read()) break
  expect(returned).toBe(1)
  expect(pieces.length).toBeGreaterThan(10)
})

describe('what goes wrong rejects, in the part or between parts (robustness.md F1)', () => {
  test('a body cut off at every offset', async () => {
    const body = multipart(
      [
        { name: 'a', content: 'x' },
        { filename: 'y', content: 'z'.repeat(20) },
      ],
      `--${boundary}--`,
    )
    for (let at = 0; at < body.length; at++) {
      await expect(read(cut(body.subarray(0, at), 16))).rejects.toThrow(BadRequest)
    }
  })

  test.each([10, 100, 150, 190])('a client that leaves after %i bytes (robustness.md F2)', async (at) => {
    const body = multipart([
      { name: 'a', content: 'x' },
      { filename: 'y', content: 'z'.repeat(50) },
    ])
    async function* left(): AsyncGenerator<Uint8Array> {
      yield body.subarray(0, at)
      throw new ClientDisconnected()
    }
    await expect(read(left())).rejects.toThrow(ClientDisconnected)
  })

  test('the limits of formData hold (robustness.md M1, M2, M5, M7)', async () => {
    const file = { filename: 'f', content: 'x'.repeat(30) }
    const field = { name: 'ab', content: 'x'.repeat(30) }
    const cases: [Uint8Array, Partial<FormLimits>][] = [
      [multipart([file]), { file: 29 }],
      [multipart([file, file]), { files: 1 }],
      [multipart([field, field]), { parts: 1 }],
      [multipart([field]), { field: 29 }],
      [multipart([field, field]), { fields: 63 }],
      [multipart([field]), { name: 1 }],
      [multipart([file]), { total: 100 }],
    ]
    for (const [body, limits] of cases) {
      expect(await read(body)).not.toEqual([])
      await expect(read(cut(body, 16), limits)).rejects.toThrow(ContentTooLarge)
    }
  })

  test('close ends a part that waits', async () => {
    async function* stalled(): AsyncGenerator<Uint8Array> {
      yield multipart([{ filename: 'f', content: 'x' }], '').subarray(0, -2)
      await new Promise(() => {})
    }
    const request = requestOf(stalled())
    for await (const part of request.parts()) {
      const pieces = part[Symbol.asyncIterator]()
      await pieces.next()
      const waiting = pieces.next()
      await request.close()
      await expect(waiting).rejects.toThrow('The request has ended')
      break
    }
  })

  test('another content type, and a content coding, are answered 415', async () => {
    const json = new Request(
      createEnviron('/', { method: 'POST', headers: { 'Content-Type': 'text/plain' } }),
    )
    await expect(json.parts().next()).rejects.toThrow(UnsupportedMediaType)
    const headers = { 'Content-Type': type, 'Content-Encoding': 'gzip' }
    const coded = new Request(createEnviron('/', { method: 'POST', headers, body: mixed }))
    await expect(coded.parts().next()).rejects.toThrow(UnsupportedMediaType)
  })
})

describe('a form is read once, in one way (robustness.md F7)', () => {
  test('parts after parts, and after formData, throws where it is called', async () => {
    const request = requestOf(mixed)
    request.parts()
    expect(() => request.parts()).toThrow('read it once')
    const other = requestOf(mixed)
    await other.formData()
    expect(() => other.parts()).toThrow(TypeError)
  })

  test('formData after parts rejects at once', async () => {
    const request = requestOf(mixed)
    request.parts()
    await expect(request.formData()).rejects.toThrow('read by parts()')
  })

  test('bytes after parts rejects at once', async () => {
    const request = requestOf(mixed)
    for await (const part of request.parts()) await part.text()
    await expect(request.bytes()).rejects.toThrow('read it in one way only')
  })

  test('bytes before parts is fine: the body was kept', async () => {
    const request = requestOf(cut(mixed, 50))
    expect(await request.bytes()).toHaveLength(mixed.length)
    const names: string[] = []
    for await (const part of request.parts()) names.push(part.name)
    expect(names).toHaveLength(5)
  })

  test('a limit that is none throws where parts is called (robustness.md M6)', () => {
    expect(() => requestOf(mixed).parts({ file: Number.NaN })).toThrow(RangeError)
  })
})
