import { closest } from '../failure/closest.ts'
import { isObject } from './describe-value.ts'
import { TargetError } from './target-error.ts'

/** The namespace of an imported module. */
export type Exports = Readonly<Record<string, unknown>>

/** So many names a message lists. */
const NAME_LIMIT = 20

/** The export of this name; `module` is how messages call the module. Throws a {@link TargetError} when there is none. */
export function namedExport(exports: Exports, name: string, module: string): unknown {
  if (name in exports) return exports[name]
  // A CommonJS module whose exports Node could not tell before it ran.
  const whole = exports.default
  if (isObject(whole) && name in whole) return whole[name]
  const names = namesOf(exports)
  const meant = closest(name, names)
  const hint = meant === undefined ? '' : ` Did you mean ${module}:${meant}?`
  throw new TargetError(`${module} has no export ${JSON.stringify(name)}; ${list(names)}.${hint}`)
}

/** The export `app`, or else the default one. Throws a {@link TargetError} when there is neither. */
export function defaultExport(exports: Exports, module: string): unknown {
  const whole = exports.default
  if ('app' in exports) return exports.app
  // An object with `fetch` is an application itself, whatever else it has.
  if (isObject(whole) && 'app' in whole && typeof whole.fetch !== 'function') return whole.app
  // TypeScript's CommonJS output has the default export inside the default export.
  if (isObject(whole) && 'default' in whole) return whole.default
  const names = namesOf(exports)
  if ('default' in exports && !isEmptyObject(whole)) return whole
  const advice =
    names.length === 0
      ? 'Export the application, as in: export const app = …'
      : `Name one, as in: stapel ${module}:${names[0]}`
  throw new TargetError(`${module} exports neither "app" nor a default; ${list(names)}. ${advice}`)
}

function namesOf(exports: Exports): string[] {
  const names = Object.keys(exports).filter((name) => name !== 'default' && name !== 'module.exports')
  if ('default' in exports && !isEmptyObject(exports.default)) names.push('default')
  return names.sort()
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'it exports nothing' : `it exports ${names.slice(0, NAME_LIMIT).join(', ')}`
}

/** What a CommonJS module without exports has. */
function isEmptyObject(value: unknown): boolean {
  return (
    isObject(value) && Object.getPrototypeOf(value) === Object.prototype && Object.keys(value).length === 0
  )
}
