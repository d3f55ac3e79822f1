import { describeValue } from './quote.ts'

/** Turns the text of a parameter into a value, and a value back into text. */
export interface Converter<T> {
  /**
   * What it accepts, for messages and outlines: `'int({"min":1})'`. Two converters with the same name are taken to accept the same, so
   * that rules which differ in nothing else are refused.
   */
  readonly name: string
  /** Among parameters in the same place, the greater weight is tried first. @default 0 */
  readonly weight?: number | undefined
  /**
   * What the whole decoded text must look like before `parse` sees it. The flags g, m and y are refused; how long it takes is its own affair.
   * @default any text
   */
  readonly pattern?: RegExp | undefined
  /**
   * The value of a decoded text; `undefined` refuses the text, and the rule does not match. It is called for every path that comes as far, more than once
   * for some, and must not be async. What it throws ends the search: an `HTTPError` is the answer, anything else is an error of the
   * program, answered 500.
   */
  parse(text: string): T | undefined
  /** The text of a value, not encoded; `parse` gives the value back. */
  format(value: T): string
}

/** A converter that only says what the text looks like; the value is the text. */
export interface TextConverter {
  /** As that of a {@link Converter}. @default the pattern as it is written */
  readonly name?: string | undefined
  /** As that of a {@link Converter}. @default 0 */
  readonly weight?: number | undefined
  /** What the whole decoded text must look like. The flags g, m and y are refused. */
  readonly pattern: RegExp
  readonly parse?: undefined
  readonly format?: undefined
}

/** The converters of a rule, by the names of its parameters. */
export type Converters = Readonly<Record<string, Converter<unknown> | TextConverter>>

/** The converters of a rule with their patterns built in. Throws a TypeError for what is no converter. */
export function readConverters(converters: Converters | undefined): ReadonlyMap<string, Converter<unknown>> {
  if (converters === undefined) return NO_CONVERTERS
  return new Map(Object.entries(converters).map(([name, value]) => [name, readConverter(value, name)]))
}

const NO_CONVERTERS: ReadonlyMap<string, Converter<unknown>> = new Map()

/** The text of a value that prints as it stands in a path; throws a TypeError for a list, of which one element would pass for the value. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) throw new TypeError('Got a list; expected one value.')
  return String(value)
}

function readConverter(value: unknown, parameter: string): Converter<unknown> {
  const init = value as Partial<Converter<unknown>> | null | undefined
  const { pattern, parse, format, weight } = init ?? {}
  const name = init?.name ?? (parse === undefined ? pattern && String(pattern) : undefined)
  const isText = pattern !== undefined && parse === undefined && format === undefined
  const isWhole = typeof parse === 'function' && typeof format === 'function'
  if (
    !(isText || isWhole) ||
    typeof name !== 'string' ||
    (weight !== undefined && !Number.isFinite(weight))
  ) {
    throw new TypeError(
      `Got ${describeValue(value)} to convert ${parameter}; expected a converter, as int() gives, with name, parse and format, or with a pattern.`,
    )
  }
  if (parse !== undefined && isAsync(parse)) {
    throw new TypeError(
      `Got an async parse to convert ${parameter}; a router does not wait, so look it up in the application.`,
    )
  }
  if (pattern === undefined) return value as Converter<unknown>
  const whole = wholeText(pattern, parameter)
  const converter = (isText ? { parse: (text: string) => text, format: textOf } : value) as Converter<unknown>
  return {
    name,
    weight: weight ?? 0,
    parse: (text) => (whole.test(text) ? converter.parse(text) : undefined),
    format: (each) => converter.format(each),
  }
}

function isAsync(value: (...args: never) => unknown): boolean {
  return Object.prototype.toString.call(value) === '[object AsyncFunction]'
}

function wholeText(pattern: unknown, parameter: string): RegExp {
  if (Object.prototype.toString.call(pattern) !== '[object RegExp]') {
    throw new TypeError(`Got ${describeValue(pattern)} for the pattern of ${parameter}; expected a RegExp.`)
  }
  const { source, flags } = pattern as RegExp
  // With g or y, test() goes on where it stopped; with m, a line would do for the whole.
  if (/[gmy]/.test(flags)) {
    throw new TypeError(
      `Got the pattern ${String(pattern)} for ${parameter}; leave out the flags g, m and y.`,
    )
  }
  return new RegExp(`^(?:${source})$`, flags)
}
