import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { type Outlined, outline, outlineSymbol } from './outline.ts'
import type { Application, Middleware } from './protocol.ts'
import { stack } from './stack.ts'
import { transform } from './transform.ts'

const hello: Application = function hello(_environ, startResponse) {
  startResponse('200 OK', [])
  return 'Hello'
}

const noStore = transform(function noStore(answer) {
  return answer
})

test('an application alone is one line', () => {
  expect(String(outline(hello))).toBe('hello')
})

test('layers are indented, outermost first', () => {
  const timed: Middleware = function timed(inner) {
    return (environ, startResponse) => inner(environ, startResponse)
  }
  expect(String(outline(stack(hello, noStore, timed)))).toBe('noStore\n  timed\n    hello')
})

test('console.log prints it as its text', () => {
  expect(inspect(outline(stack(hello, noStore)))).toBe('noStore\n  hello')
})

test('what has no name is anonymous', () => {
  const app = stack((() => '') as Application, () => () => '')
  expect(String(outline(app))).toBe('anonymous\n  anonymous')
})

test('a layer that returns what it got leaves no trace', () => {
  expect(String(outline(stack(hello, (inner) => inner)))).toBe('hello')
})

test('a layer that answers with another stack leaves the outline of that alone', () => {
  const other = stack(hello, noStore)
  stack(hello, () => other)
  expect(String(outline(other))).toBe('noStore\n  hello')
})

test('a layer that unwraps what it got does not send the outline round in circles', () => {
  const wrapped = stack(hello, noStore)
  expect(String(outline(stack(wrapped, () => hello)))).toBe('hello')
})

test('an application that chooses among others shows them', () => {
  const router: Application & Outlined = Object.assign((() => '') as Application, {
    [outlineSymbol]: () => [{ name: 'GET /' }, { name: '/admin', children: [{ name: 'GET /users' }] }],
  })
  Object.defineProperty(router, 'name', { value: 'router' })
  expect(String(outline(stack(router, noStore)))).toBe(
    'noStore\n  router\n    GET /\n    /admin\n      GET /users',
  )
})

test('what has an application as its app may be given itself', () => {
  expect(String(outline({ app: stack(hello, noStore) }))).toBe('noStore\n  hello')
})

test('what is no application throws, and is shown', () => {
  expect(() => outline({} as { app: Application })).toThrow(
    'Got an object of class Object to outline; expected an application, or what has one as its app.',
  )
  expect(() => outline(undefined as unknown as Application)).toThrow('Got undefined to outline')
})

test('as JSON it is the nodes', () => {
  expect(JSON.parse(JSON.stringify(outline(stack(hello, noStore))))).toEqual({
    name: 'noStore',
    children: [{ name: 'hello' }],
  })
})

test('two copies of the package agree on the symbol', () => {
  expect(outlineSymbol).toBe(Symbol.for('stapel.outline'))
})

test('what chooses itself, also through others, is shown once', () => {
  const chooses = (name: string, choices: () => Application[]): Application => {
    const app: Application & Outlined = () => ''
    app[outlineSymbol] = () => choices().map((choice) => outline(choice).root)
    return Object.defineProperty(app, 'name', { value: name })
  }
  const inner = chooses('inner', () => [outer, inner])
  const outer: Application = chooses('outer', () => [inner, inner])
  expect(String(outline(outer)).split('\n')).toEqual([
    'outer',
    '  inner',
    '    outer',
    '    inner',
    '  inner',
    '    outer',
    '    inner',
  ])
})

test('what fails to say what it chooses among is asked again', () => {
  let fails = true
  const app: Application & Outlined = function app() {
    return ''
  }
  app[outlineSymbol] = () => {
    if (fails) throw new Error('not yet')
    return [{ name: 'choice' }]
  }
  expect(() => outline(app)).toThrow('not yet')
  fails = false
  expect(String(outline(app))).toBe('app\n  choice')
})
