import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collect } from '../body.ts'
import { ClientDisconnected, ContentTooLarge } from '../http-errors.ts'
import { CgiInput } from './cgi-input.ts'

function inputOf(chunks: readonly string[], variables: Record<string, string>): CgiInput {
  return new CgiInput(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), variables)
}

async function textOf(input: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.from(await collect(input)).toString()
}

describe('ends', () => {
  test('at CONTENT_LENGTH, also where the server leaves standard input open', async () => {
    const open = new Readable({ read() {} })
    open.push('Hello, and what is none of our business')
    expect(await textOf(new CgiInput(open, { CONTENT_LENGTH: '5' }))).toBe('Hello')
    open.destroy()
  })

  test.each([
    ['without a length', {}],
    ['with one that is none', { CONTENT_LENGTH: 'five' }],
    ['with one of an empty body', { CONTENT_LENGTH: '0' }],
  ])('at once %s', async (_, variables) => {
    expect(await textOf(inputOf(['not ours'], variables))).toBe('')
  })

  test('at the end of standard input where the body is chunked', async () => {
    expect(await textOf(inputOf(['a', 'b'], { HTTP_TRANSFER_ENCODING: 'chunked' }))).toBe('ab')
  })

  test('in an error where standard input ends before', async () => {
    await expect(textOf(inputOf(['Hel'], { CONTENT_LENGTH: '5' }))).rejects.toThrow(ClientDisconnected)
  })

  test('at its length however it comes in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ minLength: 1 })), fc.nat(40), async (chunks, length) => {
        const bytes = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)))
        fc.pre(bytes.length >= length)
        const input = inputOf(chunks, { CONTENT_LENGTH: String(length) })
        expect(Buffer.from(await collect(input)).equals(bytes.subarray(0, length))).toBe(true)
      }),
    )
  })
})

test('an iteration that is left early goes on where it stopped', async () => {
  const input = inputOf(['a', 'b', 'c'], { CONTENT_LENGTH: '3' })
  for await (const _ of input) break
  expect(await textOf(input)).toBe('bc')
})

describe('read', () => {
  test('gives the same bytes to everybody, and to an iteration after it', async () => {
    const input = inputOf(['Hel', 'lo'], { CONTENT_LENGTH: '5' })
    const bytes = await input.read()
    expect(Buffer.from(bytes).toString()).toBe('Hello')
    expect(await input.read()).toBe(bytes)
    expect(await textOf(input)).toBe('Hello')
  })

  test('rejects beyond its limit, by the length or by counting', async () => {
    await expect(inputOf([], { CONTENT_LENGTH: '9' }).read({ limit: 8 })).rejects.toThrow(ContentTooLarge)
    const chunked = inputOf(['12345', '6789'], { HTTP_TRANSFER_ENCODING: 'chunked' })
    await expect(chunked.read({ limit: 8 })).rejects.toThrow(ContentTooLarge)
  })

  test('rejects after a part was read otherwise', async () => {
    const input = inputOf(['a', 'b'], { CONTENT_LENGTH: '2' })
    for await (const _ of input) break
    await expect(input.read()).rejects.toThrow()
  })

  test('throws for a limit that is no number of bytes', () => {
    expect(() => inputOf([], {}).read({ limit: -1 })).toThrow(RangeError)
  })
})
