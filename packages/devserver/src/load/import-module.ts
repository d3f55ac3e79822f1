import { isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { constants, Script } from 'node:vm'
import { TargetError } from './target-error.ts'

/**
 * Imports what a flag names, as Node's own `--import` does: a path or a package, as seen from the current directory.
 *
 * Throws a {@link TargetError} where there is no such module; what the module throws, it throws.
 */
export async function importFromHere(specifier: string): Promise<void> {
  const importer = join(process.cwd(), 'import.mjs')
  const isPath = /^\.{1,2}[\\/]/.test(specifier) || isAbsolute(specifier)
  try {
    await (isPath ? import(pathToFileURL(resolve(specifier)).href) : importPackage(specifier, importer))
  } catch (cause) {
    if (!isMissing(cause, isPath ? `'${resolve(specifier)}'` : ` imported from ${importer}`)) throw cause
    const what = isPath ? 'file' : 'package'
    throw new TargetError(`There is no ${what} ${specifier} for --import, as seen from ${process.cwd()}.`, {
      cause,
    })
  }
}

/**
 * An `import()` written here would look for packages from here, and `require.resolve` does not find what is for `import` alone; a script may say
 * which file it is. Node warns that this is experimental, and so paths are imported without.
 */
function importPackage(specifier: string, importer: string): Promise<unknown> {
  const script = new Script('(specifier) => import(specifier)', {
    filename: importer,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  return (script.runInThisContext() as (specifier: string) => Promise<unknown>)(specifier)
}

/** Whether it is the module itself that was not found, and not one that it imports. */
function isMissing(error: unknown, sign: string): boolean {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown }
  return code === 'ERR_MODULE_NOT_FOUND' && String(message).includes(sign)
}
