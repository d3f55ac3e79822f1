import { expect, test } from 'vitest'
import { exitFailure } from './exit-failure.ts'

test('who called process.exit() is told', () => {
  const stack = `Error
    at process.<anonymous> (file:///site/node_modules/x/a.js:1:1)
    at process.emit (node:events:524:28)
    at process.exit (node:internal/process/per_thread:182:13)
    at stop (/site/app.js:7:9)`
  expect(exitFailure(3, stack)).toMatchObject({
    title: 'process.exit(3) was called.',
    happened: 'The application ended its own process.',
    location: { file: '/site/app.js', line: 7, column: 9 },
  })
})

test('a process that came to its end is told as that', () => {
  const stack = 'Error\n    at process.<anonymous> (/x/a.js:1:1)\n    at process.emit (node:events:524:28)'
  expect(exitFailure(0, stack).title).toBe("The application's process ended with exit code 0.")
})
