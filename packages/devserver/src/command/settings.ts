import { callOptions } from '../call/call-options.ts'
import type { CallSettings } from '../call/call-settings.ts'
import { closest } from '../failure/closest.ts'
import type { ApplicationKind } from '../load/adapt-application.ts'
import type { Given, Option } from './option.ts'
import { options } from './options.ts'

/** What the command is told, by flags, by variables of the environment, or by a settings file. */
export interface Settings extends CallSettings {
  /** The application, where the command line names none: `'app.ts:app'`. */
  readonly app: string | undefined
  /** The settings file; one of `stapel.config.{js,mjs,ts,mts,json}` where none is named and one is there. */
  readonly config: string | undefined
  /** What the export of the application is, where a plain function does not tell. */
  readonly as: ApplicationKind | undefined
  /** Modules to import before the application. */
  readonly import: readonly string[]
  /** Files with variables of the environment, in place of `.env` and `.env.local`; a later one goes before an earlier one. */
  readonly envFile: readonly string[]
  /** Where to listen: an address or a name. */
  readonly host: string
  /** The port; 0 takes a free one, `undefined` the default or the next free one. */
  readonly port: number | undefined
  /** A unix socket to listen on, in place of a port. */
  readonly socket: string | undefined
  /** The file of the certificate, with which HTTPS is served; and that of its key. */
  readonly cert: string | undefined
  readonly key: string | undefined
  /** Whether HTTPS and HTTP/2 are served, with a certificate of this machine's own unless `cert` names another. */
  readonly https: boolean
  /** Whether a browser is opened. */
  readonly open: boolean
  /** How many processes answer requests. */
  readonly workers: number
  /** So many seconds requests in flight may take when the server stops. */
  readonly timeout: number
  /** So many seconds an idle connection is kept. */
  readonly keepAlive: number
  /** After about so many requests a worker is replaced by a new one; 0 for never. */
  readonly maxRequests: number
  /** The access log: JSON lines, lines as Apache's, or none. */
  readonly accessLog: AccessLogFormat
  /** The path that tells balancers whether this worker takes requests. */
  readonly healthz: string | undefined
  /** The hosts that are answered for besides those of this machine. */
  readonly allowHost: readonly string[]
  /** Globs of files that are watched besides those that are loaded, and of files whose changes mean nothing. */
  readonly watch: readonly string[]
  readonly ignore: readonly string[]
  /** Whether pages reload by themselves in the browser. */
  readonly live: boolean
  /** Whether the application is started again when one of its files changes. */
  readonly reload: boolean
  /** Whether requests and answers are printed with their header fields. */
  readonly trace: boolean
  /** Whether `trace` prints cookies, credentials and the like, too. */
  readonly showSecrets: boolean
  /** Whether what is printed is JSON. */
  readonly json: boolean
}

/** The forms of `--access-log`. */
export type AccessLogFormat = 'json' | 'combined' | 'off'

export type SettingName = keyof Settings

/** The places that settings come from, the one that goes before the others first. */
export interface Sources {
  /** By the names of {@link Settings}. */
  readonly flags: ReadonlyMap<SettingName, Given>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What a settings file has, and its name. */
  readonly file?: { readonly name: string; readonly values: ReadonlyMap<SettingName, Given> } | undefined
}

/** Reads every setting from the first place that has it; throws a `CommandError` with exit code 2 for a value that is none. */
export function readSettings(sources: Sources): Settings {
  const settings = Object.keys(options).map((name) => [name, readSetting(name as SettingName, sources)])
  return Object.fromEntries(settings) as unknown as Settings
}

/** Variables that were probably meant to be one of ours and are not read, each with the one that was meant. */
export function misspelled(environment: Sources['environment']): (readonly [given: string, meant: string])[] {
  const known = Object.keys(options)
    .filter((name) => !isOfOneCall(name))
    .map(variableName)
  return Object.keys(environment).flatMap((given) => {
    if (!given.startsWith(PREFIX) || known.includes(given)) return []
    // Without what all have in common, which would make short names look alike.
    const meant = closest(
      given.slice(PREFIX.length),
      known.map((name) => name.slice(PREFIX.length)),
    )
    return meant === undefined ? [] : [[given, PREFIX + meant]]
  })
}

/** The flag of a setting, without its dashes. */
export function flagOf(name: SettingName): string {
  return options[name].flag ?? flagName(name)
}

/** `'accessLog'` as `'access-log'`. */
export function flagName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** `'accessLog'` as `'STAPEL_ACCESS_LOG'`. */
export function variableName(name: string): string {
  return `${PREFIX}${flagName(name).replaceAll('-', '_').toUpperCase()}`
}

const PREFIX = 'STAPEL_'

/** Whether a setting is about what is asked once: a variable or a file that had it would change what every call asks. */
export function isOfOneCall(name: string): boolean {
  return Object.hasOwn(callOptions, name)
}

function readSetting(name: SettingName, { flags, environment, file }: Sources): unknown {
  const option: Option<unknown> = options[name]
  if (flags.has(name)) return option.read(flags.get(name), `--${flagOf(name)}`)
  if (isOfOneCall(name)) return option.fallback
  for (const variable of [variableName(name), option.variable]) {
    const value = variable === undefined ? undefined : environment[variable]
    // An empty variable is how a shell and a container file take one back.
    if (value !== undefined && value !== '')
      return option.read(option.many === true ? value.split(',') : value, `$${variable}`)
  }
  if (file?.values.has(name)) return option.read(file.values.get(name), `${name} in ${file.name}`)
  return option.fallback
}
