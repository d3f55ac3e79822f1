import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServiceUnavailable } from '@stapel/core'

/** A temporary file that is being written. */
export interface TemporaryFile {
  readonly path: string
  readonly handle: FileHandle
}

/**
 * The temporary files of one request, in the system's folder for them: readable by the process's user only, with names that nobody can
 * foresee and that owe nothing to the client. A process that is killed leaves them behind for the system to clear.
 */
export class TemporaryFiles {
  readonly #made: { readonly path: string; readonly opened: Promise<FileHandle> }[] = []
  #removed: Promise<void> | undefined

  /** Whether there is, or will be, anything on the disk. */
  get used(): boolean {
    return this.#made.length > 0
  }

  /** Makes a file and opens it; rejects with {@link ServiceUnavailable} where the disk or the process has no room for it. */
  async create(): Promise<TemporaryFile> {
    if (this.#removed) throw new Error('The request has ended; no temporary file is made any more.')
    const path = join(tmpdir(), `stapel-upload-${randomUUID()}`)
    // Exclusive: whatever lies there already, as a link to a file of somebody else, is never written to.
    const opened = open(path, 'wx', 0o600)
    this.#made.push({ path, opened })
    try {
      return { path, handle: await opened }
    } catch (error) {
      throw storageFailed(error)
    }
  }

  /** Removes them all; rejects where that fails. Their handles are closed by who got them. */
  remove(): Promise<void> {
    this.#removed ??= this.#remove()
    return this.#removed
  }

  async #remove(): Promise<void> {
    for (const { path, opened } of this.#made) {
      const exists = await opened.then(
        () => true,
        () => false,
      )
      if (exists) await rm(path, { force: true, maxRetries: 3 })
    }
  }
}

/** What a request is answered with when its upload cannot be stored; the cause is for the log. */
export function storageFailed(cause: unknown): ServiceUnavailable {
  return new ServiceUnavailable('The server cannot store uploads for now; try again later.', { cause })
}
