import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pathFor, pathsOf } from './made-up-path.ts'

test.for([
  ['/', '/'],
  ['/users/:id', '/users/1'],
  ['/users/:id{/posts/:post}', '/users/1/posts/1'],
  ['/files/*path', '/files/a/b'],
  ['/:"odd name"/x', '/1/x'],
  ['/a\\:b', '/a%3Ab'],
  [':page', '/1'],
] as const)('%s is asked as %s', ([pattern, path]) => {
  expect(pathFor(pattern)).toBe(path)
})

test('the rules that take GET are asked, also those of mounts', () => {
  const application = 'show'
  const root = {
    name: 'router',
    children: [
      { name: 'a', row: { methods: ['GET', 'POST'], pattern: '/a', application } },
      { name: 'b', row: { methods: ['DELETE'], pattern: '/b', application } },
      { name: 'c', row: { pattern: '/c', application } },
      { name: 'socket', row: { kind: 'websocket', pattern: '/socket', application } },
      {
        name: 'm',
        row: { kind: 'mount', pattern: '/m', application },
        children: [{ name: 'd', row: { methods: ['GET'], pattern: '/m/:d', application } }],
      },
    ],
  }
  expect(pathsOf(root)).toEqual(['/a', '/c', '/m/1'])
})

test('any pattern gives a path that can be asked', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (pattern) => {
      const path = pathFor(pattern)
      expect(path.startsWith('/')).toBe(true)
      expect(path).toMatch(/^[\x21-\x7e]*$/)
    }),
  )
})
