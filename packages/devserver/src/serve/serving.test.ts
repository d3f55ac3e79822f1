import { type Application, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { expect, test, vi } from 'vitest'
import { JITTER, type ServedOptions, servedApplication } from './serving.ts'

const hello: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return String(environ['wsgi.multiprocess'])
}
const options: ServedOptions = { accessLog: 'off', healthz: undefined, maxRequests: 0, workers: 2 }

test('an application knows whether there are other processes', async () => {
  const state = { draining: false, onWorn: () => {} }
  for (const workers of [1, 2]) {
    const app = validate(servedApplication(validate(hello), { ...options, workers }, state))
    expect((await new Client(app).get('/')).text()).toBe(String(workers > 1))
  }
})

test('it is worn once, after the requests that it should have and a part of them more', async () => {
  const onWorn = vi.fn()
  const app = servedApplication(hello, { ...options, maxRequests: 20 }, { draining: false, onWorn })
  const client = new Client(app)
  for (let i = 0; i < 19; i++) await client.get('/')
  expect(onWorn).not.toHaveBeenCalled()
  for (let i = 0; i < 20 * JITTER + 20; i++) await client.get('/')
  expect(onWorn).toHaveBeenCalledOnce()
})

test('without a number it never is', async () => {
  const onWorn = vi.fn()
  const client = new Client(servedApplication(hello, options, { draining: false, onWorn }))
  for (let i = 0; i < 100; i++) await client.get('/')
  expect(onWorn).not.toHaveBeenCalled()
})

test('the health check fails while the worker drains', async () => {
  const state = { draining: false, onWorn: () => {} }
  const client = new Client(servedApplication(hello, { ...options, healthz: '/healthz' }, state))
  expect((await client.get('/healthz')).status).toBe(200)
  state.draining = true
  expect((await client.get('/healthz')).status).toBe(503)
  expect((await client.get('/')).status).toBe(200)
})
