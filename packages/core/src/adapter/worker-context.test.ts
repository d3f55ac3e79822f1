import { Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import { validate } from '../validate.ts'
import { fromFetch } from './from-fetch.ts'
import type { WorkerContext } from './worker-context.ts'

/** A Worker, whose handler is called as Workers call it. */
function workerOf(run: (context: WorkerContext) => void): ReturnType<typeof fromFetch> {
  return validate(
    fromFetch({
      fetch(_request: Request, _bindings: unknown, context: WorkerContext) {
        run(context)
        return new Response('ok')
      },
    }),
  )
}

test('a Worker hands over work that goes on after its answer', async () => {
  let done = false
  let resolve = (): void => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  const app = workerOf((context) => {
    context.passThroughOnException()
    context.waitUntil(promise.then(() => (done = true)))
  })
  const response = await new Client(app).get('/')
  expect(await response.text()).toBe('ok')
  expect(done).toBe(false)
  resolve()
  await expect.poll(() => done).toBe(true)
})

test('work that fails is written to wsgi.errors, and ends nothing', async () => {
  const errors: string[] = []
  const app = workerOf((context) => context.waitUntil(Promise.reject(new Error('not stored'))))
  const environ = { 'wsgi.errors': { write: (text: string) => void errors.push(text), flush: () => {} } }
  expect((await new Client(app).get('/', { environ })).status).toBe(200)
  await expect.poll(() => errors.join('')).toContain('not stored')
})

test('what is no promise is taken as well, as Workers take it', async () => {
  const app = workerOf((context) => context.waitUntil('done already'))
  expect((await new Client(app).get('/')).status).toBe(200)
})
