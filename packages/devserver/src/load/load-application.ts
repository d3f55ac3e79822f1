import { existsSync } from 'node:fs'
import type { Application } from '@stapel/core'
import type { LoadedFile, LoadSettings } from '../reload/messages.ts'
import { adaptApplication } from './adapt-application.ts'
import { describeValue, isClass } from './describe-value.ts'
import { loadEnvFiles } from './env-files.ts'
import { importApplication } from './import-application.ts'
import { defaultExport, type Exports, namedExport } from './module-exports.ts'
import { type OwnListening, watchOwnListening } from './own-listening.ts'
import { TargetError } from './target-error.ts'
import { untilLoaded } from './until-loaded.ts'

export { TargetError } from './target-error.ts'

/** What loading tells, besides its result. */
export interface LoadEvents {
  /** The files with variables, that were read or looked for. */
  envFiles?(files: readonly LoadedFile[]): void
  /** A sentence for the terminal. @default written to standard error */
  notice?(sentence: string): void
  /** The same, where loading takes long. @default the same */
  slow?(sentence: string): void
  /** Whether tsx takes over in this process where Node cannot load TypeScript. @default true */
  readonly again?: boolean
}

/**
 * Loads what the settings name and gives the application: sets the variables of the files, imports the modules that go first, then the application's,
 * calls and awaits a factory, and adapts what is an application of something else.
 *
 * Throws a {@link TargetError} when there is no such export, or it is no application; what the modules throw, it throws.
 */
export async function loadApplication(
  settings: LoadSettings,
  { envFiles, notice = writeNotice, slow = notice, again = true }: LoadEvents = {},
): Promise<Application> {
  const variables = loadEnvFiles(settings.envFiles ?? [])
  if (variables.length > 0) envFiles?.(variables)
  if (settings.tsx) await prepareTypeScript()
  for (const specifier of settings.imports ?? []) {
    const { importFromHere } = await import('./import-module.ts')
    await importFromHere(specifier)
  }
  if (settings.directory !== undefined) {
    const { serveDirectory } = await import('./serve-directory.ts')
    return serveDirectory(settings.file, settings.directory.listing)
  }
  const own = watchOwnListening()
  try {
    const app = await untilLoaded(loadModule(settings, own, again), settings.text, slow)
    if (own.places.length > 0) {
      notice(
        `${nameOf(settings)} listens on ${own.places.join(' and ')} as well; leave listen() out, or call it only where nothing imports the file: the command serves what it exports.`,
      )
    }
    return app
  } finally {
    own.end()
  }
}

/** Has tsx load TypeScript from now on: importing it registers it, as `node --import tsx` does. */
export async function prepareTypeScript(): Promise<void> {
  await import(TSX)
}

// Not a literal: the package has no types for its root.
const TSX: string = 'tsx'

async function loadModule(settings: LoadSettings, own: OwnListening, again: boolean): Promise<Application> {
  const { text, exportName, call, as } = settings
  const exports = await importApplication(settings.file, again && !settings.tsx).catch((cause) => {
    // It was there when the command started; what a module of it looks for in vain is another matter.
    if (existsSync(settings.file)) throw cause
    throw new TargetError(`The file ${nameOf(settings)} is gone.`, { cause })
  })
  const value = exportOf(exports, settings, own)
  if (!call) return adaptApplication(value, exportName === undefined ? nameOf(settings) : text, as)
  if (typeof value !== 'function' || isClass(value)) {
    throw new TargetError(`${text}: the export is ${describeValue(value)}; expected a function to call.`)
  }
  if (value.length >= 2) {
    throw new TargetError(
      `${text}: the export takes ${value.length} arguments, as an application does and a factory does not; leave out the ().`,
    )
  }
  return adaptApplication(await value(), `what ${text} returned`, as)
}

function exportOf(exports: Exports, settings: LoadSettings, own: OwnListening): unknown {
  const module = nameOf(settings)
  try {
    return settings.exportName === undefined
      ? defaultExport(exports, module)
      : namedExport(exports, settings.exportName, module)
  } catch (cause) {
    if (own.places.length === 0) throw cause
    throw new TargetError(
      `${module} listens itself, on ${own.places.join(' and ')}, and does not export what is to be served; ` +
        'export the application and leave out listen(), as in: export default app',
      { cause },
    )
  }
}

/** The module of the target, as it was written. */
function nameOf(settings: LoadSettings): string {
  const suffix =
    settings.exportName === undefined ? '' : `:${settings.exportName}${settings.call ? '()' : ''}`
  return settings.text.slice(0, settings.text.length - suffix.length)
}

function writeNotice(sentence: string): void {
  process.stderr.write(`stapel: ${sentence}\n`)
}
