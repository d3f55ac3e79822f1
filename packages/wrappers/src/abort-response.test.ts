import { abort, NotFound, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import { Request } from './request.ts'
import { Response } from './response.ts'

test('abort ends a handler with a Response of any status', async () => {
  const app = Request.application((request) => {
    if (!request.cookies.has('user')) abort(Response.redirect('/login'))
    return new Response('Hello')
  })
  const client = new Client(validate(app))
  const answer = await client.get('/')
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/login'])
  expect(answer.errors).toBe('')
  expect((await client.get('/', { headers: [['Cookie', 'user=ada']] })).text()).toBe('Hello')
})

test('an error may have a Response for its page', async () => {
  const app = Request.application(() => {
    const response = new Response('<p>Nothing here.', { status: 404, mimetype: 'text/html' })
    throw new NotFound(undefined, { headers: [['X-Reason', 'gone']], response })
  })
  const answer = await new Client(validate(app)).get('/')
  expect(answer.status).toBe(404)
  expect(answer.headers.get('x-reason')).toBe('gone')
  expect(answer.text()).toBe('<p>Nothing here.')
})
