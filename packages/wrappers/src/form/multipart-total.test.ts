import { HTTPError } from '@stapel/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formLimits } from './form-limits.ts'
import { boundary, cut, entriesOf, inputOf } from './multipart.test-support.ts'
import { MultipartReader } from './multipart.ts'
import { MultipartParts } from './multipart-parts.ts'
import { readUrlencoded } from './urlencoded.ts'

const limits = formLimits({ parts: 4, files: 2, field: 40, fields: 100, partHeaders: 200, preamble: 50 })

const noise = fc.constantFrom(
  ...['', '\r', '\n', '-', '"', '\\', ';', ' ', '\0', '\xff', ':', '\r\n', '\r\n\r\n'],
  ...[`--${boundary}`, `\r\n--${boundary}`, `\r\n--${boundary}--`, `\r\n--${boundary.slice(0, 9)}`],
)
const part = fc
  .tuple(
    fc.constantFrom('', '; filename="f"', "; filename*=utf-8''f"),
    fc.constantFrom(
      '',
      '',
      '\r\nContent-Type: application/octet-stream',
      '\r\nContent-Type: text/plain; charset=x',
    ),
    fc.array(fc.oneof(noise, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 4 }),
  )
  .map(([filename, type, content]) => {
    const head = `Content-Disposition: form-data; name="a"${filename}${type}`
    return `--${boundary}\r\n${head}\r\n\r\n${content.join('')}\r\n`
  })

/** The bytes of a form, or what is nearly one: something is put in somewhere. */
const nearly = fc
  .tuple(
    fc.array(part, { maxLength: 5 }),
    fc.option(noise, { nil: '' }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([parts, extra, where]) => {
    const text = `${parts.join('')}--${boundary}--`
    const at = Math.floor(text.length * where)
    return Buffer.from(text.slice(0, at) + extra + text.slice(at), 'latin1')
  })

/** A form, or the status and text that it is refused with. */
async function outcome(bytes: Uint8Array, size: number): Promise<unknown> {
  const reader = new MultipartReader(inputOf(cut(bytes, size)), boundary, limits)
  return reader.read().then(entriesOf, refusal)
}

async function partsOutcome(bytes: Uint8Array): Promise<unknown> {
  const entries: unknown[] = []
  try {
    for await (const part of new MultipartParts(inputOf([bytes]), boundary, limits).read()) {
      const text = await part.text()
      entries.push(part.isFile ? [part.name, part.filename ?? 'blob', part.type, text] : [part.name, text])
    }
    return entries
  } catch (error) {
    return refusal(error)
  }
}

function refusal(error: unknown): string {
  expect(error).toBeInstanceOf(HTTPError)
  expect([400, 413]).toContain((error as HTTPError).status)
  return String(error)
}

test('whatever the bytes, a multipart form is given or refused, the same for every cut and in both ways (robustness.md L1, F1, F5)', async () => {
  let given = 0
  await fc.assert(
    fc.asyncProperty(nearly, fc.integer({ min: 2, max: 40 }), async (bytes, size) => {
      const whole = await outcome(bytes, bytes.length)
      if (typeof whole !== 'string') given++
      expect(await outcome(bytes, 1)).toEqual(whole)
      expect(await outcome(bytes, size)).toEqual(whole)
      expect(await partsOutcome(bytes)).toEqual(whole)
    }),
    { numRuns: 400 },
  )
  // Neither all nor none of them were forms.
  expect(given).toBeGreaterThan(20)
  expect(given).toBeLessThan(380)
})

test('whatever the bytes, a urlencoded form is given or refused (robustness.md L1, M4)', async () => {
  const pieces = fc.constantFrom('a', '=', '&', '%', '%4', '%41', '%zz', '+', ';', '\0', '\xff', '__proto__')
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 30 }), async (all) => {
      const read = async () => readUrlencoded(Buffer.from(all.join(''), 'latin1'), limits)
      const entries = await read().catch(refusal)
      if (typeof entries !== 'string') expect(entries.length).toBeLessThanOrEqual(4)
    }),
    { numRuns: 300 },
  )
})
