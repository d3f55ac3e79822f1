import { type ParseArgsConfig, parseArgs } from 'node:util'
import { closest } from '../failure/closest.ts'
import { CommandError } from './command-error.ts'
import { type CommandName, commands } from './commands.ts'
import type { Given, Option } from './option.ts'
import { options } from './options.ts'
import { flagOf, isOfOneCall, type SettingName } from './settings.ts'

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
 * for options that nobody knows, for those that say nothing to the command, and for two places to serve at.
 */
export function parseArguments(args: readonly string[]): Arguments {
  const command = commandOf(args)
  const names = namesFor(command)
  const { values, positionals } = parse(args, names, command)
  const { help = false, version = false, ...given } = values
  const flags = new Map(Object.entries(given).map(([flag, value]) => [names.get(flag) as SettingName, value]))
  for (const name of flags.keys()) {
    if (!commands[command].settings.includes(name)) throw misplaced(name, command)
  }
  for (const name of ['port', 'host'] as const) {
    if (flags.has('socket') && flags.has(name)) {
      throw new CommandError(`Got --socket and --${name}; an application is served at one or the other.`, 2)
    }
  }
  return {
    command,
    positionals: command === 'dev' ? positionals : positionals.slice(1),
    flags,
    help: help === true,
    version: version === true,
  }
}

/** Settings by the flags of a command: its own first, then those of the others, to say whose they are. */
function namesFor(command: CommandName): ReadonlyMap<string, SettingName> {
  const names = new Map(commands[command].settings.map((name) => [flagOf(name), name]))
  for (const name of Object.keys(options) as SettingName[]) {
    if (!names.has(flagOf(name))) names.set(flagOf(name), name)
  }
  return names
}

/** The first argument that is no option, where it is the name of a command. */
function commandOf(args: readonly string[]): CommandName {
  const { positionals } = parseArgs({
    args: [...args],
    strict: false,
    options: optionsFor(namesFor('dev'), 'dev'),
  })
  const first = positionals[0]
  return first !== undefined && first !== 'dev' && Object.hasOwn(commands, first)
    ? (first as CommandName)
    : 'dev'
}

interface Parsed {
  readonly values: Readonly<Record<string, Given>>
  readonly positionals: readonly string[]
}

/** By Node's parser; what is wrong is found here, so that it is said in our words. */
function parse(
  args: readonly string[],
  names: ReadonlyMap<string, SettingName>,
  command: CommandName,
): Parsed {
  const known = optionsFor(names, command)
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowNegative: true,
    tokens: true,
    options: known,
  })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName } = token
    const type = known[name]?.type
    const isNegated = rawName === `--no-${name}`
    if (type === undefined) throw wrong(`Unknown option '${rawName}'`, command, meantBy(rawName, known))
    if (isNegated && type === 'string') throw wrong(`Unknown option '${rawName}'`, command, name)
    if (type === 'string') checkValue(token, names.get(name), command)
    else if (token.value !== undefined) throw wrong(`Got a value for ${rawName}, which takes none`, command)
  }
  return { values, positionals }
}

/** The value of an option that needs one. What looks like another option is one, but for numbers, and for what is sent as it is. */
function checkValue(
  { rawName, value, inlineValue }: { rawName: string; value?: unknown; inlineValue?: unknown },
  setting: SettingName | undefined,
  command: CommandName,
): void {
  if (typeof value !== 'string') throw wrong(`Got no value for ${rawName}`, command)
  const isOption = /^-[^0-9]/.test(value) && inlineValue === false
  if (!isOption || (setting !== undefined && isOfOneCall(setting))) return
  const attached = rawName.startsWith('--') ? `${rawName}=${value}` : `${rawName}${value}`
  throw new CommandError(
    `Got ${value} where ${rawName} needs a value; one that begins with a dash is given as ${attached}`,
    2,
  )
}

function wrong(what: string, command: CommandName, meant?: string): CommandError {
  const help = command === 'dev' ? 'stapel --help' : `stapel ${command} --help`
  return new CommandError(`${what}; ${meant === undefined ? `see ${help}.` : `is it --${meant}?`}`, 2)
}

/** The flag that was probably meant where nobody knows the one that was given. */
function meantBy(rawName: string, known: ParseOptions): string | undefined {
  if (!rawName.startsWith('--')) return undefined
  const unknown = rawName.slice(2)
  const switches = Object.keys(known).filter((flag) => known[flag]?.type === 'boolean')
  const negated = unknown.startsWith('no-') ? closest(unknown.slice(3), switches) : undefined
  return negated === undefined ? closest(unknown, Object.keys(known)) : `no-${negated}`
}

type ParseOptions = NonNullable<ParseArgsConfig['options']>

/** What Node's parser needs to know. A letter that two flags have is the command's own. */
function optionsFor(names: ReadonlyMap<string, SettingName>, command: CommandName): ParseOptions {
  const known: ParseOptions = {}
  const letters = new Set<string>()
  const add = (flag: string, { type, multiple }: Kind, letter: string | undefined): void => {
    const short = letter === undefined || letters.has(letter) ? {} : { short: letter }
    if (letter !== undefined) letters.add(letter)
    known[flag] = { type, multiple, ...short }
  }
  const own = commands[command].settings
  for (const name of own) add(flagOf(name), kindOf(options[name]), options[name].short)
  add('help', SWITCH, 'h')
  add('version', SWITCH, 'v')
  for (const [flag, name] of names) {
    if (!own.includes(name)) add(flag, kindOf(options[name]), options[name].short)
  }
  return known
}

interface Kind {
  readonly type: 'string' | 'boolean'
  readonly multiple: boolean
}

const SWITCH: Kind = { type: 'boolean', multiple: false }

function kindOf(option: Option<unknown>): Kind {
  return { type: option.value === undefined ? 'boolean' : 'string', multiple: option.many === true }
}

function misplaced(name: SettingName, command: CommandName): CommandError {
  const whose = Object.entries(commands)
    .filter(([, { settings }]) => settings.some((other) => flagOf(other) === flagOf(name)))
    .map(([other]) => (other === 'dev' ? 'stapel' : `stapel ${other}`))
  const here = command === 'dev' ? 'stapel without a command' : `stapel ${command}`
  return new CommandError(
    `Got --${flagOf(name)}, which ${here} does not have; it is one of ${whose.join(', ').replace(/, ([^,]+)$/, ' and $1')}.`,
    2,
  )
}
