// Needs a process of its own: most of it is of stacks where nothing was validated.
import { Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import type { Application, Middleware } from './protocol.ts'
import { stack } from './stack.ts'

const hello: Application = (environ, startResponse) => {
  startResponse('200 OK', [])
  return `Hello from ${environ.PATH_INFO}`
}

function mark(name: string): Middleware {
  return (inner) => (environ, startResponse) =>
    inner(environ, (status, headers, error) => startResponse(status, [...headers, ['X-Layer', name]], error))
}

test('the first named layer is the outermost', async () => {
  const answer = await new Client(stack(hello, mark('outer'), mark('middle'), mark('inner'))).get('/a')
  expect(answer.text()).toBe('Hello from /a')
  expect(answer.headers.get('x-layer')).toBe('inner, middle, outer')
})

test('a stack without layers is the application itself', () => {
  expect(stack(hello)).toBe(hello)
})

test('a layer that gives back what it got is not there', () => {
  expect(stack(hello, (inner) => inner)).toBe(hello)
})

test('a layer may look at the name of what is inside', () => {
  const names: string[] = []
  const looking: Middleware = function looking(inner) {
    names.push(inner.name)
    return function outer(environ, startResponse) {
      return inner(environ, startResponse)
    }
  }
  stack(hello, looking, looking)
  expect(names).toEqual(['hello', 'outer'])
})

test('a stack is an application that can be stacked again', async () => {
  const answer = await new Client(stack(stack(hello, mark('a')), mark('b'))).get('/')
  expect(answer.headers.get('x-layer')).toBe('a, b')
})

test('a layer is made once, when the stack is', async () => {
  let made = 0
  const counted: Middleware = (inner) => {
    made++
    return inner
  }
  const client = new Client(stack(hello, counted))
  await client.get('/')
  await client.get('/')
  expect(made).toBe(1)
})

test.each([
  { app: undefined, layers: [], message: 'Got undefined for the application; expected a function.' },
  { app: hello, layers: [mark('a'), {}], message: 'Got an object of class Object for layer 2 of the stack' },
  {
    app: hello,
    layers: [function forgetful() {}],
    message: 'Got undefined for what layer 1 of the stack (forgetful) returned',
  },
  { app: hello, layers: [async () => hello], message: 'Got an object of class Promise for what layer 1' },
])('what is no function is refused when the stack is made: $message', ({ app, layers, message }) => {
  expect(() => stack(app as never, ...(layers as never[]))).toThrow(message)
})
