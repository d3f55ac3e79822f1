import { resolve } from 'node:path'
import { MISSING, signatureOf } from '../reload/file-signature.ts'
import type { LoadedFile } from '../reload/messages.ts'
import { TargetError } from './target-error.ts'

/** The files that are read in development where none is named and they are there, the one that goes before the other first. */
export const ENV_FILES: readonly string[] = ['.env.local', '.env']

/**
 * Sets the variables of files, with Node's own reader; a variable that is set already stays as it is, so that what a shell sets goes before
 * every file, and an earlier file before a later one. A file that is not there is left out.
 *
 * Gives the files as they were when they were read, those that are not there too, to watch for their change. Throws a {@link TargetError} for one
 * that cannot be read.
 */
export function loadEnvFiles(paths: readonly string[]): LoadedFile[] {
  return paths.map((path) => {
    const file: LoadedFile = { path, signature: signatureOf(path) }
    try {
      // A directory of that name is a virtual environment of Python, and no file.
      if (file.signature !== MISSING) process.loadEnvFile(path)
    } catch (cause) {
      throw new TargetError(`${path} cannot be read: ${(cause as Error).message}`, { cause })
    }
    return file
  })
}

/** The files to read: those that were named, of which a later one goes before an earlier one, as for Node; or else {@link ENV_FILES}. */
export function envFilesFor(named: readonly string[], development: boolean): string[] {
  const files = named.length > 0 || !development ? [...named].reverse() : ENV_FILES
  return files.map((file) => resolve(file))
}
