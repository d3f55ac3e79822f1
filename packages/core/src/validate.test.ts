import { createEnviron } from '@stapel/testing'
import { expect, test } from 'vitest'
import { outline } from './outline.ts'
import type { Application, Chunk } from './protocol.ts'
import { stack } from './stack.ts'
import { validate } from './validate.ts'

function hello(...[, startResponse]: Parameters<Application>): string {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello'
}

test('1: an application is called with environ and startResponse', () => {
  expect(validate(hello)(createEnviron('/'), () => () => {})).toBe('Hello')
})

test('1: any other number of arguments is the fault of the caller', () => {
  const app = validate(hello) as (...given: unknown[]) => unknown
  expect(() => app(createEnviron('/'))).toThrow(
    'the gateway or the layer outside hello: Got 1 arguments, of which the second is undefined; ' +
      'expected environ and startResponse. (protocol 1)',
  )
  expect(() => app(createEnviron('/'), () => () => {}, 1)).toThrow('Got 3 arguments')
  expect(() => app(createEnviron('/'), 'start')).toThrow('the second is the string start')
})

test('what is no function is refused when it is wrapped', () => {
  expect(() => validate({} as never)).toThrow(
    'Got an object of class Object for the application; expected a function',
  )
})

test('nothing becomes asynchronous', () => {
  const app = stack(
    function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'a'
    },
    validate,
    validate,
  )
  const body = app(createEnviron('/'), () => () => {}) as Iterable<Chunk> & { close(): unknown }
  expect([...body]).toEqual(['a'])
  expect(body.close()).toBe(undefined)
})

test('what startResponse gets is handed on as it is', () => {
  const calls: unknown[][] = []
  const headers: [string, string][] = [['X-Header', 'value']]
  const failure = new Error('failed')
  validate((_environ, startResponse) => {
    startResponse('200 OK', headers)
    startResponse('500 Internal Server Error', headers, failure)
    return ''
  })(createEnviron('/'), (...given) => {
    calls.push(given)
    return () => {}
  })
  expect(calls).toEqual([
    ['200 OK', headers],
    ['500 Internal Server Error', headers, failure],
  ])
  expect(calls[0]?.[1]).toBe(headers)
})

test('what an application throws comes out as it is', async () => {
  const failure = { not: 'an error' }
  expect(() =>
    validate(() => {
      throw failure
    })(createEnviron('/'), () => () => {}),
  ).toThrow(expect.objectContaining(failure))
  await expect(
    validate(async () => {
      throw failure
    })(createEnviron('/'), () => () => {}),
  ).rejects.toBe(failure)
})

test('the name in messages is the option, then that of the function', () => {
  const silent: Application = () => ''
  expect(() => validate(silent)(createEnviron('/'), () => () => {})).toThrow('silent: Answered without')
  expect(() => validate(silent, { name: 'my app' })(createEnviron('/'), () => () => {})).toThrow(
    'my app: Answered',
  )
  expect(() => validate(validate(silent))(createEnviron('/'), () => () => {})).toThrow(
    'silent: Answered without',
  )
})

test('it has a line of its own in an outline', () => {
  expect(String(outline(stack(hello, validate)))).toBe('validate\n  hello')
})
