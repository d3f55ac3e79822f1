import { type Application, NotFound } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { Client } from './client.ts'
import { failingShapes } from './failing-shapes.ts'
import { applicationShapes } from './shapes.ts'
import type { StreamedAnswer } from './streamed-answer.ts'

/** An application that counts without end, and tells what happens to it. */
function counting(seen: string[]): Application {
  return async function* (environ, startResponse) {
    environ['stapel.context'].signal.addEventListener('abort', () => seen.push('aborted'))
    startResponse('200 OK', [['Content-Type', 'text/event-stream']])
    try {
      for (let i = 1; ; i++) {
        seen.push(`made ${i}`)
        yield `${i}`
      }
    } finally {
      seen.push('left')
    }
  }
}

async function textOf(answer: StreamedAnswer): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of answer) text += decoder.decode(chunk, { stream: true })
  return text
}

test('the head comes before the body is at its end', async () => {
  const answer = await new Client(counting([])).stream('/')
  expect([answer.status, answer.reason]).toEqual([200, 'OK'])
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  await answer.leave()
})

test('chunks are made when they are asked for', async () => {
  const seen: string[] = []
  const answer = await new Client(counting(seen)).stream('/')
  const chunks = answer[Symbol.asyncIterator]()
  await chunks.next()
  expect(seen).toEqual(['made 1'])
  expect(await chunks.next()).toEqual({ done: false, value: new TextEncoder().encode('2') })
  expect(seen).toEqual(['made 1', 'made 2'])
  await answer.leave()
})

test('leaving the loop is the client leaving', async () => {
  const seen: string[] = []
  const answer = await new Client(counting(seen)).stream('/')
  for await (const _ of answer) break
  expect(seen).toEqual(['made 1', 'aborted', 'left'])
  expect(answer.errors).toBe('')
})

test('after leaving there is nothing more', async () => {
  const answer = await new Client(counting([])).stream('/')
  const chunks = answer[Symbol.asyncIterator]()
  await chunks.next()
  await answer.leave()
  expect(await chunks.next()).toEqual({ done: true, value: undefined })
})

test('leaving after the end does nothing', async () => {
  const seen: string[] = []
  const app: Application = (environ, startResponse) => {
    environ['stapel.context'].signal.addEventListener('abort', () => seen.push('aborted'))
    startResponse('200 OK', [])
    return 'Hello'
  }
  const answer = await new Client(app).stream('/')
  expect(await textOf(answer)).toBe('Hello')
  await answer.leave()
  expect(seen).toEqual([])
})

test('a signal of the request is the client leaving, too', async () => {
  const seen: string[] = []
  const leaving = new AbortController()
  const answer = await new Client(counting(seen)).stream('/', { signal: leaving.signal })
  leaving.abort(new Error('gone'))
  const chunks = answer[Symbol.asyncIterator]()
  await chunks.next()
  await expect(chunks.next()).rejects.toThrow('gone')
  expect(seen).toEqual(['made 1', 'aborted', 'left'])
})

test('write() waits until the reader asks for more', async () => {
  const seen: string[] = []
  const app: Application = async (_environ, startResponse) => {
    const write = startResponse('200 OK', [])
    for (const chunk of ['a', 'b']) {
      await write(chunk)
      seen.push(chunk)
    }
    return 'c'
  }
  const answer = await new Client(app).stream('/')
  const chunks = answer[Symbol.asyncIterator]()
  await chunks.next()
  expect(seen).toEqual([])
  await chunks.next()
  expect(seen).toEqual(['a'])
  expect(await textOf(answer)).toBe('c')
})

describe('failures', () => {
  test.each(failingShapes.filter(({ committed }) => !committed))(
    '$name: the call rejects',
    async ({ make }) => {
      const failure = new Client(make()).stream('/').then(
        () => 'an answer',
        () => 'a failure',
      )
      expect(await failure).toBe('a failure')
    },
  )

  test.each(failingShapes.filter(({ committed }) => committed))(
    '$name: the next chunk rejects',
    async ({ make }) => {
      const failure = new Error('half way')
      const answer = await new Client(make(failure)).stream('/')
      const chunks = answer[Symbol.asyncIterator]()
      expect(await chunks.next()).toEqual({ done: false, value: new TextEncoder().encode('first') })
      await expect(chunks.next()).rejects.toBe(failure)
    },
  )

  test('an HTTPError is an answer', async () => {
    const answer = await new Client(() => {
      throw new NotFound('Nothing here.')
    }).stream('/')
    expect(answer.status).toBe(404)
    expect(await textOf(answer)).toContain('Nothing here.')
  })

  test('a body that is shorter than its Content-Length rejects at its end', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Length', '9']])
      return new Set(['Hello'])
    }
    const answer = await new Client(app, { validate: false }).stream('/')
    await expect(textOf(answer)).rejects.toMatchObject({ clause: '4.5' })
  })
})

test.each(applicationShapes)('$name gives the same answer in pieces', async ({ make }) => {
  const headers: [string, string][] = [['Content-Type', 'text/plain']]
  const answer = await new Client(make({ status: '201 Created', headers, chunks: ['Grü', 'ße'] })).stream('/')
  expect(answer.status).toBe(201)
  expect(answer.headers.get('content-type')).toBe('text/plain')
  expect(await textOf(answer)).toBe('Grüße')
  expect(answer.errors).toBe('')
})
