/** Turns the text of a parameter into a value, and a value back into text. */
export interface Converter<T> {
  /**
   * What it accepts, for messages and outlines: `'int({"min":1})'`. Two converters with the same name are taken to accept the same, so
   * that rules which differ in nothing else are refused.
   */
  readonly name: string
  /** Among parameters in the same place, the greater weight is tried first. @default 0 */
  readonly weight?: number
  /** The value of a decoded text; `undefined` refuses the text, and the rule does not match. */
  parse(text: string): T | undefined
  /** The text of a value, not encoded; `parse` gives the value back. */
  format(value: T): string
}

/** The converters of a rule, by the names of its parameters. */
export type Converters = Readonly<Record<string, Converter<unknown>>>

/** Throws a TypeError for what is no converter. */
export function checkConverter(value: unknown, parameter: string): void {
  const converter = value as Partial<Converter<unknown>> | null | undefined
  if (
    typeof converter?.parse !== 'function' ||
    typeof converter.format !== 'function' ||
    typeof converter.name !== 'string' ||
    (converter.weight !== undefined && !Number.isFinite(converter.weight))
  ) {
    throw new TypeError(
      `Got ${describeValue(value)} to convert ${parameter}; expected a converter, as int() gives, with name, parse and format.`,
    )
  }
}

/** What a value is, for the message of an error. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
