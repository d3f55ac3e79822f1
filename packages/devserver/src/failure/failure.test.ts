import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { describeFailure, EXCERPT_LINE_LIMIT, excerptOf, MESSAGE_LIMIT } from './failure.ts'

function fileWith(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'stapel-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'app.js')
  writeFileSync(file, text)
  return file
}

test('an error is described with its place, its lines and its causes', () => {
  const file = fileWith('one\ntwo\nthree\nfour\nfive\nsix\n')
  const error = new TypeError('no', { cause: new RangeError('too far', { cause: 'a text' }) })
  error.stack = `TypeError: no\n    at f (${file}:2:3)\n    at node:fs:1:1`
  Object.assign(error, { code: 'E_NO' })
  expect(describeFailure(error)).toEqual({
    kind: 'error',
    title: 'TypeError: no',
    code: 'E_NO',
    location: { file, line: 2, column: 3 },
    excerpt: [
      { number: 1, text: 'one', marked: false },
      { number: 2, text: 'two', marked: true },
      { number: 3, text: 'three', marked: false },
      { number: 4, text: 'four', marked: false },
      { number: 5, text: 'five', marked: false },
    ],
    stack: [`at f (${file}:2:3)`],
    causes: ['RangeError: too far', '"a text" was thrown'],
  })
})

test('the place is searched for only when the error does not say it', () => {
  const file = fileWith('one\n')
  const error = new SyntaxError('Unexpected token')
  error.stack = 'SyntaxError: Unexpected token\n    at node:internal/x:1:1'
  expect(describeFailure(error, () => ({ file, line: 1 })).excerpt).toEqual([
    { number: 1, text: 'one', marked: true },
  ])
  error.stack = `SyntaxError\n    at ${file}:1:1`
  expect(describeFailure(error, () => expect.fail('it was searched for')).location).toEqual({
    file,
    line: 1,
    column: 1,
  })
})

test("esbuild's report is a syntax error", () => {
  const error = new Error('Transform failed with 1 error:\n/none/app.ts:3:12: ERROR: Unexpected "*"')
  error.name = 'TransformError'
  expect(describeFailure(error)).toMatchObject({ title: 'SyntaxError: Unexpected "*"', excerpt: [] })
})

test('causes that go in a circle are told once', () => {
  const a = new Error('a')
  const b = new Error('b', { cause: a })
  a.cause = b
  expect(describeFailure(a).causes).toEqual(['Error: b'])
})

test('long messages and long lines are cut', () => {
  expect(describeFailure(new Error('x'.repeat(100_000))).title).toHaveLength(MESSAGE_LIMIT + 1)
  const file = fileWith('y'.repeat(100_000))
  expect(excerptOf({ file, line: 1 })[0]?.text).toHaveLength(EXCERPT_LINE_LIMIT + 1)
})

test('a file that is not there, or has not so many lines, gives no lines', () => {
  expect(excerptOf({ file: '/none/app.js', line: 1 })).toEqual([])
  expect(excerptOf({ file: fileWith('one\n'), line: 9 })).toEqual([])
})

test('an error that fails when it is looked at is described all the same', () => {
  const hostile = new Proxy(new Error('x'), {
    get: () => {
      throw new Error('no access')
    },
  })
  expect(describeFailure(hostile)).toMatchObject({ title: 'Error', stack: [], causes: [] })
  const circle: { self?: unknown } = {}
  circle.self = circle
  expect(describeFailure(circle).title).toBe('a value that cannot be shown was thrown')
})

test('anything that is thrown can be described', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(describeFailure(value).title.length).toBeGreaterThan(0)
    }),
  )
})
