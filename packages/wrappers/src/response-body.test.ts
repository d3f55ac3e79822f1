import { type Body, type Closeable, collect } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { closingBody, hashContent, isWhole, readBody, sizeOfBody } from './response-body.ts'
import { BlobBody } from './seekable-body.ts'

async function* stream(): AsyncGenerator<string> {
  yield 'a'
}

describe('a body', () => {
  test.each<[string, Body | null, boolean, number | undefined]>([
    ['none', null, true, 0],
    ['a string', 'aü', true, 3],
    ['bytes', new Uint8Array(4), true, 4],
    ['a list', ['ü', new Uint8Array(4)], true, 6],
    ['a list with something else in it', ['a', 5 as never], false, undefined],
    ['a Set', new Set(['a']), false, undefined],
    ['a generator', stream(), false, undefined],
    ['a Blob', new BlobBody(new Blob(['abc'])), false, 3],
  ])('that is %s', (_name, body, whole, size) => {
    expect(isWhole(body)).toBe(whole)
    expect(sizeOfBody(body)).toBe(size)
  })

  test('in memory is read whatever the limit, a stream is not', async () => {
    expect(await readBody('abc', 1)).toHaveLength(3)
    expect(await readBody(null, 1)).toHaveLength(0)
    expect(await readBody(stream(), 1)).toHaveLength(1)
    await expect(readBody(stream(), 0)).rejects.toThrow(RangeError)
  })
})

test('callbacks follow the body, and a list stays a list', async () => {
  const log: string[] = []
  const callbacks = [async () => void log.push('first'), () => void log.push('second')]
  const whole = closingBody('abc', callbacks)
  expect(whole).toEqual(Object.assign(['abc'], { close: expect.any(Function) }))
  await (whole as Closeable).close?.()
  expect(log).toEqual(['first', 'second'])
  expect(await collect(closingBody(stream(), callbacks))).toHaveLength(1)
  expect(log).toEqual(['first', 'second', 'first', 'second'])
})

test('a tag of content is its SHA-256 (FIPS 180, the message abc)', async () => {
  const hex = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  expect(await hashContent(new TextEncoder().encode('abc'))).toBe(
    Buffer.from(hex, 'hex').toString('base64url'),
  )
})
