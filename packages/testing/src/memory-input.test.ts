import { ClientDisconnected, ContentTooLarge } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { MemoryInput } from './memory-input.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

async function read(input: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of input) text += new TextDecoder().decode(chunk)
  return text
}

describe('iteration', () => {
  test('gives the chunks as they come', async () => {
    const seen: Uint8Array[] = []
    for await (const chunk of new MemoryInput([bytes('ab'), bytes('c')], undefined, undefined))
      seen.push(chunk)
    expect(seen).toEqual([bytes('ab'), bytes('c')])
  })

  test('ends at the declared length', async () => {
    expect(await read(new MemoryInput([bytes('ab'), bytes('cd')], 3, undefined))).toBe('abc')
    expect(await read(new MemoryInput([bytes('ab')], 0, undefined))).toBe('')
  })

  test('fails where the client sent less than it declared', async () => {
    await expect(read(new MemoryInput([bytes('ab')], 3, undefined))).rejects.toThrow(ClientDisconnected)
  })

  test('goes on where it was left', async () => {
    const input = new MemoryInput([bytes('a'), bytes('b')], undefined, undefined)
    for await (const _ of input) break
    expect(await read(input)).toBe('b')
  })

  test('fails when the client leaves while it waits', async () => {
    const left = new AbortController()
    const input = new MemoryInput(
      { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) },
      undefined,
      left.signal,
    )
    const reading = read(input)
    left.abort()
    await expect(reading).rejects.toThrow(ClientDisconnected)
  })

  test('fails when the client has left', async () => {
    await expect(read(new MemoryInput([bytes('a')], undefined, AbortSignal.abort()))).rejects.toThrow(
      ClientDisconnected,
    )
  })
})

describe('read', () => {
  test('gives the whole body, to everyone who asks, and to the iteration', async () => {
    const input = new MemoryInput([bytes('ab'), bytes('c')], undefined, undefined)
    const [first, second] = await Promise.all([input.read(), input.read({ limit: 3 })])
    expect(first).toEqual(bytes('abc'))
    expect(second).toBe(first)
    expect(await read(input)).toBe('abc')
  })

  test('rejects beyond its limit, and allows as much', async () => {
    await expect(new MemoryInput([bytes('abc')], undefined, undefined).read({ limit: 2 })).rejects.toThrow(
      ContentTooLarge,
    )
    expect(await new MemoryInput([bytes('abc')], undefined, undefined).read({ limit: 3 })).toEqual(
      bytes('abc'),
    )
  })

  test('holds a later reader to a lower limit', async () => {
    const input = new MemoryInput([bytes('abc')], undefined, undefined)
    await input.read()
    await expect(input.read({ limit: 2 })).rejects.toThrow(ContentTooLarge)
  })

  test('takes the declared length at its word, and can be asked again with a higher limit', async () => {
    const input = new MemoryInput([bytes('abc')], 3, undefined)
    await expect(input.read({ limit: 2 })).rejects.toThrow(ContentTooLarge)
    expect(await input.read({ limit: 3 })).toEqual(bytes('abc'))
  })

  test('refuses a body that was partly iterated', async () => {
    const input = new MemoryInput([bytes('a'), bytes('b')], undefined, undefined)
    for await (const _ of input) break
    await expect(input.read()).rejects.toThrow('read it in one way only')
  })

  test.each([-1, Number.NaN])('refuses the limit %s', (limit) => {
    expect(() => new MemoryInput([], undefined, undefined).read({ limit })).toThrow(RangeError)
  })
})
