import { pathToFileURL } from 'node:url'
import type { Application } from '@stapel/core'
import type { LoadSettings } from '../reload/messages.ts'

/** Thrown where the command line names something that the module does not have; the message is one sentence. */
export class TargetError extends Error {
  static {
    TargetError.prototype.name = 'TargetError'
  }
  readonly code: string = 'ERR_STAPEL_TARGET'
}

/**
 * Imports a module and gives the application it exports; a factory is called and awaited.
 *
 * Throws a {@link TargetError} when there is no such export, or it is no application; what the module throws, it throws.
 */
export async function loadApplication(settings: LoadSettings): Promise<Application> {
  if (settings.tsx) await prepareTypeScript()
  const module = (await import(pathToFileURL(settings.file).href)) as Exports
  const value = settings.exportName === undefined ? defaultOf(module, settings) : namedOf(module, settings)
  if (!settings.call) return checkApplication(value, settings.text)
  if (typeof value !== 'function') {
    throw new TargetError(`${settings.text}: the export is ${describe(value)}; expected a function to call.`)
  }
  if (value.length >= 2) {
    throw new TargetError(
      `${settings.text}: the export takes ${value.length} arguments, as an application does and a factory does not; leave out the ().`,
    )
  }
  return checkApplication(await value(), `what ${settings.text} returned`)
}

/** Has tsx load TypeScript from now on: importing it registers it, as `node --import tsx` does. */
export async function prepareTypeScript(): Promise<void> {
  await import(TSX)
}

// Not a literal: the package has no types for its root.
const TSX: string = 'tsx'

type Exports = Readonly<Record<string, unknown>>

function namedOf(module: Exports, settings: LoadSettings): unknown {
  const name = settings.exportName as string
  if (name in module) return module[name]
  // A CommonJS module whose exports Node could not tell before it ran.
  const whole = module.default
  if (isObject(whole) && name in whole) return whole[name]
  throw new TargetError(`${nameOf(settings)} has no export ${JSON.stringify(name)}; ${listExports(module)}.`)
}

function defaultOf(module: Exports, settings: LoadSettings): unknown {
  const whole = module.default
  for (const candidate of [module, whole]) {
    if (isObject(candidate) && 'app' in candidate) return candidate.app
  }
  // TypeScript's CommonJS output has the default export inside the default export.
  if (isObject(whole) && 'default' in whole) return whole.default
  if ('default' in module) return whole
  throw new TargetError(
    `${nameOf(settings)} exports neither "app" nor a default; ${listExports(module)}. Name one, as in: stapel ${settings.text}:name`,
  )
}

function checkApplication(value: unknown, what: string): Application {
  if (typeof value !== 'function') {
    const inner =
      isObject(value) && typeof value.app === 'function' ? ' Its property "app" is one: export that.' : ''
    throw new TargetError(
      `${what} is ${describe(value)}; expected an application, which is a function.${inner}`,
    )
  }
  if (/^class\b/.test(Function.prototype.toString.call(value))) {
    throw new TargetError(`${what} is ${describe(value)}; expected an application, which is a function.`)
  }
  return value as Application
}

function listExports(module: Exports): string {
  const names = Object.keys(module).filter((name) => name !== 'default' && name !== 'module.exports')
  if ('default' in module && !isEmptyObject(module.default)) names.push('default')
  return names.length === 0 ? 'it exports nothing' : `it exports ${names.slice(0, 20).join(', ')}`
}

function nameOf(settings: LoadSettings): string {
  const suffix =
    settings.exportName === undefined ? '' : `:${settings.exportName}${settings.call ? '()' : ''}`
  return settings.text.slice(0, settings.text.length - suffix.length)
}

function isEmptyObject(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'function') {
    const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function'
    return `the ${kind} ${value.name || '(anonymous)'}`
  }
  if (typeof value !== 'object') return `the ${typeof value} ${JSON.stringify(value) ?? String(value)}`
  const name = value.constructor?.name
  return name === undefined || name === 'Object' ? 'an object' : `an object of class ${name}`
}
