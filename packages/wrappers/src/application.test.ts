import { Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import { Request, Response } from './index.ts'

test('a handler gets a request and its Response is the answer', async () => {
  const app = Request.application((request) => new Response(`Hello ${request.args.get('name')}`))
  const answer = await new Client(app).get('/?name=Ada')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(answer.text()).toBe('Hello Ada')
})
test('form', async () => {
  const app = Request.application(async (request) => {
    const form = await request.formData()
    return Response.json([...form].map(([k, v]) => [k, typeof v === 'string' ? v : [v.name, v.type, v.size]]))
  })
  const form = new FormData()
  form.append('a', '1')
  form.append('f', new File([new Uint8Array(2_000_000)], 'ü"x.bin', { type: 'image/png' }))
  form.append('a', '2')
  const answer = await new Client(app).post('/', { body: form })
  expect(answer.json()).toEqual([['a', '1'], ['f', ['ü"x.bin', 'image/png', 2_000_000]], ['a', '2']])
  const u = await new Client(app).post('/', { body: new URLSearchParams([['__proto__', 'ü&='], ['a', '']]) })
  expect(u.json()).toEqual([['__proto__', 'ü&='], ['a', '']])
})
