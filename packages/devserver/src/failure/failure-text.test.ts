import { expect, test } from 'vitest'
import { plain } from '../terminal/terminal.ts'
import type { Failure } from './failure.ts'
import { formatFailure, formatLocation, shortPath } from './failure-text.ts'

const failure: Failure = {
  kind: 'error',
  title: 'TypeError: no',
  location: { file: '/site/src/app.ts', line: 10, column: 5 },
  excerpt: [
    { number: 9, text: 'function f() {', marked: false },
    { number: 10, text: '\t\tg()', marked: true },
    { number: 11, text: '}', marked: false },
  ],
  stack: ['at f (/site/src/app.ts:10:5)'],
  causes: ['Error: behind it'],
}

test('a failure shows message, place, lines with a marker, stack and causes', () => {
  expect(formatFailure(failure, plain, '/site')).toBe(`TypeError: no
  at src/app.ts:10:5

   9 | function f() {
> 10 |   g()
     |     ^
  11 | }

    at f (/site/src/app.ts:10:5)

Caused by: Error: behind it
`)
})

test('a failure that one sentence explains is that sentence', () => {
  expect(
    formatFailure({ kind: 'target', title: 'There is no app.', excerpt: [], stack: [], causes: [] }),
  ).toBe('There is no app.\n')
})

test('messages and lines cannot change the terminal', () => {
  const text = formatFailure({
    ...failure,
    title: 'a\x1b[2Jb',
    excerpt: [{ number: 1, text: 'c\x1bd', marked: false }],
  })
  expect(text).toContain('a\\x1b[2Jb')
  expect(text).toContain('c\\x1bd')
  expect(text).not.toContain('\x1b')
})

test('a place without a column has no caret', () => {
  const text = formatFailure({ ...failure, location: { file: '/site/a.ts', line: 10 } }, plain, '/site')
  expect(text).toContain('  at a.ts:10\n')
  expect(text).not.toContain('^')
})

test('a path is relative where the file lies below the directory', () => {
  expect(shortPath('/site/src/a.ts', '/site')).toBe('src/a.ts')
  expect(shortPath('/other/a.ts', '/site')).toBe('/other/a.ts')
  expect(formatLocation({ file: '/other/a.ts', line: 1 }, '/site')).toBe('/other/a.ts:1')
})
