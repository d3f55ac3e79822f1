import { expect, test } from 'vitest'
import { commonFrames, type Frame, framesOf } from './frames.ts'

const originsOf = (stack: string): string[] =>
  framesOf(stack, '', 0).frames.map(({ origin, call }) => `${origin} ${call}`)

test('each frame says whose code it is', () => {
  const stack = `Error: no
    at JSON.parse (<anonymous>)
    at async read (file:///site/node_modules/lib/index.js:1:1)
    at new Site (/site/my app.js:7:9)
    at file:///site/app.js:1:1
    at node:internal/process/task_queues:95:5`
  expect(originsOf(stack)).toEqual([
    'node JSON.parse (<anonymous>)',
    'library async read',
    'application new Site',
    'application ',
    'node ',
  ])
})

test('frames of what loads TypeScript are left out', () => {
  expect(originsOf('Error\n    at x (/a/node_modules/tsx/dist/y.cjs:1:1)\n    at b (/b.js:1:1)')).toEqual([
    'application b',
  ])
})

const frame = (call: string): Frame => ({
  call,
  location: { file: '/a.js', line: 1, column: 1 },
  origin: 'application',
  excerpt: [],
})
const stackOf = (calls: string): Frame[] => [...calls].map(frame)

test('the calls that two stacks have in common are counted, though either may end before', () => {
  expect(commonFrames(stackOf('xbcd'), stackOf('abcd'))).toBe(3)
  expect(commonFrames(stackOf('xybc'), stackOf('abcd'))).toBe(2)
  expect(commonFrames(stackOf('xbcde'), stackOf('abcd'))).toBe(4)
  expect(commonFrames(stackOf('xyz'), stackOf('abc'))).toBe(0)
  expect(commonFrames(stackOf('xbz'), stackOf('abcd'))).toBe(0)
  expect(commonFrames([], stackOf('abc'))).toBe(0)
})
