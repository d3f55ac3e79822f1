import { expect, test } from 'vitest'
import { FetchBody } from './fetch-body.ts'

const never = new AbortController().signal

/** A stream of chunks that notes what is done with it; it ends after them unless `endless`. */
function watched(chunks: readonly string[], endless = false) {
  const calls: string[] = []
  const rest = [...chunks]
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = rest.shift()
        calls.push(chunk ?? 'end')
        if (chunk !== undefined) controller.enqueue(new TextEncoder().encode(chunk))
        else if (!endless) controller.close()
        else return new Promise(() => {})
      },
      cancel: () => void calls.push('cancel'),
    },
    { highWaterMark: 0 },
  )
  return { body: new FetchBody(stream), calls }
}

async function textsOf(body: FetchBody): Promise<string[]> {
  const texts: string[] = []
  for await (const chunk of body) texts.push(new TextDecoder().decode(chunk as Uint8Array))
  return texts
}

test('gives the chunks of the stream one by one, each pulled when it is asked for', async () => {
  const { body, calls } = watched(['a', 'b'])
  const iterator = body[Symbol.asyncIterator]()
  expect(calls).toEqual([])
  await iterator.next()
  expect(calls).toEqual(['a'])
  await iterator.next()
  expect(await iterator.next()).toEqual({ done: true, value: undefined })
  expect(await iterator.next()).toEqual({ done: true, value: undefined })
  expect(calls).toEqual(['a', 'b', 'end'])
})

test('cancels the stream once, by return or by close', async () => {
  const { body, calls } = watched(['a', 'b'])
  for await (const _ of body) break
  body.close()
  body.close()
  expect(calls).toEqual(['a', 'cancel'])
})

test('cancels a stream that was not read', async () => {
  const { body, calls } = watched(['a'])
  body.close()
  expect(calls).toEqual(['cancel'])
  expect(await textsOf(body)).toEqual([])
})

test('throws what the stream throws, and is over then', async () => {
  const body = new FetchBody(
    new ReadableStream({ start: (controller) => controller.error(new Error('broken')) }),
  )
  const iterator = body[Symbol.asyncIterator]()
  await expect(iterator.next()).rejects.toThrow('broken')
  expect(await iterator.next()).toEqual({ done: true, value: undefined })
})

test('a stream that ends with its only chunk is that chunk', async () => {
  const whole = await new FetchBody(new Response('Hello').body as ReadableStream).orWhole(never)
  expect(new TextDecoder().decode(whole as Uint8Array)).toBe('Hello')
})

test('one that has more is the body itself, with nothing lost', async () => {
  const { body } = watched(['a', 'b', 'c'])
  expect(await body.orWhole(never)).toBe(body)
  expect(await textsOf(body)).toEqual(['a', 'b', 'c'])
})

test('one whose next chunk is not there yet is not waited for', async () => {
  const { body, calls } = watched(['a'], true)
  expect(await body.orWhole(never)).toBe(body)
  const iterator = body[Symbol.asyncIterator]()
  expect((await iterator.next()).value).toEqual(new TextEncoder().encode('a'))
  body.close()
  expect(calls).toEqual(['a', 'end', 'cancel'])
})

test('an empty one, and one that fails, are found again when they are iterated', async () => {
  const { body: empty } = watched([])
  expect(await empty.orWhole(never)).toBe(empty)
  expect(await textsOf(empty)).toEqual([])
  const failing = new FetchBody(
    new ReadableStream({ start: (controller) => controller.error(new Error('broken')) }),
  )
  expect(await failing.orWhole(never)).toBe(failing)
  await expect(textsOf(failing)).rejects.toThrow('broken')
})

test('a signal that aborts before the first chunk ends the waiting and cancels the stream', async () => {
  const { body, calls } = watched([], true)
  const controller = new AbortController()
  const waiting = body.orWhole(controller.signal)
  await expect.poll(() => calls).toEqual(['end'])
  controller.abort()
  expect(await waiting).toBe(body)
  expect(await textsOf(body)).toEqual([])
  expect(calls).toEqual(['end', 'cancel'])
})
