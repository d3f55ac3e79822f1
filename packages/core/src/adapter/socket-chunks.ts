import { Buffer } from 'node:buffer'
import type { Chunk } from '../protocol.ts'

/** What Node writes to a socket. */
export interface WrittenChunk {
  readonly chunk: string | Uint8Array
  readonly encoding: BufferEncoding
}

/** What Node has written to a socket and nobody has taken; it writes no more until it is told that all is. */
export class SocketChunks {
  /** The number of bytes, or characters, that were written at once. */
  size = 0
  #chunks: Chunk[] = []
  #next = 0
  #written: (() => void) | undefined

  /** Whether Node waits to be told. */
  get waiting(): boolean {
    return this.#written !== undefined
  }

  /** Whether there is nothing but empty chunks to be taken. */
  get empty(): boolean {
    for (let i = this.#next; i < this.#chunks.length; i++) {
      if ((this.#chunks[i] as Chunk).length > 0) return false
    }
    return true
  }

  /** Node has written; `written` asks for more. */
  put(chunks: readonly WrittenChunk[], written: () => void): void {
    this.#chunks = chunks.map(toChunk)
    this.size = chunks.reduce((sum, { chunk }) => sum + chunk.length, 0)
    this.#next = 0
    this.#written = written
  }

  /** The next chunk that is not empty. */
  take(): Chunk | undefined {
    while (this.#next < this.#chunks.length) {
      const chunk = this.#chunks[this.#next++] as Chunk
      if (chunk.length > 0) return chunk
    }
    return undefined
  }

  /** The only chunk that is not empty, or `''`; `undefined` where there are more. */
  only(): Chunk | undefined {
    let only: Chunk = ''
    for (const chunk of this.#chunks) {
      if (chunk.length === 0) continue
      if (only.length > 0) return undefined
      only = chunk
    }
    return only
  }

  /** Drops what is left, and tells Node that all was taken. */
  done(): void {
    const written = this.#written
    this.#chunks = []
    this.#next = 0
    this.#written = undefined
    written?.()
  }
}

function toChunk({ chunk, encoding }: WrittenChunk): Chunk {
  if (typeof chunk !== 'string' || chunk === '') return chunk
  return encoding === 'utf8' || encoding === 'utf-8' ? chunk : Buffer.from(chunk, encoding)
}
