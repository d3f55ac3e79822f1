import { stack, transform, validate } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { applicationShapes, Client, failingShapes } from './index.ts'

const headers = (): [string, string][] => [['Content-Type', 'text/plain']]

describe.each(applicationShapes)('$name', ({ make }) => {
  test('gives its answer to the client', async () => {
    const app = make({
      status: '201 Created',
      headers: headers(),
      chunks: ['Grüße', new Uint8Array([33]), ' ok'],
    })
    const answer = await new Client(app).get('/')
    expect(answer.status).toBe(201)
    expect(answer.reason).toBe('Created')
    expect(answer.headers.get('content-type')).toBe('text/plain')
    expect(answer.headers.has('x-replaced')).toBe(false)
    expect(answer.text()).toBe('Grüße! ok')
    expect(answer.errors).toBe('')
  })

  test('gives an empty answer', async () => {
    const answer = await new Client(make({ status: '200 OK', headers: [], chunks: [] })).get('/')
    expect(answer.chunks).toEqual([])
    expect(answer.errors).toBe('')
  })

  test('answers HEAD', async () => {
    const answer = await new Client(make({ status: '200 OK', headers: headers(), chunks: ['Hello'] })).head(
      '/',
    )
    expect(answer.chunks).toEqual([])
    expect(answer.errors).toBe('')
  })

  test('goes through a layer that captures it', async () => {
    const app = stack(
      make({ status: '200 OK', headers: headers(), chunks: ['Hel', 'lo'] }),
      validate,
      transform((answer) => ({ ...answer, headers: [...answer.headers, ['X-Layer', 'seen']] })),
      validate,
    )
    const answer = await new Client(app).get('/')
    expect(answer.headers.get('x-layer')).toBe('seen')
    expect(answer.text()).toBe('Hello')
    expect(answer.errors).toBe('')
  })
})

describe.each(failingShapes)('an application that $name', ({ make }) => {
  test('rejects the call', async () => {
    const failure = new Client(make()).get('/').then(
      () => 'an answer',
      () => 'a failure',
    )
    expect(await failure).toBe('a failure')
  })
})
