import { describe, expect, test } from 'vitest'
import { WRITTEN_LIMIT, WrittenBody } from './written-body.ts'

describe('a body that is written into', () => {
  test('gives its chunks in order, and ends', async () => {
    const body = new WrittenBody(() => {})
    body.write('a', undefined)
    body.write('', undefined)
    body.write(new Uint8Array([98]), undefined)
    body.end()
    const chunks: unknown[] = []
    for await (const chunk of body) chunks.push(chunk)
    expect(chunks).toEqual(['a', new Uint8Array([98])])
  })

  test('gives a chunk to whoever waited for it', async () => {
    const body = new WrittenBody(() => {})
    const step = body.next()
    body.write('later', undefined)
    expect(await step).toEqual({ done: false, value: 'later' })
    const end = body.next()
    body.end()
    expect((await end).done).toBe(true)
  })

  test('tells a writer to wait at its limit, and of room when all was taken', async () => {
    let drained = 0
    const body = new WrittenBody(() => {
      drained++
    })
    expect(body.write('x'.repeat(WRITTEN_LIMIT - 1), undefined)).toBe(true)
    expect(body.write('x', undefined)).toBe(false)
    await body.next()
    await body.next()
    expect(drained).toBe(0)
    void body.next()
    expect(drained).toBe(1)
  })

  test('counts a chunk as written when the next one is asked for', async () => {
    const written: string[] = []
    const body = new WrittenBody(() => {})
    body.write('a', () => written.push('a'))
    body.write('b', () => written.push('b'))
    await body.next()
    expect(written).toEqual([])
    await body.next()
    expect(written).toEqual(['a'])
  })

  test('drops what is written after it was closed, and tells the writers', async () => {
    const written: string[] = []
    const body = new WrittenBody(() => {})
    body.write('a', () => written.push('a'))
    body.close()
    body.close()
    expect(body.left).toBe(true)
    expect(body.write('b', () => written.push('b'))).toBe(true)
    await new Promise(setImmediate)
    expect(written).toEqual(['a', 'b'])
    expect(body.chunks).toEqual([])
    expect((await body.next()).done).toBe(true)
  })

  test('is closed by whoever leaves its iteration', async () => {
    const body = new WrittenBody(() => {})
    body.write('a', undefined)
    for await (const _ of body) break
    expect(body.left).toBe(true)
  })
})
