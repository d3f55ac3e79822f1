import { readFileSync } from 'node:fs'
import { packageRoot } from '../package-root.ts'
import { escapeControls } from '../terminal/terminal.ts'
import { parseArguments } from './arguments.ts'
import { CommandError } from './command-error.ts'
import { commands } from './commands.ts'
import type { Guarded } from './guarded.ts'
import { ignoreBrokenPipes, output, print } from './output.ts'
import { readSettings } from './settings.ts'
import { readSettingsFile } from './settings-file.ts'
import { usageOf } from './usage.ts'

/**
 * Runs the command; resolves to its exit code when it is at its end. `args` are those after the name of the command; `guarded` is there in a process
 * that another one guards.
 *
 * Never rejects for what the user did: that is one line on standard error and a code of 1 or 2.
 */
export async function runCommand(args: readonly string[], guarded?: Guarded): Promise<number> {
  ignoreBrokenPipes()
  try {
    const { command, positionals, flags, help, version } = parseArguments(args)
    if (help || version) {
      await print(help ? usageOf(command) : `${versionOfPackage()}\n`)
      return 0
    }
    // A supervisor that asks for new code meanwhile would end the process, which is loading it anyway.
    if (command === 'serve') process.on('SIGHUP', () => {})
    const file = await readSettingsFile(flags.get('config') ?? process.env.STAPEL_CONFIG)
    const settings = readSettings({ flags, environment: process.env, file })
    return await commands[command].run({ args, positionals, settings, file, guarded })
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    output.err(`stapel: ${escapeControls(error.message)}`)
    return error.exitCode
  }
}

function versionOfPackage(): string {
  const text = readFileSync(new URL('package.json', packageRoot), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
