import type { FileHandle } from 'node:fs/promises'
import { FileTruncated } from '@stapel/core'

/** The bytes of an open file from `start`, `length` of them, in one piece; the handle stays open. Throws a FileTruncated when the file ends early. */
export async function readPiece(handle: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, start + filled)
    if (bytesRead === 0) throw new FileTruncated(length - filled)
    filled += bytesRead
  }
  return buffer
}
