import { parseArgs } from 'node:util'
import { CommandError } from './command-error.ts'
import { type CommandName, commands } from './commands.ts'
import type { Given, Option } from './option.ts'
import { options } from './options.ts'
import { flagName, type SettingName } from './settings.ts'

/** What a command line says, before any value is read. */
export interface Arguments {
  readonly command: CommandName
  /** Without the name of the command. */
  readonly positionals: readonly string[]
  readonly flags: ReadonlyMap<SettingName, Given>
  readonly help: boolean
  readonly version: boolean
}

/**
 * Takes a command line apart; the name of a command is its first argument that is no option. Throws a {@link CommandError} with exit code 2
 * for options that nobody knows, and for those that say nothing to the command.
 */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args)
  const first = positionals[0]
  const named = first !== undefined && first !== 'dev' && Object.hasOwn(commands, first)
  const command = named ? (first as CommandName) : 'dev'
  const { help = false, version = false, ...given } = values
  const flags = new Map(Object.entries(given).map(([flag, value]) => [names.get(flag) as SettingName, value]))
  for (const name of flags.keys()) {
    if (!commands[command].settings.includes(name)) throw misplaced(name, command)
  }
  return {
    command,
    positionals: named ? positionals.slice(1) : positionals,
    flags,
    help: help === true,
    version: version === true,
  }
}

const names: ReadonlyMap<string, SettingName> = new Map(
  Object.keys(options).map((name) => [flagName(name), name as SettingName]),
)

interface Parsed {
  readonly values: Readonly<Record<string, Given>>
  readonly positionals: readonly string[]
}

function parse(args: readonly string[]): Parsed {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      allowNegative: true,
      options: {
        ...Object.fromEntries([...names].map(([flag, name]) => [flag, kindOf(options[name])])),
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    })
  } catch (cause) {
    // Node's message goes on with advice that does not fit here.
    const message = (cause as Error).message.split(/\. |\n/)[0] as string
    throw new CommandError(`${message.replace(/\.$/, '')}; see stapel --help.`, 2, { cause })
  }
}

function kindOf(option: Option<unknown>): {
  type: 'string' | 'boolean'
  multiple: boolean
  short?: string
} {
  return {
    type: option.value === undefined ? 'boolean' : 'string',
    multiple: option.many === true,
    ...(option.short === undefined ? {} : { short: option.short }),
  }
}

function misplaced(name: SettingName, command: CommandName): CommandError {
  const whose = Object.entries(commands)
    .filter(([, { settings }]) => settings.includes(name))
    .map(([other]) => (other === 'dev' ? 'stapel' : `stapel ${other}`))
  const here = command === 'dev' ? 'stapel without a command' : `stapel ${command}`
  return new CommandError(
    `Got --${flagName(name)}, which ${here} does not have; it is one of ${whose.join(' and ')}.`,
    2,
  )
}
