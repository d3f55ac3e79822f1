import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  frameLines,
  isLibrary,
  isTool,
  locate,
  locateForeign,
  locateHeading,
  parseFrame,
} from './source-location.ts'

test('the place that Node writes above a syntax error, with the column of the caret', () => {
  const stack = `file:///site/app.ts:3
export function app() {
  return a +* 2
            ^
}

SyntaxError [ERR_INVALID_TYPESCRIPT_SYNTAX]: Expression expected
    at parseTypeScript (node:internal/modules/typescript:72:36)`
  expect(locate(stack, 'Expression expected', true)).toEqual({ file: '/site/app.ts', line: 3, column: 13 })
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
  expect(locate(stack, message, true)).toEqual({ file: '/site/app.ts', line: 3, column: 13 })
})

test('the first frame that is neither of Node nor of a library', () => {
  const stack = `Error: no
    at JSON.parse (<anonymous>)
    at node:internal/process/task_queues:95:5
    at read (file:///site/node_modules/lib/index.js:1:1)
    at async Object.load [as run] (file:///site/my%20lib/a.js:7:9)
    at file:///site/app.js:1:1`
  expect(locate(stack, 'no', true)).toEqual({ file: '/site/my lib/a.js', line: 7, column: 9 })
})

test('a frame of a library where there is no other', () => {
  const stack = 'Error: no\n    at read (/site/node_modules/lib/index.js:4:2)\n    at node:fs:1:1'
  expect(locate(stack, 'no', true)).toBeUndefined()
  expect(locateForeign(stack, 'no')).toEqual({ file: '/site/node_modules/lib/index.js', line: 4, column: 2 })
})

test.for(['', 'Error: no', 'Error: no\n    at <anonymous>', 'file://%zz:3\nx', 'a:1'])(
  '%j has no place',
  (stack) => {
    expect(locate(stack, stack, true)).toBeUndefined()
  },
)

test('frames of what loads TypeScript and of this package are tools', () => {
  expect(isTool('    at x (/a/node_modules/tsx/dist/y.cjs:1:1)')).toBe(true)
  expect(isTool(`    at x (${import.meta.url}:1:1)`)).toBe(true)
  expect(isTool('    at x (/site/app.js:1:1)')).toBe(false)
})

test('files below node_modules, and of the packages beside this one, are those of a library', () => {
  expect(isLibrary('/site/node_modules/lib/index.js')).toBe(true)
  expect(isLibrary(new URL('../../../core/dist/stack.js', import.meta.url).pathname)).toBe(true)
  expect(isLibrary(new URL('../../../core/example/app.js', import.meta.url).pathname)).toBe(false)
  expect(isLibrary('/site/app.js')).toBe(false)
})

test.for([
  ['    at f (/site/app.js:1:2)', 'f', '/site/app.js'],
  [
    '    at async Object.load [as run] (file:///site/a%20b.js:1:2)',
    'async Object.load [as run]',
    '/site/a b.js',
  ],
  ['    at async file:///site/app.js:1:2', '', '/site/app.js'],
  ['    at f (file:///site/app.js?v=3:1:2)', 'f', '/site/app.js'],
  ['    at f (/site (old)/app.js:1:2)', 'f', '/site (old)/app.js'],
  ['    at <anonymous>', '<anonymous>', undefined],
  [
    '    at eval (eval at f (/site/app.js:1:1), <anonymous>:1:1)',
    'eval (eval at f (/site/app.js:1:1), <anonymous>:1:1)',
    undefined,
  ],
] as const)('%s', ([line, call, file]) => {
  const parsed = parseFrame(line)
  expect([parsed.call, parsed.location?.file]).toEqual([call, file])
})

test('a message that looks like frames, as a client may have sent it, is none', () => {
  const message = 'bad name\n    at x (/site/secrets.js:1:1)'
  const stack = `Error: ${message}\n    at f (/site/app.js:7:1)`
  expect(frameLines(stack, message)).toEqual(['    at f (/site/app.js:7:1)'])
  expect(locate(stack, message, false)).toMatchObject({ file: '/site/app.js', line: 7 })
  const report = 'Transform failed\n/site/secrets.js:1:1: ERROR: x'
  expect(locate(`Error: ${report}`, report, false)).toBeUndefined()
})

test('any stack has frames that are taken apart', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (call, file) => {
      expect(typeof parseFrame(`    at ${call} (${file}:1:2)`).call).toBe('string')
      expect(frameLines(`${call}\n    at ${file}`, call)).toBeInstanceOf(Array)
    }),
  )
})
