import { createEnviron } from '@stapel/testing'
import { expect, test } from 'vitest'
import type { Environ } from './protocol.ts'
import { readableInput } from './readable-input.ts'

/** An environ whose input gives the chunks, and what was asked of it. */
function watched(chunks: readonly (Uint8Array | Error)[]): { environ: Environ; calls: string[] } {
  const calls: string[] = []
  const values = chunks.values()
  const environ = createEnviron('/', { method: 'POST' })
  environ['wsgi.input'] = {
    [Symbol.asyncIterator]: () => {
      calls.push('begin')
      return {
        next: async () => {
          calls.push('next')
          const step = values.next()
          if (step.value instanceof Error) throw step.value
          return step as IteratorResult<Uint8Array>
        },
        return: async () => {
          calls.push('return')
          return { done: true, value: undefined }
        },
      }
    },
  }
  return { environ, calls }
}

test('gives the chunks of the input, then ends', async () => {
  const { environ } = watched([new Uint8Array([1, 2]), new Uint8Array([3])])
  const bytes = await new Response(readableInput(environ)).arrayBuffer()
  expect([...new Uint8Array(bytes)]).toEqual([1, 2, 3])
})

test('touches the input when it is first read, and pulls nothing ahead', async () => {
  const { environ, calls } = watched([new Uint8Array(1), new Uint8Array(1)])
  const reader = readableInput(environ).getReader()
  await Promise.resolve()
  expect(calls).toEqual([])
  await reader.read()
  expect(calls).toEqual(['begin', 'next'])
})

test('leaves the input when it is cancelled, where it had begun', async () => {
  const unread = watched([new Uint8Array(1)])
  await readableInput(unread.environ).cancel()
  expect(unread.calls).toEqual([])

  const begun = watched([new Uint8Array(1)])
  const reader = readableInput(begun.environ).getReader()
  await reader.read()
  await reader.cancel()
  expect(begun.calls).toEqual(['begin', 'next', 'return'])
})

test('fails as the input does', async () => {
  const { environ } = watched([new Uint8Array(1), new Error('gone')])
  const reader = readableInput(environ).getReader()
  await reader.read()
  await expect(reader.read()).rejects.toThrow('gone')
})
