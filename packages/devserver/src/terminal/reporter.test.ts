import { expect, test } from 'vitest'
import { plainFailure } from '../failure/failure.ts'
import { createReporter, type Reporter, type ReporterOptions } from './reporter.ts'
import type { RequestRecord } from './request-line.ts'
import { plain } from './terminal.ts'

function report(options: Partial<ReporterOptions> = {}): Reporter & { out: string[]; err: string[] } {
  const out: string[] = []
  const err: string[] = []
  const output = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) }
  return {
    ...createReporter({
      output,
      palette: plain,
      target: 'app.ts:app',
      host: '127.0.0.1',
      reload: true,
      keys: false,
      collapse: false,
      trace: false,
      secrets: false,
      elapsed: () => 312,
      ...options,
    }),
    out,
    err,
  }
}

const never = { wait: undefined, ends: 0 }
const thrown = { ...plainFailure('error', 'Error: no'), location: { file: '/none/a.js', line: 1 } }

test('the start says what is served, where, and how to stop', () => {
  const reporter = report()
  reporter.listening('http://127.0.0.1:8000/', true)
  expect(reporter.out).toEqual([
    'Stapel serves app.ts:app at http://127.0.0.1:8000/ (reload on, ready in 312 ms)',
    'Press Ctrl+C to stop',
  ])
})

test('a start that failed is not said to be ready', () => {
  const reporter = report()
  reporter.listening('http://127.0.0.1:8000/', false)
  expect(reporter.out[0]).toBe('Stapel serves app.ts:app at http://127.0.0.1:8000/ (reload on)')
})

// robustness.md D6
test('a server that other machines can reach says so', () => {
  const reporter = report({ host: '0.0.0.0' })
  reporter.listening('http://127.0.0.1:8000/', true)
  expect(reporter.out).toContain('Other machines can reach it, and see source code when something fails.')
})

test('a restart names its reason and how long it took', () => {
  const reporter = report()
  reporter.changed([`${process.cwd()}/src/app.ts`, '/other/b.ts', '/other/c.ts'])
  reporter.changed(['/other/b\n.ts'])
  reporter.changed([])
  reporter.ready(243)
  expect(reporter.out).toEqual([
    'src/app.ts and 2 more changed, restarting',
    '/other/b\\x0a.ts changed, restarting',
    'Restarting',
    'Ready in 243 ms',
  ])
})

test('a failure goes to standard error, with what happens next', () => {
  const reporter = report()
  reporter.failed(plainFailure('error', 'It ended.'), never)
  reporter.failed(plainFailure('error', 'It ended.'), { wait: 0, ends: 1 })
  expect(reporter.out).toEqual([])
  expect(reporter.err).toEqual([
    '\nIt ended.\n',
    'The application is not running; it is started again when one of its files is saved.',
    '\nIt ended.\n',
    'The application ended; it is started again.',
  ])
})

test('where keys are listened to, the one that starts it again is named', () => {
  const reporter = report({ keys: true })
  reporter.failed(thrown, never)
  expect(reporter.err.at(-1)).toBe(
    'The application is not running; it is started again when one of its files is saved, and by the key r.',
  )
})

test('an application that ends again and again is shown once, with what happens next', () => {
  const reporter = report({ keys: true })
  reporter.failed(thrown, { wait: 0, ends: 1 })
  reporter.failed(thrown, { wait: 500, ends: 2 })
  reporter.failed({ ...thrown, title: 'Error: other' }, { wait: 1000, ends: 3 })
  reporter.failed({ ...thrown, title: 'Error: other' }, { wait: undefined, ends: 4 })
  expect(reporter.err).toEqual([
    '\nError: no\n  at /none/a.js:1\n',
    'The application ended; it is started again.',
    'Error: no at /none/a.js:1, as above',
    'The application ended soon after its start; it is started again in 500 ms.',
    '\nError: other\n  at /none/a.js:1\n',
    'The application ended soon after its start; it is started again in 1.00 s.',
    'Error: other at /none/a.js:1, as above',
    'The application ended 4 times soon after its start, and is not running; a save, the key r or a request starts it again.',
  ])
})

test('one that ends the same way after it had lasted is shown whole', () => {
  const reporter = report()
  reporter.failed(thrown, { wait: 0, ends: 1 })
  reporter.failed(thrown, { wait: 0, ends: 1 })
  expect(reporter.err[2]).toBe(reporter.err[0])
})

test('without reload nothing happens next', () => {
  const reporter = report({ reload: false })
  reporter.failed(plainFailure('error', 'It ended.'), never)
  expect(reporter.err).toEqual(['\nIt ended.\n'])
})

test('a request that fails is shown whole', () => {
  const reporter = report()
  reporter.threw(thrown)
  reporter.threw(thrown)
  expect(reporter.err).toEqual(['\nError: no\n  at /none/a.js:1\n', '\nError: no\n  at /none/a.js:1\n'])
})

test('on a terminal the same failure is shown once, until something changes', () => {
  const reporter = report({ collapse: true })
  reporter.threw(thrown)
  reporter.threw(thrown)
  reporter.threw({ ...thrown, title: 'Error: other' })
  reporter.threw(thrown)
  reporter.changed(['/a.js'])
  reporter.threw(thrown)
  const whole = '\nError: no\n  at /none/a.js:1\n'
  expect(reporter.err).toEqual([
    whole,
    'Error: no at /none/a.js:1, as above',
    '\nError: other\n  at /none/a.js:1\n',
    whole,
    whole,
  ])
})

const request: RequestRecord = {
  method: 'GET',
  target: '/',
  status: 200,
  bytes: 1,
  ms: 1,
  heads: () => ({ request: { line: 'GET / HTTP/1.1', headers: [] }, answer: undefined }),
}

test('repeated requests are collapsed on a terminal alone', () => {
  const terminal = report({ collapse: true })
  const pipe = report()
  for (const reporter of [terminal, pipe]) {
    for (let i = 0; i < 4; i++) reporter.request({ ...request, ms: i })
    reporter.request({ ...request, status: 404 })
    reporter.flush()
  }
  expect(terminal.out).toEqual(['GET / 200 1 B 0 ms', 'GET / 200 1 B 3 ms (×3)', 'GET / 404 1 B 1 ms'])
  expect(pipe.out).toHaveLength(5)
})

test('secret parameters of an address are hidden, unless they are asked for', () => {
  const record = { method: 'GET', target: '/reset?token=abc&page=2', status: 200, bytes: 5, ms: 1 }
  const reporter = report()
  reporter.request(record)
  expect(reporter.out).toEqual(['GET /reset?token=(hidden)&page=2 200 5 B 1 ms'])
  const open = report({ secrets: true })
  open.request(record)
  expect(open.out).toEqual(['GET /reset?token=abc&page=2 200 5 B 1 ms'])
})

test('with --trace each request is shown with its head', () => {
  const reporter = report({ trace: true, collapse: true })
  reporter.request(request)
  reporter.request(request)
  const whole = ['> GET / HTTP/1.1\n>', 'GET / 200 1 B 1 ms']
  expect(reporter.out).toEqual([...whole, ...whole])
})
