import { BadRequest, UnsupportedMediaType } from '@stapel/core'

/**
 * UTF-8 bytes as text, without a byte order mark; throws {@link BadRequest} where they are no UTF-8, so that nothing is replaced in
 * silence.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  const text = lenient.decode(bytes)
  // Only a text that holds the replacement character may have been invalid; looking for it costs less than strict decoding.
  return text.includes('\ufffd') ? decodeWith(strict, bytes) : text
}

/**
 * Bytes as text in a charset of the encoding standard; invalid bytes become U+FFFD. Throws {@link UnsupportedMediaType} for a charset
 * that is not known.
 */
export function decodeText(bytes: Uint8Array, charset: string | undefined): string {
  if (charset === undefined || charset.toLowerCase() === 'utf-8') return lenient.decode(bytes)
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(charset)
  } catch (error) {
    throw new UnsupportedMediaType('The content of the request is in an unknown charset.', { cause: error })
  }
  return decoder.decode(bytes)
}

const lenient = new TextDecoder()
const strict = new TextDecoder('utf-8', { fatal: true })

function decodeWith(decoder: TextDecoder, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (error) {
    throw new BadRequest('The content of the request is not valid UTF-8.', { cause: error })
  }
}
