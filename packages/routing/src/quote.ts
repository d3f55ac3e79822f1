/** The longest text of a request, or of a value, that is shown in a message, in characters. */
export const SHOWN_LENGTH_LIMIT = 80

/**
 * A text in quotes, cut to {@link SHOWN_LENGTH_LIMIT}. Control characters and those that change the direction of text are shown as escapes, since they
 * would rewrite what a terminal shows.
 */
export function quote(text: string): string {
  return JSON.stringify(cut(text)).replace(
    /[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** What a value is, for the message of an error. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`
  if (typeof value !== 'object' || value === null) return cut(String(value))
  if (Array.isArray(value)) return 'a list'
  const name: unknown = value.constructor?.name
  return typeof name !== 'string' || name === '' || name === 'Object'
    ? 'an object'
    : `an object of class ${name}`
}

/** As JSON, where it has that form, and cut as a text is. */
export function showValue(value: unknown): string {
  try {
    return cut(JSON.stringify(value, bigIntsAsText) ?? describeValue(value))
  } catch {
    // It holds itself, or something in it throws.
    return describeValue(value)
  }
}

function cut(text: string): string {
  return text.length > SHOWN_LENGTH_LIMIT ? `${text.slice(0, SHOWN_LENGTH_LIMIT)}…` : text
}

function bigIntsAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
