import { type Body, isChunk } from '@stapel/core'

/** The bytes of a body that is known whole: one chunk, or a list of them; -1 for any other. */
export function wholeSize(body: Body): number {
  if (isChunk(body)) return byteLength(body)
  if (!Array.isArray(body)) return -1
  let size = 0
  for (const chunk of body as readonly unknown[]) {
    if (!isChunk(chunk)) return -1
    size += byteLength(chunk)
  }
  return size
}

function byteLength(chunk: string | Uint8Array): number {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength
}
