/// <reference path="./busboy.d.ts" />
import { BadRequest } from '@stapel/core'
import busboy from 'busboy'
import type { FormLimits } from './form-limits.ts'
import { FormTally } from './form-tally.ts'

/**
 * The names and values of a urlencoded form in their order: only `&` separates, names stay flat, always UTF-8. Rejects with
 * {@link BadRequest} for a broken percent escape, with `ContentTooLarge` above a limit.
 */
export function readUrlencoded(
  bytes: Uint8Array,
  limits: Readonly<FormLimits>,
): Promise<(readonly [name: string, value: string])[]> {
  const tally = new FormTally(limits)
  const entries: (readonly [name: string, value: string])[] = []
  return new Promise((resolve, reject) => {
    let failed = false
    const parser = busboy({
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      // One more than allowed: busboy cuts what is longer and says so only in a flag.
      limits: { fieldNameSize: limits.name + 1, fieldSize: limits.field + 1 },
    })
    parser
      .on('field', (name, value = '') => {
        // busboy goes on to the end of the piece that it was given.
        if (failed) return
        try {
          tally.addPart()
          tally.addField(name)
          tally.addToField(Buffer.byteLength(value))
          entries.push([name, value])
        } catch (error) {
          failed = true
          reject(error)
          parser.destroy()
        }
      })
      .on('error', (error) => {
        failed = true
        reject(new BadRequest('The form has a malformed percent escape.', { cause: error }))
      })
      .on('finish', () => resolve(entries))
    // Piece by piece, so that little is parsed in vain once a limit has been passed.
    for (let at = 0; at < bytes.byteLength && !failed; at += PIECE)
      parser.write(escaped(bytes.subarray(at, at + PIECE)))
    parser.end()
  })
}

const PIECE = 16_384

/** Bytes beyond ASCII as escapes, as browsers send them: busboy takes others, which programs send, for latin-1 where no escape is near. */
function escaped(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  if (!beyondAscii.test(text)) return bytes
  return Buffer.from(text.replace(everyBeyondAscii, percentEncodeOf), 'latin1')
}

const beyondAscii = /[\x80-\xff]/
const everyBeyondAscii = /[\x80-\xff]/g

function percentEncodeOf(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16)}`
}
