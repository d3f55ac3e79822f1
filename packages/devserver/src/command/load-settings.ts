import { closeSync, openSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { closest } from '../failure/closest.ts'
import { envFilesFor } from '../load/env-files.ts'
import type { LoadSettings } from '../reload/messages.ts'
import { CommandError } from './command-error.ts'
import { commands, type Invocation } from './commands.ts'
import type { Settings } from './settings.ts'
import { parseTarget } from './target.ts'

/** The settings that say how an application is loaded, and whether that is for development. */
export interface Loading extends Partial<Pick<Settings, 'as' | 'import' | 'envFile'>> {
  /** Whether `.env` and `.env.local` are read, and directories without an index listed. @default true */
  readonly development?: boolean
}

/** Where an application may be that nobody names. */
export interface Searching {
  /** Whether it is looked for by the names in {@link modules}. @default false */
  readonly search?: boolean
}

/**
 * What to load, of the arguments of a command that takes one application, or of the setting `app`. Throws a {@link CommandError}: with exit code 2
 * for none or for several, saying `missing` when there is none, and with 1 when there is no such file.
 */
export function readTarget(
  { positionals, settings }: Pick<Invocation, 'positionals' | 'settings'>,
  missing: string,
  { development = true, search = false }: Pick<Loading, 'development'> & Searching = {},
): LoadSettings {
  const [text = settings.app ?? (search ? findModule() : undefined), ...rest] = positionals
  if (text === undefined)
    throw new CommandError(missing.replace('app.ts:app', findModule() ?? 'app.ts:app'), 2)
  if (rest.length > 0) {
    const more = rest.map((argument) => JSON.stringify(argument)).join(' ')
    const meant = meantBy(text, rest)
    const hint = meant === undefined ? '' : ` Is it stapel ${meant}?`
    throw new CommandError(`Got ${more} besides ${JSON.stringify(text)}; expected one application.${hint}`, 2)
  }
  return resolveTarget(text, { ...settings, development })
}

/** What to load for a target such as `'app.ts:app'`; throws as {@link readTarget} does. */
export function resolveTarget(text: string, loading: Loading = {}): LoadSettings {
  const { as, import: imports = [], envFile = [], development = true } = loading
  const target = parseTarget(text)
  const file = resolve(target.file)
  const found = kindOf(file)
  if (found === undefined) {
    const guess = guessFor(file)
    const hint = guess === undefined ? '' : `; is it ${join(dirname(target.file), guess)}?`
    // A name without an extension may be meant as either.
    const what = extname(file) === '' ? 'file or directory' : 'file'
    throw new CommandError(`There is no ${what} ${target.file} in ${process.cwd()}${hint}`, 1)
  }
  checkReadable(file, target.file, found)
  for (const path of envFile) {
    if (kindOf(path) !== 'file')
      throw new CommandError(`There is no file ${path} for --env-file, as seen from ${process.cwd()}`, 1)
    checkReadable(path, path, 'file')
  }
  if (found === 'file' && !isModule(file)) {
    throw new CommandError(
      `${target.file} is no module; expected one such as app.ts. To serve the files of its directory: stapel ${dirname(target.file)}`,
      1,
    )
  }
  if (found === 'directory' && target.exportName !== undefined) {
    throw new CommandError(
      `${target.file} is a directory, whose files are served; it has no export ${target.exportName}.`,
      1,
    )
  }
  return {
    file,
    text: target.text,
    exportName: target.exportName,
    call: target.call,
    tsx: [file, ...imports].some(needsTsx),
    as,
    imports,
    envFiles: envFilesFor(envFile, development),
    ...(found === 'directory' ? { directory: { listing: development } } : {}),
  }
}

/** Says what is served of a directory without an index; `undefined` where there is nothing to say. */
export function directoryNotice({ directory, file, text }: LoadSettings): string | undefined {
  if (directory === undefined) return undefined
  const names = readdirSync(file)
  if (names.includes('index.html')) return undefined
  const module = modules.find((name) => names.includes(name))
  const instead = module === undefined ? '' : ` To serve the application in it: stapel ${join(text, module)}`
  return `${text} has no index.html; ${directory.listing ? 'its files are listed' : '/ is answered 404'}.${instead}`
}

/** Names that the module of an application has where nobody says another, the likeliest first. */
const modules: readonly string[] = ['app', 'server', 'index', 'main'].flatMap((name) =>
  ['.ts', '.js', '.mts', '.mjs', '.cjs'].map((extension) => name + extension),
)

/** The module of an application in the current directory, or in `src` there, where nobody names one. */
export function findModule(): string | undefined {
  return ['', 'src/']
    .flatMap((folder) => modules.map((name) => folder + name))
    .find((path) => kindOf(path) === 'file')
}

/** The arguments that were probably meant: another name of a command, none at all, or an export behind a space. */
function meantBy(text: string, rest: readonly string[]): string | undefined {
  const [next = ''] = rest
  if (kindOf(text) === 'file')
    return rest.length === 1 && /^[\w$]+$/.test(next) ? `${text}:${next}` : undefined
  const command = closest(text, Object.keys(commands))
  return [...(command === undefined || command === 'dev' ? [] : [command]), ...rest].join(' ')
}

/** Whether Node leaves the file to tsx: TypeScript before Node 22.18, JSX on every Node. */
function needsTsx(file: string): boolean {
  const extension = extname(file)
  if (extension === '.tsx' || extension === '.jsx') return true
  const { typescript } = process.features as { typescript?: unknown }
  return /^\.[cm]?ts$/.test(extension) && !typescript
}

/** Whether a file may be a module that Node or tsx can load; one without an extension may be. */
function isModule(file: string): boolean {
  return extname(file) === '' || /\.[cm]?[jt]sx?$/.test(file)
}

/** The file that was probably meant: with an extension, with another one, or with a name that differs little. */
function guessFor(path: string): string | undefined {
  const directory = dirname(path)
  if (kindOf(directory) !== 'directory') return undefined
  const name = basename(path)
  const names = readdirSync(directory).filter((other) => /\.[cm]?[jt]sx?$/.test(other))
  const stem = name.replace(/\.[cm]?[jt]sx?$/, '')
  return names.find((other) => other.slice(0, -extname(other).length) === stem) ?? closest(name, names)
}

/** What cannot be read fails here, with what to do, and not as an error of the application. */
function checkReadable(path: string, text: string, kind: 'file' | 'directory'): void {
  try {
    // Not access(), which asks for the real user and not for the effective one.
    if (kind === 'file') closeSync(openSync(path, 'r'))
    else readdirSync(path)
    if (kind === 'directory') statSync(`${path}/.`)
  } catch (cause) {
    throw new CommandError(
      `${text} cannot be read: permission denied; give this user the right to, as in: chmod u+r${kind === 'directory' ? 'x' : ''} ${text}`,
      1,
      { cause },
    )
  }
}

function kindOf(path: string): 'file' | 'directory' | undefined {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'file'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') return undefined
    throw new CommandError(
      `${path} cannot be reached: a directory above it may not be entered by this user.`,
      1,
      {
        cause: error,
      },
    )
  }
}
