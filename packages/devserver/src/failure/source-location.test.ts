import { expect, test } from 'vitest'
import { isTool, locate, locateForeign, locateHeading } from './source-location.ts'

test('the place that Node writes above a syntax error, with the column of the caret', () => {
  const stack = `file:///site/app.ts:3
export function app() {
  return a +* 2
            ^
}

SyntaxError [ERR_INVALID_TYPESCRIPT_SYNTAX]: Expression expected
    at parseTypeScript (node:internal/modules/typescript:72:36)`
  expect(locate(stack, 'Expression expected')).toEqual({ file: '/site/app.ts', line: 3, column: 13 })
})

test('a heading with a plain path and without a caret', () => {
  expect(locateHeading('/site/my app.js:12\nconst a = = 1')).toEqual({
    file: '/site/my app.js',
    line: 12,
    column: undefined,
  })
})

test("the place in esbuild's report", () => {
  const message = 'Transform failed with 1 error:\n/site/app.ts:3:12: ERROR: Unexpected "*"'
  const stack = `TransformError: ${message}\n    at failureErrorWithLog (/x/node_modules/esbuild/lib/main.js:1752:15)`
  expect(locate(stack, message)).toEqual({ file: '/site/app.ts', line: 3, column: 13 })
})

test('the first frame that is neither of Node nor of a library', () => {
  const stack = `Error: no
    at JSON.parse (<anonymous>)
    at node:internal/process/task_queues:95:5
    at read (file:///site/node_modules/lib/index.js:1:1)
    at async Object.load [as run] (file:///site/my%20lib/a.js:7:9)
    at file:///site/app.js:1:1`
  expect(locate(stack, 'no')).toEqual({ file: '/site/my lib/a.js', line: 7, column: 9 })
})

test('a frame of a library where there is no other', () => {
  const stack = 'Error: no\n    at read (/site/node_modules/lib/index.js:4:2)\n    at node:fs:1:1'
  expect(locate(stack, 'no')).toBeUndefined()
  expect(locateForeign(stack)).toEqual({ file: '/site/node_modules/lib/index.js', line: 4, column: 2 })
})

test.for(['', 'Error: no', 'Error: no\n    at <anonymous>', 'file://%zz:3\nx', 'a:1'])(
  '%j has no place',
  (stack) => {
    expect(locate(stack, stack)).toBeUndefined()
  },
)

test('frames of Node, of what loads TypeScript and of this package are tools', () => {
  expect(isTool('    at node:internal/x:1:1')).toBe(true)
  expect(isTool('    at x (node:fs:1:1)')).toBe(true)
  expect(isTool('    at x (/a/node_modules/tsx/dist/y.cjs:1:1)')).toBe(true)
  expect(isTool(`    at x (${import.meta.url}:1:1)`)).toBe(true)
  expect(isTool('    at x (/site/app.js:1:1)')).toBe(false)
})
