import { pathToFileURL } from 'node:url'
import type { Exports } from './module-exports.ts'

/**
 * Imports the module of an application. Where Node stops at TypeScript that is more than types to strip (`enum`, parameter properties) or at JSX, tsx
 * imports it once more, with everything that it imports, in place of what Node keeps of its own attempt; not where the process is started again
 * with tsx for that.
 */
export async function importApplication(file: string, again: boolean): Promise<Exports> {
  const { href } = pathToFileURL(file)
  const known = importedByTsx.get(href)
  if (known !== undefined) return known
  try {
    return (await import(href)) as Exports
  } catch (error) {
    if (!again || !needsTsx(error)) throw error
    const { tsImport } = (await import(TSX_API)) as { tsImport: TsImport }
    const imported = tsImport(href, import.meta.url)
    importedByTsx.set(href, imported)
    return imported
  }
}

/** What tsx imported, which runs a module anew each time that it is asked. */
const importedByTsx = new Map<string, Promise<Exports>>()

type TsImport = (specifier: string, parent: string) => Promise<Exports>

// Not a literal: its types are for another resolution of modules.
const TSX_API: string = 'tsx/esm/api'

function needsTsx(error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown }
  return code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
}
