import { statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { LoadSettings } from '../reload/messages.ts'
import { CommandError } from './command-error.ts'
import type { Invocation } from './commands.ts'
import { parseTarget } from './target.ts'

/**
 * What to load, of the arguments of a command that takes one application, or of the setting `app`. Throws a {@link CommandError}: with exit code 2
 * for none or for several, saying `missing` when there is none, and with 1 when there is no such file.
 */
export function readTarget(
  { positionals, settings }: Pick<Invocation, 'positionals' | 'settings'>,
  missing: string,
): LoadSettings {
  const [text = settings.app, ...rest] = positionals
  if (text === undefined) throw new CommandError(missing, 2)
  if (rest.length > 0) {
    const more = rest.map((argument) => JSON.stringify(argument)).join(' ')
    throw new CommandError(`Got ${more} besides ${JSON.stringify(text)}; expected one application.`, 2)
  }
  return resolveTarget(text)
}

/** What to load for a target such as `'app.ts:app'`; throws as {@link readTarget} does. */
export function resolveTarget(text: string): LoadSettings {
  const target = parseTarget(text)
  const file = resolve(target.file)
  const found = kindOf(file)
  if (found === undefined) {
    const guess = ['.ts', '.js', '.mjs', '.mts'].find((extension) => kindOf(file + extension) === 'file')
    const hint = guess === undefined ? '' : `; is it ${target.file}${guess}?`
    throw new CommandError(`There is no file ${target.file} in ${process.cwd()}${hint}`, 1)
  }
  if (found === 'directory')
    throw new CommandError(`${target.file} is a directory; expected a module, as in app.ts.`, 1)
  return { file, text: target.text, exportName: target.exportName, call: target.call, tsx: needsTsx(file) }
}

/** Whether Node leaves the file to tsx: TypeScript before Node 22.18, JSX on every Node. */
function needsTsx(file: string): boolean {
  const extension = extname(file)
  if (extension === '.tsx' || extension === '.jsx') return true
  const { typescript } = process.features as { typescript?: unknown }
  return /^\.[cm]?ts$/.test(extension) && !typescript
}

function kindOf(path: string): 'file' | 'directory' | undefined {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'file'
  } catch {
    return undefined
  }
}
