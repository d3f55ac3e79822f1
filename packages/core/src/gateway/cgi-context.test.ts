import { PassThrough, Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { CgiContext } from './cgi-context.ts'
import { CgiInput } from './cgi-input.ts'

function contextOf(output: Writable, body = ''): CgiContext {
  return new CgiContext(
    output,
    new CgiInput(Readable.from([Buffer.from(body)]), { CONTENT_LENGTH: String(body.length) }),
  )
}

test('an output that breaks is a client that has gone: the signal aborts, and who watches is told', async () => {
  const output = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
  const context = contextOf(output)
  const { signal } = context
  let told = 0
  context.watch(() => {
    told++
  })
  expect([context.gone, signal.aborted]).toEqual([false, false])
  output.write('x')
  await expect.poll(() => signal.aborted).toBe(true)
  expect(signal.reason).toMatchObject({ name: 'AbortError' })
  expect([context.gone, told > 0]).toEqual([true, true])
})

test('a signal that is asked for afterwards is aborted, and is the same every time', async () => {
  const output = new PassThrough()
  const context = contextOf(output)
  output.destroy()
  await expect.poll(() => context.gone).toBe(true)
  expect(context.signal.aborted).toBe(true)
  expect(context.signal).toBe(context.signal)
})

test('who no longer watches is not told', async () => {
  const output = new PassThrough()
  const context = contextOf(output)
  let told = 0
  context.watch(() => {
    told++
  })
  context.watch(undefined)
  output.destroy()
  await expect.poll(() => context.gone).toBe(true)
  expect(told).toBe(0)
})

test('reads the body of the request, up to the limit', async () => {
  const context = contextOf(new PassThrough(), 'Hello')
  await expect(context.read({ limit: 4 })).rejects.toMatchObject({ status: 413 })
  expect(Buffer.from(await contextOf(new PassThrough(), 'Hello').read()).toString()).toBe('Hello')
})
