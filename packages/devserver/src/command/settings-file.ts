import { readFileSync, statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CallSettings } from '../call/call-settings.ts'
import { closest } from '../failure/closest.ts'
import { CommandError } from './command-error.ts'
import type { Given } from './option.ts'
import { options } from './options.ts'
import { isOfOneCall, type SettingName, type Settings } from './settings.ts'

/**
 * What a settings file exports as its default: settings by the names that their flags have, in camel case, and hooks of `stapel serve`.
 *
 * @example
 * ```ts
 * import type { StapelSettings } from '@stapel/devserver'
 *
 * export default {
 *   app: 'app.ts:app',
 *   workers: 'auto',
 *   accessLog: 'json',
 *   onExit: () => console.error('goodbye'),
 * } satisfies StapelSettings
 * ```
 */
export interface StapelSettings extends FileSettings, Hooks {
  /** How many processes answer requests; `'auto'` for one a processor. */
  readonly workers?: number | 'auto' | undefined
}

/** The settings that have one type here and as flags. */
type FileSettings = {
  readonly [Name in Exclude<keyof Settings, 'workers' | 'config' | keyof CallSettings>]?:
    | Settings[Name]
    | undefined
}

/** What `stapel serve` calls; the time of each is limited, and an error of one is an error of its process. */
export interface Hooks {
  /** In the parent, once, before the first worker starts; of the settings file alone, since the parent does not load the application. */
  readonly onBoot?: (() => unknown) | undefined
  /** In each worker, when the application is loaded and before it gets a request. */
  readonly onWorker?: ((worker: WorkerInfo) => unknown) | undefined
  /** In each worker, after its last answer. */
  readonly onExit?: ((worker: WorkerInfo) => unknown) | undefined
}

/** Which worker calls a hook. */
export interface WorkerInfo {
  /** From 1 to the number of workers; one that replaces another has the same. */
  readonly worker: number
}

/** A settings file that was read. */
export interface SettingsFile {
  /** As it was written, for messages. */
  readonly name: string
  readonly path: string
  readonly values: ReadonlyMap<SettingName, Given>
  readonly hooks: Hooks
}

/** The settings files that are looked for in the current directory, the first that is there is taken. */
export const SETTINGS_FILES: readonly string[] = ['js', 'mjs', 'ts', 'mts', 'json'].map(
  (extension) => `stapel.config.${extension}`,
)

/**
 * Reads the settings file of this name, or the one that is in the current directory; `undefined` when none is named and none is there. Throws
 * a {@link CommandError}: with exit code 1 where it cannot be read, with 2 for what it may not hold.
 */
export async function readSettingsFile(named: unknown): Promise<SettingsFile | undefined> {
  if (named !== undefined && named !== '') {
    if (isFile(String(named))) return load(String(named))
    throw new CommandError(`There is no settings file ${String(named)} in ${process.cwd()}`, 1)
  }
  const name = SETTINGS_FILES.find(isFile)
  return name === undefined ? undefined : load(name)
}

async function load(name: string): Promise<SettingsFile> {
  const path = resolve(name)
  const content = await contentOf(name, path)
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new CommandError(`${name} has no object of settings as its default export.`, 2)
  const values = new Map<SettingName, Given>()
  const hooks: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(content)) {
    if (value === undefined) continue
    if (hookNames.includes(key)) hooks[key] = checkHook(name, key, value)
    else if (settingNames.includes(key)) values.set(key as SettingName, value)
    else throw unknownKey(name, key)
  }
  return { name, path, values, hooks: hooks as Hooks }
}

async function contentOf(name: string, path: string): Promise<unknown> {
  try {
    if (extname(path) === '.json') return JSON.parse(readFileSync(path, 'utf8'))
    if (/^\.m?ts$/.test(extname(path)) && !(process.features as { typescript?: unknown }).typescript) {
      const { prepareTypeScript } = await import('../load/load-application.ts')
      await prepareTypeScript()
    }
    return ((await import(pathToFileURL(path).href)) as { default?: unknown }).default
  } catch (cause) {
    throw new CommandError(`${name} cannot be read: ${(cause as Error).message}`, 1, { cause })
  }
}

const settingNames: readonly string[] = Object.keys(options).filter(
  (name) => name !== 'config' && !isOfOneCall(name),
)
const hookNames: readonly string[] = ['onBoot', 'onWorker', 'onExit']

function checkHook(name: string, key: string, value: unknown): unknown {
  if (typeof value === 'function') return value
  throw new CommandError(
    `Got ${JSON.stringify(value) ?? typeof value} for ${key} in ${name}; expected a function.`,
    2,
  )
}

function unknownKey(name: string, key: string): CommandError {
  const known = [...settingNames, ...hookNames]
  const meant = closest(
    key.replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase()),
    known,
  )
  const hint = meant === undefined ? `there are ${known.join(', ')}.` : `is it ${meant}?`
  return new CommandError(`${name} has no setting ${JSON.stringify(key)}; ${hint}`, 2)
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
