import { expect, test } from 'vitest'
import { FetchContext } from './fetch-context.ts'
import { FetchInput } from './fetch-input.ts'

/** A context, the requests's own signal, and what leaving does. */
function context(): { context: FetchContext; leave: () => void } {
  const controller = new AbortController()
  const request = new Request('http://a/', { signal: controller.signal, method: 'POST', body: 'Hello' })
  return { context: new FetchContext(request, new FetchInput(request)), leave: () => controller.abort() }
}

test('the signal aborts when the client leaves, and is the same every time', () => {
  const { context: made, leave } = context()
  const { signal } = made
  expect(made.signal).toBe(signal)
  expect(signal.aborted).toBe(false)
  leave()
  expect(signal.aborted).toBe(true)
  expect(signal.reason).toMatchObject({ name: 'AbortError', message: 'The client has gone.' })
})

test('asked for after the client has left, it is aborted', () => {
  const { context: made, leave } = context()
  leave()
  expect(made.signal.aborted).toBe(true)
})

test('it does not abort when the answer is complete', () => {
  const { context: made, leave } = context()
  const { signal } = made
  made.complete()
  leave()
  expect(signal.aborted).toBe(false)
})

test('who watches is told once, after the signal', () => {
  const { context: made, leave } = context()
  const { signal } = made
  const told: boolean[] = []
  made.watch(() => told.push(signal.aborted))
  leave()
  made.clientGone()
  expect(told).toEqual([true])
})

test('who watches when the client has left already is told at once', () => {
  const { context: made, leave } = context()
  leave()
  let told = 0
  made.watch(() => {
    told++
  })
  expect(told).toBe(1)
})

test('who listens is told after the signal and before the gateway', () => {
  const { context: made, leave } = context()
  const told: string[] = []
  made.signal.addEventListener('abort', () => told.push('signal'))
  made.watch(() => told.push('gateway'))
  made.onGone(() => told.push('first'))
  made.onGone(() => told.push('second'))
  leave()
  expect(told).toEqual(['signal', 'first', 'second', 'gateway'])
})

test('who listens when the client has left already is told at once', () => {
  const { context: made, leave } = context()
  leave()
  const told: number[] = []
  made.onGone(() => told.push(1))
  made.onGone(() => told.push(2))
  expect(told).toEqual([1, 2])
})

test('nobody is told once the answer is complete', () => {
  const { context: made, leave } = context()
  const told: string[] = []
  made.onGone(() => told.push('early'))
  made.complete()
  made.onGone(() => told.push('late'))
  leave()
  expect([told, made.gone]).toEqual([[], false])
})

test('whether the client has gone is known without a signal', () => {
  const { context: made, leave } = context()
  expect(made.gone).toBe(false)
  leave()
  expect(made.gone).toBe(true)
  made.complete()
  expect(made.gone).toBe(true)
})

test('a host that cancels the body tells that the client has gone', () => {
  const { context: made } = context()
  made.clientGone()
  expect(made.gone).toBe(true)
})

test('who watches after it was found that the client has left is told at once', () => {
  const { context: made, leave } = context()
  leave()
  expect(made.signal.aborted).toBe(true)
  let told = 0
  made.watch(() => {
    told++
  })
  expect(told).toBe(1)
})

test('a request without a signal, as some hosts give them, never aborts', () => {
  const bare = { signal: undefined } as unknown as Request
  const made = new FetchContext(bare, new FetchInput(bare))
  expect([made.signal.aborted, made.gone]).toEqual([false, false])
})

test('reads the body of the request', async () => {
  expect(Buffer.from(await context().context.read()).toString()).toBe('Hello')
})

test('a host that offers it is asked to wait until it is let go', async () => {
  const waiting: Promise<unknown>[] = []
  const bare = new Request('http://a/')
  const made = new FetchContext(bare, new FetchInput(bare), {
    waitUntil: (promise) => void waiting.push(promise),
  })
  const release = made.hold() as () => void
  let over = false
  void waiting[0]?.then(() => {
    over = true
  })
  await new Promise(setImmediate)
  expect([waiting.length, over]).toEqual([1, false])
  release()
  await waiting[0]
  expect(over).toBe(true)
  expect(context().context.hold()).toBeUndefined()
})
