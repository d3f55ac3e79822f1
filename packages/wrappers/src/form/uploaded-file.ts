import { openAsBlob } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { FormLimits } from './form-limits.ts'
import { Pieces } from './pieces.ts'
import { storageFailed, type TemporaryFile, type TemporaryFiles } from './temporary-files.ts'

/** How much of `totalMemory` the files of a request have taken. */
export interface MemoryUse {
  bytes: number
}

/** What becomes of the bytes of one file of a form. */
export interface UploadTarget {
  readonly limits: Readonly<FormLimits>
  readonly files: TemporaryFiles
  readonly memory: MemoryUse
}

/** A file of a form while it arrives: kept in memory where it is small, otherwise written to a temporary file. */
export class UploadedFile {
  readonly #filename: string
  readonly #type: string
  readonly #target: UploadTarget
  readonly #pieces = new Pieces()
  #spooled = false
  #file: TemporaryFile | undefined
  #writing: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(filename: string, type: string, target: UploadTarget) {
    this.#filename = filename
    this.#type = type
    this.#target = target
  }

  /** Takes a piece. A promise means that the disk is behind: add nothing before it has settled. Throws what went wrong before. */
  add(bytes: Uint8Array): Promise<void> | undefined {
    this.#check()
    this.#pieces.add(bytes)
    if (!this.#spooled && !this.#outgrows(bytes.byteLength)) return undefined
    if (this.#pieces.size < BATCH) return undefined
    const behind = this.#writing !== undefined
    this.#writing ??= this.#write()
    return behind ? this.#writing : undefined
  }

  /** The file as a standard `File`; one on the disk is read when the `File` is. Rejects where it could not be written. */
  finish(): File | Promise<File> {
    if (this.#spooled) return this.#finishOnDisk()
    return new File(this.#pieces.take(), this.#filename, { type: this.#type })
  }

  /** Gives up; settles once the temporary file is closed, and never rejects. */
  async abort(): Promise<void> {
    this.#pieces.take()
    await this.#writing
    await this.#file?.handle.close().catch(() => {})
  }

  #outgrows(bytes: number): boolean {
    const { limits, memory } = this.#target
    memory.bytes += bytes
    const { size } = this.#pieces
    if (size <= limits.memory && memory.bytes <= limits.totalMemory) return false
    memory.bytes -= size
    this.#spooled = true
    return true
  }

  async #finishOnDisk(): Promise<File> {
    await this.#writing
    await this.#write()
    await this.#file?.handle.close()
    this.#check()
    const blob = await openAsBlob((this.#file as TemporaryFile).path)
    // The File takes over the file on the disk as it is; nothing is read here.
    return new File([blob], this.#filename, { type: this.#type })
  }

  /** Writes what there is and what comes meanwhile; keeps a failure for {@link add} and {@link finish}. */
  async #write(): Promise<void> {
    try {
      this.#file ??= await this.#target.files.create()
      do await writeAll(this.#file.handle, this.#pieces.take())
      while (this.#pieces.size >= BATCH)
    } catch (error) {
      this.#failure = { error }
    }
    this.#writing = undefined
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}

/** How many bytes are written at once: fewer, larger writes cost less of the processor. */
const BATCH = 524_288

async function writeAll(handle: FileHandle, pieces: readonly Buffer[]): Promise<void> {
  if (pieces.length === 0) return
  try {
    const { bytesWritten } = await handle.writev(pieces)
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
    // A write may be cut short, as by a disk that is nearly full; then this goes on, or says why it cannot.
    if (bytesWritten < size) await handle.appendFile(Buffer.concat(pieces).subarray(bytesWritten))
  } catch (error) {
    throw storageFailed(error)
  }
}
