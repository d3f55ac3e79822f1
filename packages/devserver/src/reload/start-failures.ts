import type { Failure } from '../failure/failure.ts'

/** Whether an application failed at what the process before may still hold: a port of its own, a file, a database. */
export function isHeld(failure: Failure): boolean {
  return failure.code !== undefined && heldErrors.has(failure.code)
}

/** Whether Node failed at TypeScript that is more than types to strip, or at JSX. */
export function needsTsx(failure: Failure): boolean {
  return failure.code === 'ERR_UNKNOWN_FILE_EXTENSION' || failure.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
}

const heldErrors = new Set(['EADDRINUSE', 'EBUSY', 'SQLITE_BUSY', 'LEVEL_LOCKED'])
