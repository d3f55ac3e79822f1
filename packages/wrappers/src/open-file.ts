import { NotFound } from '@stapel/core'
import type { OpenedFile } from '@stapel/core/files'

/**
 * Opens the file of a path that the application named, on Node only; links are followed wherever they lead. `undefined` where there is no file
 * that may be read. Throws `ServiceUnavailable` when too many files are open.
 */
export async function openFile(path: string | URL): Promise<OpenedFile | 'directory' | undefined> {
  const files = await import('@stapel/core/files')
  return files.openFile(path)
}

/**
 * Opens the file that `names` lead to below `root`, which are each a safe one, unless its real path lies elsewhere or `allows` refuses a name
 * of that. Throws {@link NotFound} where there is no such file, and what {@link openFile} throws; a root that is not there is no fault of the client, and its error comes as it is.
 */
export async function openBelow(
  root: string | URL,
  names: readonly string[],
  allows: (name: string) => boolean,
): Promise<OpenedFile> {
  const [files, { realpath }] = await Promise.all([import('@stapel/core/files'), import('node:fs/promises')])
  const found = await files.openBelow(await realpath(root), names, (real) => real.every(allows))
  if (found === undefined || found === 'directory') throw new NotFound()
  return found
}
