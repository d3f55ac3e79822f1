import { BadRequest } from '@stapel/core'
import type { FormLimits } from './form-limits.ts'
import { FormTally } from './form-tally.ts'

/**
 * The names and values of a urlencoded form in their order, as `URLSearchParams` reads them: only `&` separates, names stay flat, always UTF-8,
 * whether escaped or not. Throws {@link BadRequest} for a broken percent escape, `ContentTooLarge` above a limit.
 */
export function readUrlencoded(
  bytes: Uint8Array,
  limits: Readonly<FormLimits>,
): (readonly [name: string, value: string])[] {
  const text = decoder.decode(bytes)
  if (brokenEscape.test(text)) throw new BadRequest('The form has a malformed percent escape.')
  const tally = new FormTally(limits)
  // Before anything is decoded: a form of a hundred thousand empty fields is as short as one field of a hundred kilobytes.
  countFields(text, tally)
  const entries: [name: string, value: string][] = []
  // A leading question mark, which it would take for that of a URL, is a part of the first name.
  for (const [name, value] of new URLSearchParams(`&${text}`)) {
    tally.addField(name)
    tally.addToField(Buffer.byteLength(value))
    entries.push([name, value])
  }
  return entries
}

// Keeps a byte order mark, as URLSearchParams does where it is escaped.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const brokenEscape = /%(?![0-9A-Fa-f]{2})/

function countFields(text: string, tally: FormTally): void {
  for (let at = 0; at < text.length; ) {
    const ampersand = text.indexOf('&', at)
    const end = ampersand === -1 ? text.length : ampersand
    if (end > at) tally.addPart()
    at = end + 1
  }
}
