import { expect, test } from 'vitest'
import { commands } from './commands.ts'
import { options } from './options.ts'
import { usageOf } from './usage.ts'

test('the help names the command line, the options and the other commands', () => {
  expect(usageOf('routes')).toBe(`Usage: stapel routes <module[:export]> [options]

Prints the layers of an application and the rules of its routers.

  stapel routes app.ts:app --json   the same as JSON

Options:
      --json      print JSON
  -h, --help      print this
  -v, --version   print the version
`)
  expect(usageOf('dev')).toContain('\nCommands:\n  stapel routes --help   Prints the layers')
  expect(usageOf('dev')).toContain('  -p, --port <number>    the port; 0 takes a free one')
  expect(usageOf('dev')).toContain('      --no-reload        serve from this one process')
})

test('every option belongs to a command', () => {
  const used = new Set(Object.values(commands).flatMap(({ settings }) => settings))
  expect([...used].sort()).toEqual(Object.keys(options).sort())
})
