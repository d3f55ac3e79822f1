import { applicationShapes, Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { dispose } from './body.ts'
import { Forbidden } from './http-errors.ts'
import type { Application, Body, Chunk, Environ } from './protocol.ts'
import { stack } from './stack.ts'
import { transform } from './transform.ts'
import { validate } from './validate.ts'

const addHeader = transform(function addHeader(answer) {
  return { ...answer, headers: [...answer.headers, ['X-Added', 'yes']] }
})

describe.each(applicationShapes)('over $name', ({ make }) => {
  const answered = make({ status: '200 OK', headers: [['X-First', '1']], chunks: ['Hel', 'lo'] })

  test('an answer is changed and its body kept', async () => {
    const answer = await new Client(stack(answered, addHeader, validate)).get('/')
    expect([answer.headers.get('x-first'), answer.headers.get('x-added')]).toEqual(['1', 'yes'])
    expect(answer.text()).toBe('Hello')
    expect(answer.errors).toBe('')
  })

  test('an answer is replaced and its body disposed of', async () => {
    const replace = transform((answer) => {
      dispose(answer.body)
      return { status: '403 Forbidden', headers: [], body: 'no' }
    })
    const answer = await new Client(stack(answered, replace, validate)).get('/')
    expect([answer.status, answer.text()]).toEqual([403, 'no'])
    expect(answer.errors).toBe('')
  })

  test('an edit that throws has the body disposed of for it', async () => {
    const refuse = transform(() => {
      throw new Forbidden()
    })
    const answer = await new Client(stack(answered, refuse, validate)).get('/')
    expect(answer.status).toBe(403)
    expect(answer.errors).toBe('')
  })

  test('an edit that rejects has the body disposed of for it', async () => {
    const refuse = transform(async () => {
      throw new Forbidden()
    })
    const answer = await new Client(stack(answered, refuse, validate)).get('/')
    expect(answer.status).toBe(403)
    expect(answer.errors).toBe('')
  })
})

/** A body that tells what is done with it. */
function tracked(seen: string[]): Body {
  return { [Symbol.iterator]: () => ['a'].values(), close: () => void seen.push('close') }
}

const trackedApp =
  (seen: string[]): Application =>
  (_environ, startResponse) => {
    startResponse('200 OK', [])
    return tracked(seen)
  }

test('an answer that comes without a promise goes without one', () => {
  const app = addHeader((_environ, startResponse) => {
    startResponse('200 OK', [])
    return ['a']
  })
  expect(app(createEnviron('/'), () => () => {})).toEqual(['a'])
})

test('an edit may be asynchronous', async () => {
  const later = transform(async (answer) => ({ ...answer, status: '203 Non-Authoritative Information' }))
  const answer = await new Client(later(trackedApp([]))).get('/')
  expect([answer.status, answer.text()]).toEqual([203, 'a'])
})

test('the edit gets the environ that the layer got', () => {
  let seen: Environ | undefined
  const environ = createEnviron('/')
  transform((answer, given) => {
    seen = given
    return answer
  })(trackedApp([]))(environ, () => () => {})
  expect(seen).toBe(environ)
})

test('the body of an edited answer whose head is refused is closed, once', () => {
  const seen: string[] = []
  const broken = transform((answer) => ({ ...answer, headers: [['Bad Name', '']] }))
  expect(() => validate(broken(trackedApp(seen)))(createEnviron('/'), () => () => {})).toThrow('protocol 3.4')
  expect(seen).toEqual(['close'])
})

test('the new body of an edited answer whose head is refused is closed', () => {
  const inner: string[] = []
  const outer: string[] = []
  const broken = transform((answer) => {
    dispose(answer.body)
    return { status: '200' as never, headers: [], body: tracked(outer) }
  })
  expect(() => validate(broken(trackedApp(inner)))(createEnviron('/'), () => () => {})).toThrow(
    'protocol 3.4',
  )
  expect([inner, outer]).toEqual([['close'], ['close']])
})

test('an edit that disposes of the body and then throws closes it once', () => {
  const seen: string[] = []
  const refuse = transform((answer) => {
    dispose(answer.body)
    throw new Forbidden()
  })
  expect(() => refuse(trackedApp(seen))(createEnviron('/'), () => () => {})).toThrow(Forbidden)
  expect(seen).toEqual(['close'])
})

test('an edit that returns nothing is told so, and the body closed', () => {
  const seen: string[] = []
  const forgetful = transform((() => {}) as never)
  expect(() => forgetful(trackedApp(seen))(createEnviron('/'), () => () => {})).toThrow(
    'Got undefined from the edit; expected an answer, { status, headers, body }.',
  )
  expect(seen).toEqual(['close'])
})

test('a body of many chunks is not read ahead', async () => {
  const made: string[] = []
  const app = addHeader(function* (_environ, startResponse) {
    startResponse('200 OK', [])
    for (const chunk of ['a', 'b', 'c']) {
      made.push(chunk)
      yield chunk
    }
  })
  const body = app(createEnviron('/'), () => () => {}) as Iterable<Chunk>
  for (const chunk of body) expect(made.at(-1)).toBe(chunk)
  expect(made).toEqual(['a', 'b', 'c'])
})

test('middleware and application have the name of the edit', () => {
  expect(addHeader.name).toBe('addHeader')
  expect(addHeader(trackedApp([])).name).toBe('addHeader')
  expect(transform((answer) => answer).name).toBe('transform')
})

test('an edit that is no function is refused when the middleware is made', () => {
  expect(() => transform('edit' as never)).toThrow('Got the string edit for the edit; expected a function.')
})
