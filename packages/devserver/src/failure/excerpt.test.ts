import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { EXCERPT_CONTEXT, EXCERPT_LINE_LIMIT, excerptOf } from './excerpt.ts'
import { temporaryFile } from './temporary-file.test-support.ts'

test('so many lines are shown on each side', () => {
  const file = temporaryFile('app.ts', Array.from({ length: 100 }, (_, i) => `line ${i + 1}`).join('\n'))
  const excerpt = excerptOf({ file, line: 50 })
  expect(excerpt).toHaveLength(2 * EXCERPT_CONTEXT + 1)
  expect(excerpt.find(({ marked }) => marked)).toEqual({ number: 50, text: 'line 50', marked: true })
  expect(excerptOf({ file, line: 1 })).toHaveLength(EXCERPT_CONTEXT + 1)
})

test('every kind of line break is one', () => {
  const file = temporaryFile('app.js', 'a\r\nb\rc\nd')
  expect(excerptOf({ file, line: 2 }).map(({ text }) => text)).toEqual(['a', 'b', 'c', 'd'])
})

test('the line after the last one can be marked, where the end of a file is what is wrong', () => {
  const file = temporaryFile('app.js', 'const a =\n')
  expect(excerptOf({ file, line: 2 })).toEqual([
    { number: 1, text: 'const a =', marked: false },
    { number: 2, text: '', marked: true },
  ])
})

test('long lines are cut', () => {
  const file = temporaryFile('app.js', 'y'.repeat(100_000))
  expect(excerptOf({ file, line: 1 })[0]?.text).toHaveLength(EXCERPT_LINE_LIMIT + 1)
})

// robustness.md D4
test('a file that is not there, or has not so many lines, gives no lines', () => {
  expect(excerptOf({ file: '/none/app.js', line: 1 })).toEqual([])
  expect(excerptOf({ file: temporaryFile('app.js', 'one\n'), line: 9 })).toEqual([])
})

test('what is no source file is not shown, whatever a text says', () => {
  expect(excerptOf({ file: temporaryFile('.env', 'SECRET=1'), line: 1 })).toEqual([])
  expect(excerptOf({ file: temporaryFile('id_rsa', 'key'), line: 1 })).toEqual([])
})

test.skipIf(process.platform === 'win32')('a pipe that looks like a source file is not waited for', () => {
  const pipe = join(dirname(temporaryFile('app.js', '')), 'pipe.js')
  execFileSync('mkfifo', [pipe])
  expect(excerptOf({ file: pipe, line: 1 })).toEqual([])
})
