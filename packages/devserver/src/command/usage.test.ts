import { expect, test } from 'vitest'
import { commands } from './commands.ts'
import { options } from './options.ts'
import { usageOf } from './usage.ts'

test('the help names the command line, the options and the other commands', () => {
  expect(usageOf('routes')).toBe(`Usage: stapel routes <module[:export]> [options]

Prints the layers of an application and the rules of its routers.

  stapel routes app.ts:app --json   the same as JSON

Options:
      --json            print JSON
      --app <module>    the application, where the command line names none
      --config <file>   the settings file (default stapel.config.js, .mjs, .ts, .mts or .json, where there is one)
  -h, --help            print this
  -v, --version         print the version
`)
  expect(usageOf('dev')).toMatch(
    /\nCommands:\n {2}stapel serve --help .*\n {2}stapel routes --help {3}Prints the layers/,
  )
  expect(usageOf('dev')).toContain('  -p, --port <number>    the port; 0 takes a free one')
  expect(usageOf('dev')).toContain('      --no-reload        serve from this one process')
})

test('every option belongs to a command', () => {
  const used = new Set(Object.values(commands).flatMap(({ settings }) => settings))
  expect([...used].sort()).toEqual(Object.keys(options).sort())
})
