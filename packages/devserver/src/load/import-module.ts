import { join } from 'node:path'
import { constants, Script } from 'node:vm'

/**
 * Imports what a flag names, as Node's own `--import` does: a path or a package, as seen from the current directory.
 *
 * An `import()` written here would look for packages from here, and `require.resolve` does not find what is for `import` alone; a script may say
 * which file it is.
 */
export async function importFromHere(specifier: string): Promise<void> {
  const script = new Script('(specifier) => import(specifier)', {
    filename: join(process.cwd(), 'import.mjs'),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  const load = script.runInThisContext() as (specifier: string) => Promise<unknown>
  await load(specifier)
}
