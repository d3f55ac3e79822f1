import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

/** Imports a module of the sources that no package exports; `path` is below `packages`, as in `core/src/gateway/environ.ts`. */
export async function importSource(path) {
  const folder = mkdtempSync(join(tmpdir(), 'stapel-source-'))
  try {
    const file = join(folder, 'module.mjs')
    const build = await rolldown({
      input: fileURLToPath(new URL(`../packages/${path}`, import.meta.url)),
      platform: 'node',
    })
    await build.write({ file, format: 'esm' })
    await build.close()
    return await import(pathToFileURL(file).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
