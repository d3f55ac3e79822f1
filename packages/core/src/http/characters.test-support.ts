/**
 * Every character of latin-1, and those beyond that a careless comparison takes for ASCII: letters whose lower or upper case is ASCII
 * (U+212A, U+0131, U+017F), digits of other scripts, full-width marks, separators, half of a surrogate pair.
 */
export const characters: readonly string[] = [
  ...Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)),
  ...'\u0100\u0130\u0131\u017f\u0661\u2028\u212a\u3000\ufeff\uff0c\uff1b\uff41',
  '\ud800',
  '\udc00',
]

export const digits = '0123456789'
export const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
export const lower = 'abcdefghijklmnopqrstuvwxyz'

/** The characters that are accepted, each once and in the order of their codes. */
export function acceptedOf(accepts: (character: string) => boolean): string {
  return characters.filter(accepts).join('')
}

/** The characters of a text in the order of their codes, as {@link acceptedOf} gives them. */
export function sorted(text: string): string {
  return [...text].sort((a, b) => a.charCodeAt(0) - b.charCodeAt(0)).join('')
}

/** Those of latin-1 from one code to another, both included. */
export function between(first: number, last: number): string {
  return characters.slice(first, last + 1).join('')
}
