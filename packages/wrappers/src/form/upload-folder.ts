import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServiceUnavailable } from '@stapel/core'

/** A temporary file that is being written. */
export interface TemporaryFile {
  readonly path: string
  readonly handle: FileHandle
}

/**
 * The temporary files of one request: a folder of its own under the system's, made when the first file is, readable by the process's
 * user only, with names that owe nothing to the client. A process that is killed leaves it behind for the system to clear.
 */
export class UploadFolder {
  #path: Promise<string> | undefined
  #count = 0
  #removed = false

  /** Whether there is, or will be, anything on the disk. */
  get used(): boolean {
    return this.#path !== undefined
  }

  /** Makes a file and opens it; rejects with {@link ServiceUnavailable} where the disk or the process has no room for it. */
  async create(): Promise<TemporaryFile> {
    if (this.#removed) throw new Error('The request has ended; no temporary file is made any more.')
    try {
      this.#path ??= mkdtemp(join(tmpdir(), 'stapel-upload-'))
      const path = join(await this.#path, String(this.#count++))
      return { path, handle: await open(path, 'wx', 0o600) }
    } catch (error) {
      throw storageFailed(error)
    }
  }

  /** Removes everything; rejects where that fails. */
  async remove(): Promise<void> {
    this.#removed = true
    const path = await this.#path?.catch(() => undefined)
    if (path !== undefined) await rm(path, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** What a request is answered with when its upload cannot be stored; the cause is for the log. */
export function storageFailed(cause: unknown): ServiceUnavailable {
  return new ServiceUnavailable('The server cannot store uploads for now; try again later.', { cause })
}
