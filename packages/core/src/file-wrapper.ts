import type { Chunk, Closeable } from './protocol.ts'

/**
 * `wsgi.file_wrapper`: a file, or a range of one, as a body that the gateway sends in its fastest way when no layer has put another in its
 * place. It owns the file, and closes it once, when it is read, given up, or closed.
 *
 * Throws a TypeError or RangeError for what is no open file and for a range that is none; the file is the caller's to close then. Reading
 * throws when the file has become shorter than `end`.
 */
export type FileWrapper = (source: OpenFile, options?: FileWrapperOptions) => AsyncIterable<Chunk> & Closeable

/** A file that is open for reading, such as a `FileHandle` of `node:fs/promises`. */
export interface OpenFile {
  /** Reads up to `length` bytes from `position` of the file into the buffer, at `offset`; 0 bytes at the end. */
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
  /** Releases it; called once. */
  close(): Promise<void>
}

/** Which part of a file is sent, and in which pieces. */
export interface FileWrapperOptions {
  /** The first byte to send. @default 0 */
  start?: number | undefined
  /** The byte after the last one to send. @default the end of the file */
  end?: number | undefined
  /** The most bytes to read at a time. @default 524288 (512 KiB) */
  chunkSize?: number | undefined
}
