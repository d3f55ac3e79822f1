import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { createEnviron } from '@stapel/testing'
import { expect, test } from 'vitest'
import { aborted, NodeInput } from './node-input.ts'

/** A stream in the place of Node's request, and what the input that feeds it was asked for. */
function reading(chunks: readonly string[], failure?: Error) {
  const environ = createEnviron('/', { method: 'POST', body: 'announced' })
  let asked = 0
  environ['wsgi.input'] = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const value = chunks[asked++]
        if (value !== undefined) return { done: false, value: Buffer.from(value) }
        if (failure !== undefined) throw failure
        return { done: true, value: undefined }
      },
    }),
  }
  const failures: unknown[] = []
  const req = new Readable({ read: () => input.resume(), highWaterMark: 4 }) as IncomingMessage
  req.complete = false
  const input = new NodeInput(environ, req, (error) => failures.push(error))
  return { req, failures, asked: () => asked }
}

test('the request gets the chunks of the input and is complete at their end', async () => {
  const { req } = reading(['ab', 'cd', 'ef'])
  expect(req.complete).toBe(false)
  let text = ''
  for await (const chunk of req) text += chunk
  expect(text).toBe('abcdef')
  expect(req.complete).toBe(true)
})

test('the input is not touched before the request is read, and read no further than it has room', async () => {
  const { req, asked } = reading(['abcd', 'efgh', 'ijkl'])
  await new Promise(setImmediate)
  expect(asked()).toBe(0)
  expect(req.read(4)).toBeNull()
  await new Promise((resolve) => req.once('readable', resolve))
  expect(String(req.read(4))).toBe('abcd')
  await new Promise(setImmediate)
  expect(asked()).toBeLessThan(3)
})

test('a request without a body ends without the input being read', async () => {
  const { req, asked } = reading(['never'])
  req.complete = true
  for await (const _ of req) throw new Error('it has a body')
  expect(asked()).toBe(0)
})

test('what reading throws is handed on, and the request goes no further', async () => {
  const { req, failures } = reading(['ab'], new Error('broken'))
  req.resume()
  await expect.poll(() => failures).toEqual([new Error('broken')])
  expect(req.readableEnded).toBe(false)
})

test('a request that was destroyed gets nothing any more', async () => {
  const { req, failures } = reading(['ab', 'cd'])
  req.on('error', () => {})
  const chunks: string[] = []
  req.on('data', (chunk) => {
    chunks.push(String(chunk))
    req.destroy()
  })
  await new Promise((resolve) => req.once('close', resolve))
  await new Promise(setImmediate)
  expect(chunks).toEqual(['ab'])
  expect(failures).toEqual([])
})

test('the error of a client that has gone has the code by which frameworks know it', () => {
  expect(aborted()).toMatchObject({ message: 'aborted', code: 'ECONNRESET' })
})
