import { collect, toBytes } from '@stapel/core'
import { Request } from '@stapel/wrappers'
import { array, assert, asyncProperty, string, tuple, uint8Array } from 'fast-check'
import { expect, test } from 'vitest'
import { createEnviron } from './environ.ts'
import { encodeMultipart } from './multipart.ts'

/** What the server's parser makes of a form. */
function received(form: FormData): Promise<FormData> {
  return new Request(createEnviron('/', { method: 'POST', body: form })).formData()
}

async function textOf(form: FormData): Promise<string> {
  const { chunks } = encodeMultipart(form)
  return new TextDecoder().decode(await collect(chunks))
}

test('its length is that of its bytes, which can be read again', async () => {
  const form = new FormData()
  form.append('name', 'Grüße')
  form.append('file', new File(['content'], 'a.txt', { type: 'text/plain' }))
  const { chunks, length } = encodeMultipart(form)
  const first = await collect(chunks)
  expect(first.byteLength).toBe(length)
  expect(await collect(chunks)).toEqual(first)
})

test('names cannot write headers of their own', async () => {
  const form = new FormData()
  form.append('a"; filename="x\r\nX-Evil: 1\n\n', 'value')
  form.append('file', new File([''], 'a"\r\nContent-Type: text/html'))
  const text = await textOf(form)
  expect(text).toContain('name="a%22; filename=%22x%0D%0AX-Evil: 1%0D%0A%0D%0A"\r\n')
  expect(text).toContain('filename="a%22%0D%0AContent-Type: text/html"\r\n')
  expect(text).not.toMatch(/^(X-Evil|Content-Type: text\/html)/m)
})

test('line breaks in values become CRLF, as browsers send them', async () => {
  const form = new FormData()
  form.append('text', 'a\nb\rc\r\nd')
  expect((await received(form)).get('text')).toBe('a\r\nb\r\nc\r\nd')
})

test('a file without a type is sent as bytes', async () => {
  const form = new FormData()
  form.append('file', new File(['x'], 'a'))
  expect(await textOf(form)).toContain('filename="a"\r\nContent-Type: application/octet-stream\r\n\r\nx')
})

test('what is received is what was sent, in order', async () => {
  // Line breaks and quotes are changed on the way by every browser.
  const text = string({ unit: 'grapheme' }).map((value) => value.replace(/[\r\n"\0/\\]/g, ''))
  await assert(
    asyncProperty(
      array(tuple(text, text), { maxLength: 5 }),
      uint8Array({ maxLength: 99 }),
      async (fields, bytes) => {
        const form = new FormData()
        for (const [name, value] of fields) form.append(`n${name}`, value)
        form.append('file', new File([bytes as Uint8Array<ArrayBuffer>], 'a.bin'))
        const got = [...(await received(form))]
        const file = got.pop()?.[1] as File
        expect(got).toEqual(fields.map(([name, value]) => [`n${name}`, value]))
        expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes)
      },
    ),
    { numRuns: 50 },
  )
})

test('a boundary is never used twice', () => {
  expect(encodeMultipart(new FormData()).type).not.toBe(encodeMultipart(new FormData()).type)
})

test('an empty form is its end alone', async () => {
  const { type, chunks } = encodeMultipart(new FormData())
  expect(await collect(chunks)).toEqual(toBytes(`--${type?.split('boundary=')[1]}--\r\n`))
})
