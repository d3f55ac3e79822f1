import { expect, test } from 'vitest'
import { commands } from './commands.ts'
import { options } from './options.ts'
import { usageOf } from './usage.ts'

test('the help names the command line, the options and the other commands', () => {
  expect(usageOf('routes')).toBe(`Usage: stapel routes [module[:export]] [options]

Prints the layers of an application and the rules of its routers.

  stapel routes                     those of app.ts, app.js, src/app.ts …, the first that is there
  stapel routes app.ts:app --json   the same as JSON

Options:
      --json              print JSON
      --as <kind>         what the export is, where a function does not tell: node for (req, res), fetch or stapel
      --import <module>   import a module before the application; may be repeated
      --env-file <file>   set variables from a file; may be repeated (default .env.local and .env, where they are there; none for stapel serve)
      --app <module>      the application, where the command line names none
      --config <file>     the settings file (default stapel.config.js, .mjs, .ts, .mts or .json, where there is one)
  -h, --help              print this
  -v, --version           print the version
`)
  expect(usageOf('dev')).toMatch(
    /\nCommands:\n {2}stapel serve --help .*\n {2}stapel routes --help {3}Prints the layers/,
  )
  expect(usageOf('dev')).toMatch(/^ {2}-p, --port <number> +the port; 0 takes a free one/m)
  expect(usageOf('dev')).toMatch(/^ {6}--no-reload +serve from this one process/m)
})

test('every option belongs to a command', () => {
  const used = new Set(Object.values(commands).flatMap(({ settings }) => settings))
  expect([...used].sort()).toEqual(Object.keys(options).sort())
})
