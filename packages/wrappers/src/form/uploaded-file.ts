import { openAsBlob } from 'node:fs'
import { ContentTooLarge } from '@stapel/core'
import type { FormLimits } from './form-limits.ts'
import { storageFailed, type TemporaryFile, type UploadFolder } from './upload-folder.ts'

/** How much of `totalMemory` the files of a request have taken. */
export interface MemoryUse {
  bytes: number
}

/** What becomes of the bytes of one file of a form. */
export interface UploadTarget {
  readonly limits: Readonly<FormLimits>
  readonly folder: UploadFolder
  readonly memory: MemoryUse
}

/**
 * Reads one file of a form and gives it as a standard `File`: from memory where it is small, otherwise over a temporary file, which is
 * read when the `File` is. Rejects with {@link ContentTooLarge} above `limits.file`. The stream is read at the disk's pace.
 */
export async function readUploadedFile(
  content: AsyncIterable<Uint8Array>,
  filename: string,
  type: string,
  target: UploadTarget,
): Promise<File> {
  const upload = new Upload(target)
  try {
    for await (const chunk of content) await upload.add(chunk)
  } finally {
    await upload.close()
  }
  return upload.toFile(filename, type)
}

class Upload {
  readonly #target: UploadTarget
  #chunks: Uint8Array<ArrayBuffer>[] = []
  #size = 0
  #file: TemporaryFile | undefined

  constructor(target: UploadTarget) {
    this.#target = target
  }

  async add(chunk: Uint8Array): Promise<void> {
    const { limits, folder, memory } = this.#target
    this.#size += chunk.byteLength
    if (this.#size > limits.file) {
      throw new ContentTooLarge(`The form has a file of more than ${limits.file} bytes.`)
    }
    if (this.#file === undefined) {
      this.#chunks.push(chunk as Uint8Array<ArrayBuffer>)
      memory.bytes += chunk.byteLength
      if (this.#size <= limits.memory && memory.bytes <= limits.totalMemory) return
      this.#file = await folder.create()
      const held = this.#chunks
      this.#chunks = []
      memory.bytes -= this.#size
      for (const piece of held) await this.#write(this.#file, piece)
      return
    }
    await this.#write(this.#file, chunk)
  }

  async close(): Promise<void> {
    await this.#file?.handle.close()
  }

  async toFile(filename: string, type: string): Promise<File> {
    if (this.#file === undefined) return new File(this.#chunks, filename, { type })
    // The File takes over the file on the disk as it is; nothing is read here.
    return new File([await openAsBlob(this.#file.path)], filename, { type })
  }

  async #write(file: TemporaryFile, chunk: Uint8Array): Promise<void> {
    try {
      await file.handle.appendFile(chunk)
    } catch (error) {
      throw storageFailed(error)
    }
  }
}
