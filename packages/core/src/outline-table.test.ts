import { expect, test } from 'vitest'
import { type Outlined, type OutlineNode, outline, outlineSymbol } from './outline.ts'
import type { Application } from './protocol.ts'
import { stack } from './stack.ts'

/** An application that chooses among what the nodes say. */
function choosing(...nodes: readonly OutlineNode[]): Application {
  const outlined: Outlined = { [outlineSymbol]: () => nodes }
  function chooser(): string {
    return ''
  }
  return Object.assign(chooser, outlined)
}

test('rows are aligned under headings; a column that is empty everywhere is left out', () => {
  const app = choosing(
    { name: 'GET /', row: { methods: ['GET'], pattern: '/', application: 'home' } },
    { name: 'any', row: { pattern: '/users/:id', name: 'user', application: 'showUser' } },
    { name: 'more', row: { methods: ['GET', 'POST'], pattern: '/posts', application: 'posts' } },
  )
  expect(String(outline(app)).split('\n')).toEqual([
    'chooser',
    '  methods   pattern     name  application',
    '  GET       /                 home',
    '  *         /users/:id  user  showUser',
    '  GET,POST  /posts            posts',
  ])
})

test('hosts and layers have columns; the kind of a rule stands with its methods', () => {
  const app = choosing(
    {
      name: 'feed',
      row: {
        kind: 'websocket',
        pattern: '/feed',
        host: ':tenant.example.org',
        application: 'feed',
        layers: ['login', 'count'],
      },
    },
    { name: 'old', row: { kind: 'redirect', methods: ['GET'], pattern: '/old' } },
  )
  expect(String(outline(app)).split('\n')).toEqual([
    'chooser',
    '  methods       pattern  host                 application  layers',
    '  websocket     /feed    :tenant.example.org  feed         login, count',
    '  redirect GET  /old',
  ])
})

test('rows inside a row are indented in the column of patterns, and share its columns', () => {
  const app = choosing(
    {
      name: 'mount /admin',
      row: { kind: 'mount', pattern: '/admin', application: 'router' },
      children: [
        {
          name: 'GET /admin/users',
          row: { methods: ['GET'], pattern: '/admin/users', application: 'users' },
        },
      ],
    },
    { name: 'GET /', row: { methods: ['GET'], pattern: '/', application: 'home' } },
  )
  expect(String(outline(app)).split('\n')).toEqual([
    'chooser',
    '  methods  pattern         application',
    '  mount    /admin          router',
    '  GET        /admin/users  users',
    '  GET      /               home',
  ])
})

test('what has no row stands below on a line of its own', () => {
  const app = choosing({
    name: 'mount /old',
    row: { kind: 'mount', pattern: '/old', application: 'express' },
    children: [{ name: 'one', children: [{ name: 'two' }] }],
  })
  expect(String(outline(app)).split('\n')).toEqual([
    'chooser',
    '  methods  pattern  application',
    '  mount    /old     express',
    '    one',
    '      two',
  ])
})

test('the table stands where the application stands in its stack', () => {
  function log(inner: Application): Application {
    return (environ, startResponse) => inner(environ, startResponse)
  }
  const app = stack(choosing({ name: 'GET /', row: { methods: ['GET'], pattern: '/' } }), log)
  expect(String(outline(app)).split('\n')).toEqual([
    'log',
    '  chooser',
    '    methods  pattern',
    '    GET      /',
  ])
})

test('as JSON a row keeps its columns apart', () => {
  const node = { name: 'GET /', row: { methods: ['GET'], pattern: '/', layers: ['login'] } }
  expect(JSON.parse(JSON.stringify(outline(choosing(node))))).toEqual({ name: 'chooser', children: [node] })
})
