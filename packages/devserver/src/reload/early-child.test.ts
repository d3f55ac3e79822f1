import { once } from 'node:events'
import { expect, test } from 'vitest'
import { endEarly, startEarly, takeEarly } from './early-child.ts'

test.for([
  ['a module', ['app.ts:app', '--port', '0']],
  ['nothing, which is an error that is told later', []],
])('a command line with %s has the process started', async ([, args]) => {
  startEarly(args as string[])
  const child = takeEarly()
  expect(child?.pid).toBeGreaterThan(0)
  expect(takeEarly()).toBeUndefined()
  const ended = once(child as NonNullable<typeof child>, 'exit')
  child?.disconnect()
  expect(await ended).toEqual([0, null])
})

test.for([[['serve', 'app.ts']], [['app.ts', '--no-reload']], [['--help']], [['-v']], [['call', '/']]])(
  '%j starts none',
  ([args]) => {
    startEarly(args as string[])
    expect(takeEarly()).toBeUndefined()
  },
)

test('a process that nobody took is ended', () => {
  startEarly(['app.ts'])
  endEarly()
  expect(takeEarly()).toBeUndefined()
})
