/**
 * Opens a file that is to be sent.
 *
 * The threat: links that lead out of the root, names that lead to something other than a file (a FIFO without a writer blocks whoever
 * opens it), and a file that is replaced between the look at it and the reading. The real path is what is checked and opened, without waiting and
 * without following one more link, and what was opened is what is looked at. What is not stopped: somebody who may write to
 * the root and replaces one of its directories by a link in the moment between check and opening.
 *
 * @module
 */
import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { sep } from 'node:path'
import type { OpenFile } from './file-wrapper.ts'
import type { FileState } from './http/file-validators.ts'
import { ServiceUnavailable } from './http-errors.ts'

/** A file that is open for reading; whoever gets it closes it. */
export interface OpenedFile {
  /** To be read and closed. */
  readonly file: StatedFile
  /** As it was when it was opened. */
  readonly state: OpenedState
}

/** An open file that can be looked at again. */
export interface StatedFile extends OpenFile {
  /** Its state now. */
  stat(): Promise<OpenedState>
}

/** The state of a file, and what tells it from another one that takes its place: as `stat` of Node gives them. */
export interface OpenedState extends FileState {
  /** The device that it is on. */
  readonly dev: number
  /** Its number there. */
  readonly ino: number
  /** When content or status was last changed, in milliseconds since 1970, with fractions; no program can set it. */
  readonly ctimeMs: number
}

/**
 * Opens what `names`, each a safe one (`isSafeName`), lead to below `root`, which is a real path; on Node. `undefined` when there is nothing
 * that may be sent: nothing at all, no permission, neither file nor directory, or a link to somewhere that `allows` refuses; it gets the
 * names of the real path below the root.
 *
 * Throws {@link ServiceUnavailable} when the process or the system has too many files open.
 */
export async function openBelow(
  root: string,
  names: readonly string[],
  allows: (names: readonly string[]) => boolean,
): Promise<OpenedFile | 'directory' | undefined> {
  const base = root.endsWith(sep) ? root : root + sep
  const path = names.length === 0 ? root : base + names.join(sep)
  try {
    const real = await realpath(path)
    if (real !== path && real !== root) {
      if (!real.startsWith(base) || !allows(real.slice(base.length).split(sep))) return undefined
    }
    return await openPath(real, constants.O_NOFOLLOW)
  } catch (error) {
    return absentOr(error)
  }
}

/**
 * Opens the file of a path that the application itself named, on Node; links are followed wherever they lead. Gives and throws what
 * {@link openBelow} does.
 */
export async function openFile(path: string | URL): Promise<OpenedFile | 'directory' | undefined> {
  try {
    return await openPath(path, 0)
  } catch (error) {
    return absentOr(error)
  }
}

// Flags that a platform does not know are undefined there, and count as 0 in a bitwise or.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY

const absent: ReadonlySet<unknown> = new Set([
  ...['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EACCES', 'EPERM', 'EISDIR'],
  // Sockets, devices without a driver, and names that Windows cannot have.
  ...['ENXIO', 'ENODEV', 'EINVAL'],
])

async function openPath(path: string | URL, flags: number): Promise<OpenedFile | 'directory' | undefined> {
  const file = await open(path, FLAGS | flags)
  let isFile = false
  try {
    const stats = await file.stat()
    isFile = stats.isFile()
    if (isFile) return { file, state: stats }
    return stats.isDirectory() ? 'directory' : undefined
  } finally {
    if (!isFile) await file.close()
  }
}

function absentOr(error: unknown): undefined {
  const code = (error as Partial<NodeJS.ErrnoException>).code
  if (absent.has(code)) return undefined
  if (code === 'EMFILE' || code === 'ENFILE')
    throw new ServiceUnavailable(undefined, { cause: error, retryAfter: 1 })
  throw error
}
