import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startEarly, takeEarly } from './early-child.ts'

test.for([
  ['a module', ['app.ts:app', '--port', '0']],
  ['nothing, which is an error that is told later', []],
])('a command line with %s has the process started', async ([, args]) => {
  startEarly(args as string[])
  const child = takeEarly()
  expect(child?.pid).toBeGreaterThan(0)
  expect(takeEarly()).toBeUndefined()
  const ended = once(child as NonNullable<typeof child>, 'exit')
  child?.kill('SIGKILL')
  await ended
})

test.for([[['serve', 'app.ts']], [['app.ts', '--no-reload']], [['--help']], [['-v']], [['call', '/']]])(
  '%j starts none',
  ([args]) => {
    startEarly(args as string[])
    expect(takeEarly()).toBeUndefined()
  },
)
