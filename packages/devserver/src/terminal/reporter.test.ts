import { expect, test } from 'vitest'
import { plainFailure } from '../failure/failure.ts'
import { createReporter, type ReporterOptions } from './reporter.ts'
import { plain } from './terminal.ts'

function report(
  options: Partial<ReporterOptions> = {},
): ReturnType<typeof createReporter> & { out: string[]; err: string[] } {
  const out: string[] = []
  const err: string[] = []
  const output = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) }
  return {
    ...createReporter({
      output,
      palette: plain,
      target: 'app.ts:app',
      reload: true,
      exposed: false,
      ...options,
    }),
    out,
    err,
  }
}

test('the start says what is served, where, and how to stop', () => {
  const reporter = report()
  reporter.listening('http://127.0.0.1:8000/')
  expect(reporter.out).toEqual([
    'Stapel serves app.ts:app at http://127.0.0.1:8000/ (reload on)',
    'Press Ctrl+C to stop',
  ])
})

test('a server that other machines can reach says so', () => {
  const reporter = report({ exposed: true, reload: false })
  reporter.listening('http://127.0.0.1:8000/')
  expect(reporter.out.slice(0, 2)).toEqual([
    'Stapel serves app.ts:app at http://127.0.0.1:8000/ (reload off)',
    'Other machines can reach it, and see source code when something fails.',
  ])
})

test('a restart names its reason and how long it took', () => {
  const reporter = report()
  reporter.changed([`${process.cwd()}/src/app.ts`, '/other/b.ts', '/other/c.ts'])
  reporter.changed(['/other/b\n.ts'])
  reporter.ready(243)
  expect(reporter.out).toEqual([
    'src/app.ts and 2 more changed, restarting',
    '/other/b\\x0a.ts changed, restarting',
    'Ready in 243 ms',
  ])
})

test('a failure goes to standard error, with what happens next', () => {
  const reporter = report()
  reporter.failed(plainFailure('error', 'It ended.'), false)
  reporter.failed(plainFailure('error', 'It ended.'), true)
  expect(reporter.out).toEqual([])
  expect(reporter.err).toEqual([
    '\nIt ended.\n',
    'The application is not running; it is started again when one of its files is saved.',
    '\nIt ended.\n',
    'The application ended; it is started again.',
  ])
})

test('without reload nothing happens next', () => {
  const reporter = report({ reload: false })
  reporter.failed(plainFailure('error', 'It ended.'), false)
  expect(reporter.err).toEqual(['\nIt ended.\n'])
})
