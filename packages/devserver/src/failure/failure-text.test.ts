import { expect, test } from 'vitest'
import { plain } from '../terminal/terminal.ts'
import type { FailedRequest } from './failed-request.ts'
import { type Failure, type Frame, plainFailure } from './failure.ts'
import { formatFailure, formatLocation, shortPath } from './failure-text.ts'

const failure: Failure = {
  ...plainFailure('error', 'TypeError: no', ['Install it.']),
  happened: 'An error was thrown while answering GET /',
  code: 'E_NO',
  location: { file: '/site/src/app.ts', line: 10, column: 5 },
  excerpt: [
    { number: 9, text: 'function f() {', marked: false },
    { number: 10, text: '\t\tg()', marked: true },
    { number: 11, text: '}', marked: false },
  ],
  frames: [
    frame('f', '/site/src/app.ts'),
    frame('run', '/site/node_modules/express/lib/a.js', 'library'),
    frame('', 'node:fs', 'node'),
  ],
  properties: [['userId', '42']],
  behind: [
    {
      ...plainFailure('error', 'Error: behind it'),
      relation: 'cause',
      depth: 1,
      frames: [frame('g', '/site/src/b.ts'), frame('f', '/site/src/app.ts')],
    },
  ],
  request: {
    method: 'GET',
    target: '/',
    begun: false,
    headers: [],
    environ: [],
    layers: [
      { name: 'log', ms: 3.1234, threw: false },
      { name: 'site', ms: 2, threw: true },
      { name: 'later', threw: false },
    ],
    rules: ['GET /'],
    params: [['id', '7']],
  },
}

function frame(call: string, file: string, origin: Frame['origin'] = 'application'): Frame {
  return { call, location: { file, line: 10, column: 5 }, origin, excerpt: [] }
}

test('a failure shows message, place, lines with a marker, stack, causes, layers, rules and what to do', () => {
  expect(formatFailure(failure, plain, '/site')).toBe(`An error was thrown while answering GET /

TypeError: no
  at src/app.ts:10:5
  code: E_NO
  userId: 42

   9 | function f() {
> 10 |   g()
     |     ^
  11 | }

    at f (src/app.ts:10:5)
    … 2 calls in express and Node

Caused by: Error: behind it

    at g (src/b.ts:10:5)
    … 1 call as above

Layers: log 3.1 ms > site 2.0 ms (threw) > later
Matched: GET /
  id: 7

Install it.
`)
})

test('where no page could be sent, the request is shown, too', () => {
  const request: FailedRequest = {
    ...(failure.request as FailedRequest),
    begun: true,
    headers: [['Host', 'a.example']],
    environ: [['SCRIPT_NAME', '/site']],
  }
  expect(formatFailure({ ...failure, request })).toContain(
    'Request: GET /\n  Host: a.example\n  SCRIPT_NAME: /site\n',
  )
})

test('a failure that one sentence explains is that sentence', () => {
  expect(formatFailure(plainFailure('target', 'There is no app.'))).toBe('There is no app.\n')
})

// robustness.md D3
test('nothing of a failure can change the terminal', () => {
  const evil = '\x1b[2J\u202e'
  const text = formatFailure({
    ...failure,
    title: `a${evil}b`,
    happened: evil,
    code: evil,
    location: { file: `/site/${evil}`, line: 1 },
    excerpt: [{ number: 1, text: evil, marked: false }],
    frames: [frame(evil, evil), frame(evil, `/node_modules/${evil}/x.js`, 'library')],
    properties: [[evil, evil]],
    behind: [{ ...plainFailure('error', evil), relation: 'part', depth: 1 }],
    request: {
      ...(failure.request as FailedRequest),
      begun: true,
      method: evil,
      target: evil,
      headers: [[evil, evil]],
      environ: [[evil, evil]],
      params: [[evil, evil]],
      rules: [evil],
      layers: [{ name: evil, threw: true }],
    },
    advice: [evil],
  })
  expect(text).toContain('a\\x1b[2J\\u202eb')
  expect(text).not.toContain('\x1b')
  expect(text).not.toContain('\u202e')
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
