import { type CommandName, commands } from './commands.ts'
import { options } from './options.ts'
import { flagOf, type SettingName } from './settings.ts'

/** What `stapel --help` and `stapel <command> --help` print. */
export function usageOf(command: CommandName): string {
  const { usage, summary, examples, settings } = commands[command]
  const others = command === 'dev' ? otherCommands() : []
  return `${[
    `Usage: ${usage}`,
    '',
    summary,
    ...section('', examples),
    ...section('Commands', others),
    ...section('Options', [
      ...settings.map(describe),
      ['-h, --help', 'print this'] as const,
      [settings.some(takesV) ? '    --version' : '-v, --version', 'print the version'] as const,
    ]),
  ].join('\n')}\n`
}

function takesV(name: SettingName): boolean {
  return options[name].short === 'v'
}

function otherCommands(): (readonly [string, string])[] {
  return Object.entries(commands)
    .filter(([name]) => name !== 'dev')
    .map(([name, { summary }]) => [`stapel ${name} --help`, summary] as const)
}

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  if (rows.length === 0) return []
  const width = Math.max(...rows.map(([left]) => left.length))
  return [
    '',
    ...(title === '' ? [] : [`${title}:`]),
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`),
  ]
}

function describe(name: SettingName): readonly [string, string] {
  const { short, value, help, fallback } = options[name]
  const flag = `${fallback === true ? '--no-' : '--'}${flagOf(name)}`
  return [
    `${short === undefined ? '    ' : `-${short}, `}${flag}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]
}
