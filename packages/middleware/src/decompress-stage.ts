import { BadRequest } from '@stapel/core'
import type { Decoder, Decoding } from './decompress-codings.ts'
import type { DecodeLimits } from './decompress-limits.ts'

/** How many pieces of encoded content in a row may take a decoder of their own; a thousand of them would fit into 10 kB. */
export const PART_LIMIT = 256

/**
 * Undoes one coding of a body, chunk by chunk: the next one is pulled when all of the last was taken. No bytes at all are an empty body.
 *
 * Throws `BadRequest` (400) for content that is damaged, cut off, or followed by anything else, and what `limits` throws. The
 * source is left when this is left, or throws.
 */
export async function* decodeStage(
  source: AsyncIterable<Uint8Array>,
  decoding: Decoding,
  limits: DecodeLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  let decoder: Decoder | undefined
  let decoded = 0
  let parts = 1
  const counted = (piece: Uint8Array): Uint8Array => {
    decoded += piece.byteLength
    limits.check(decoded)
    return piece
  }
  try {
    for await (const chunk of source) {
      let rest = chunk
      while (rest.byteLength > 0) {
        decoder ??= open(decoding)
        const before = decoder.bytesWritten
        for await (const piece of pass(decoder, rest, decoding)) yield counted(piece)
        rest = rest.subarray(decoder.bytesWritten - before)
        if (rest.byteLength === 0) break
        // A decoder that leaves something has seen the end of what it decodes.
        if (!decoding.goesOn || ++parts > PART_LIMIT) throw followed(decoding)
        decoder.destroy()
        decoder = undefined
      }
    }
    if (decoder === undefined) return
    for await (const piece of pass(decoder, undefined, decoding)) yield counted(piece)
  } finally {
    decoder?.destroy()
  }
}

/** Writes a chunk, or the end, and gives what comes out, until all was taken or the content is at its end. */
async function* pass(
  decoder: Decoder,
  chunk: Uint8Array | undefined,
  decoding: Decoding,
): AsyncGenerator<Uint8Array, void, undefined> {
  let wake = (): void => {}
  let taken = false
  let failure: Error | null | undefined
  const notice = (error?: Error | null): void => {
    failure ??= error
    wake()
  }
  const take = (error?: Error | null): void => {
    // The end is taken when the last bytes have come out, which `end` tells.
    if (chunk !== undefined) taken = true
    notice(error)
  }
  const onReadable = (): void => notice()
  decoder.on('readable', onReadable).on('end', onReadable).on('error', notice)
  try {
    if (chunk === undefined) decoder.end()
    else decoder.write(chunk, take)
    for (;;) {
      const piece: Uint8Array | null = decoder.read()
      if (piece !== null) {
        yield piece
        continue
      }
      if (failure) throw damaged(decoding, failure)
      if (taken || decoder.readableEnded) return
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      await woken
    }
  } finally {
    decoder.off('readable', onReadable).off('end', onReadable).off('error', notice)
  }
}

function open(decoding: Decoding): Decoder {
  const decoder = decoding.create()
  // What fails while nobody waits for it must not end the process.
  decoder.on('error', () => {})
  return decoder
}

function damaged({ name }: Decoding, cause: Error): BadRequest {
  return new BadRequest(`The content of the request is damaged or cut off: it is not ${name} to its end.`, {
    cause,
  })
}

function followed({ name }: Decoding): BadRequest {
  return new BadRequest(`The content of the request goes on after the end of its ${name}.`)
}
