import { statSync } from 'node:fs'

/** The signature of a file that is not there. */
export const MISSING = ''

/**
 * What tells one state of a file from another: its time, size and identity. {@link MISSING} for what is no file.
 *
 * Times alone do not do: the clock of a file system may tick only every few milliseconds, and a file that is moved to its place keeps the time
 * it had.
 */
export function signatureOf(path: string): string {
  try {
    const stats = statSync(path)
    return stats.isFile() ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : MISSING
  } catch {
    return MISSING
  }
}
