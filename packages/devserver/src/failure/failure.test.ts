import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BEHIND_LIMIT } from './behind-errors.ts'
import { MESSAGE_LIMIT, PROPERTY_LIMIT } from './describe-error.ts'
import { describeFailure } from './describe-failure.ts'
import { plainFailure } from './failure.ts'
import { FRAME_LIMIT } from './frames.ts'
import { temporaryFile } from './temporary-file.test-support.ts'

test('an error is described with its place, its lines, its frames and its members', () => {
  const file = temporaryFile('app.js', 'one\ntwo\nthree\n')
  const error = new TypeError('no')
  error.stack = `TypeError: no\n    at f (${file}:2:3)\n    at node:fs:1:1`
  Object.assign(error, { code: 'E_NO', userId: 42, apiKey: 'sk-1' })
  const excerpt = [
    { number: 1, text: 'one', marked: false },
    { number: 2, text: 'two', marked: true },
    { number: 3, text: 'three', marked: false },
  ]
  const location = { file, line: 2, column: 3 }
  expect(describeFailure(error)).toEqual({
    kind: 'error',
    title: 'TypeError: no',
    code: 'E_NO',
    location,
    excerpt,
    frames: [
      { call: 'f', location, origin: 'application', excerpt },
      { call: '', location: { file: 'node:fs', line: 1, column: 1 }, origin: 'node', excerpt: [] },
    ],
    hiddenFrames: 0,
    properties: [
      ['userId', '42'],
      ['apiKey', '(hidden)'],
    ],
    behind: [],
    advice: [],
  })
})

test('the errors behind it follow, each before those behind itself', () => {
  const error = new AggregateError(
    [new Error('a', { cause: new Error('a1') }), 'b', new AggregateError([new Error('c1')], 'c')],
    'all',
    { cause: new RangeError('why') },
  )
  const behind = describeFailure(error).behind.map(({ relation, depth, title }) => [relation, depth, title])
  expect(behind).toEqual([
    ['cause', 1, 'RangeError: why'],
    ['part', 1, 'Error: a'],
    ['cause', 2, 'Error: a1'],
    ['part', 1, '"b" was thrown'],
    ['part', 1, 'AggregateError: c'],
    ['part', 2, 'Error: c1'],
  ])
})

// robustness.md D4
test('errors that go in a circle are told once', () => {
  const a = new Error('a')
  const b = new AggregateError([a], 'b', { cause: a })
  a.cause = b
  expect(describeFailure(a).behind.map(({ title }) => title)).toEqual(['AggregateError: b'])
})

// robustness.md D4
test('of very much the first is told', () => {
  const error = new Error('x'.repeat(1_000_000))
  error.stack = `Error: ${error.message}\n${'    at f (/none/a.js:1:1)\n'.repeat(10_000)}`
  Object.assign(error, Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key${i}`, i])))
  error.cause = new AggregateError(Array.from({ length: 10_000 }, (_, i) => new Error(`${i}`)))
  const failure = describeFailure(error)
  expect(failure.title.length).toBeLessThan(MESSAGE_LIMIT + 20)
  expect(failure.frames).toHaveLength(FRAME_LIMIT)
  expect(failure.hiddenFrames).toBeGreaterThan(0)
  expect(failure.properties).toHaveLength(PROPERTY_LIMIT)
  expect(failure.behind).toHaveLength(BEHIND_LIMIT)
  expect(JSON.stringify(failure).length).toBeLessThan(100_000)
})

test('the place is searched for only when the error does not say it', () => {
  const file = temporaryFile('app.js', 'one\n')
  const error = new SyntaxError('Unexpected token')
  error.stack = 'SyntaxError: Unexpected token\n    at node:internal/x:1:1'
  expect(describeFailure(error, { search: () => ({ file, line: 1 }) }).excerpt).toEqual([
    { number: 1, text: 'one', marked: true },
  ])
  error.stack = `SyntaxError\n    at ${file}:1:1`
  expect(describeFailure(error, { search: () => expect.fail('it was searched for') }).location).toEqual({
    file,
    line: 1,
    column: 1,
  })
})

test("esbuild's report is a syntax error", () => {
  const error = new Error('Transform failed with 1 error:\n/none/app.ts:3:12: ERROR: Unexpected "*"')
  error.name = 'TransformError'
  expect(describeFailure(error)).toMatchObject({
    title: 'SyntaxError: Unexpected "*"',
    location: { file: '/none/app.ts', line: 3, column: 13 },
    excerpt: [],
  })
})

test('an error of a class that does not name itself has the name of the class', () => {
  class NoUser extends Error {}
  expect(describeFailure(new NoUser('who')).title).toBe('NoUser: who')
})

// robustness.md D4
test('an error that fails when it is looked at is described all the same', () => {
  const refuse = (): never => {
    throw new Error('no access')
  }
  const hostile = new Proxy(new Error('x'), { get: refuse, ownKeys: refuse, getPrototypeOf: refuse })
  expect(describeFailure(hostile)).toMatchObject({ frames: [], behind: [] })
  const broken = { toString: refuse, toJSON: refuse, [Symbol.toPrimitive]: refuse }
  expect(describeFailure(broken).title).toMatch(/^an object \{ .+ \} was thrown$/)
  const getters = Object.defineProperties(new Error('y'), {
    message: { get: refuse },
    cause: { get: refuse },
  })
  expect(describeFailure(getters).title).toBe('Error')
})

test('what is no error is shown as a value', () => {
  expect(describeFailure(null).title).toBe('null was thrown')
  expect(describeFailure(undefined).title).toBe('undefined was thrown')
  expect(describeFailure({ status: 404, inner: {} }).title).toBe(
    'an object { status: 404, inner: an object } was thrown',
  )
})

// robustness.md D4
test('anything that is thrown can be described, and crosses between processes as JSON', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withSparseArray: true }), (value) => {
      const failure = describeFailure(Object.assign(new Error('x', { cause: value }), { value }))
      expect(describeFailure(value).title.length).toBeGreaterThan(0)
      expect(JSON.parse(JSON.stringify(failure))).toEqual(failure)
    }),
  )
})

test('a failure that one sentence explains has nothing else', () => {
  expect(plainFailure('target', 'There is no app.', ['Write one.'])).toEqual({
    kind: 'target',
    title: 'There is no app.',
    advice: ['Write one.'],
    excerpt: [],
    frames: [],
    hiddenFrames: 0,
    properties: [],
    behind: [],
  })
})
