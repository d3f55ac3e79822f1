/**
 * Forms as browsers send them (RFC 7578, and "multipart/form-data encoding algorithm" of the HTML standard).
 *
 * The threat: a name or a file name with a quote or a line break would write headers, or whole parts, of its own. They are escaped as browsers do.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { toBytes } from '@stapel/core'
import type { EncodedBody } from './request-body.ts'

/** Encodes a form; its length is known before a file is read, and it can be read more than once. */
export function encodeMultipart(form: FormData): EncodedBody {
  const boundary = `stapel-${randomUUID()}`
  const pieces: (Uint8Array | Blob)[] = []
  for (const [name, value] of form) {
    const start = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(crlf(name))}"`
    if (typeof value === 'string') {
      pieces.push(toBytes(`${start}\r\n\r\n${crlf(value)}\r\n`))
    } else {
      const type = value.type === '' ? 'application/octet-stream' : value.type
      pieces.push(
        toBytes(`${start}; filename="${escapeName(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`),
        value,
        toBytes('\r\n'),
      )
    }
  }
  pieces.push(toBytes(`--${boundary}--\r\n`))
  return {
    chunks: { [Symbol.asyncIterator]: () => read(pieces) },
    length: pieces.reduce((sum, piece) => sum + (piece instanceof Blob ? piece.size : piece.byteLength), 0),
    type: `multipart/form-data; boundary=${boundary}`,
  }
}

async function* read(pieces: readonly (Uint8Array | Blob)[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const piece of pieces) {
    if (piece instanceof Blob) yield* piece.stream() as unknown as AsyncIterable<Uint8Array>
    else yield piece
  }
}

function crlf(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\r\n')
}

function escapeName(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22')
}
