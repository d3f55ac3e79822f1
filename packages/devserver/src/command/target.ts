import { CommandError } from './command-error.ts'

/** What the command is asked to serve. */
export interface Target {
  /** As it was written: `'app.ts:app'`. */
  readonly text: string
  /** The module, as it was written. */
  readonly file: string
  /** The export; without one it is `app`, or else the default export. */
  readonly exportName: string | undefined
  /** Whether the export is a factory, to be called without arguments. */
  readonly call: boolean
}

/**
 * Takes `module`, `module:export` or `module:factory()` apart.
 *
 * Throws a {@link CommandError} with exit code 2 when the text is none of these. The colon of a Windows drive is part of the module.
 */
export function parseTarget(text: string): Target {
  const colon = text.lastIndexOf(':')
  const hasExport = colon !== -1 && !(colon === 1 && /^[A-Za-z]:[\\/]/.test(text))
  const file = hasExport ? text.slice(0, colon) : text
  if (file === '') {
    throw new CommandError(`Got ${JSON.stringify(text)}; expected a module, as in app.ts:app.`, 2)
  }
  if (!hasExport) return { text, file, exportName: undefined, call: false }
  const name = text.slice(colon + 1)
  const call = name.endsWith('()')
  const exportName = call ? name.slice(0, -2) : name
  if (!identifier.test(exportName)) {
    throw new CommandError(
      `Got ${JSON.stringify(name)} for the export of ${file}; expected a name or a call without arguments, as in app.ts:app or 'app.ts:create()'.`,
      2,
    )
  }
  return { text, file, exportName, call }
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u
