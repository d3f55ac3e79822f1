import { type Converter, textOf } from './converter.ts'
import { describeValue } from './quote.ts'
import { checkOptionNames } from './rule-options.ts'

export interface IntOptions {
  /** The smallest number. */
  min?: number | undefined
  /** The greatest number. */
  max?: number | undefined
  /** Whether a minus sign is accepted. @default whether `min` is below 0 */
  signed?: boolean | undefined
  /** How many digits there are, from 1 to 16; zeros fill them up: with 4, `0042` is 42. @default as many as the number has */
  digits?: number | undefined
}

/**
 * Whole numbers in their one spelling: ASCII digits, without leading zeros unless their count is fixed, up to `Number.MAX_SAFE_INTEGER`.
 *
 * Throws a RangeError for limits that leave nothing, a TypeError for an unknown option.
 */
export function int(options: IntOptions = {}): Converter<number> {
  checkOptionNames(options, ['min', 'max', 'signed', 'digits'], 'int()')
  const { min = -Infinity, max = Infinity, signed = min < 0 && options.min !== undefined } = options
  const { digits } = options
  checkLimits('int', options, Number.isSafeInteger, 'a safe integer')
  if (digits !== undefined && !(Number.isInteger(digits) && digits > 0 && digits <= MAX_DIGITS)) {
    throw new RangeError(`Got ${String(digits)} for digits of int(); expected 1 to ${MAX_DIGITS}.`)
  }
  const greatest = 10 ** (digits ?? MAX_DIGITS) - 1
  if (min > greatest || max < -greatest) throw nothingLeft('int', options)
  return {
    name: nameOf('int', options),
    weight: 30 + givenIn(options).length,
    parse(text) {
      const value = parseDigits(text, signed, digits)
      // Beyond the safe ones nothing is rounded back into them.
      return Number.isSafeInteger(value) && value >= min && value <= max ? value : undefined
    },
    format: digits === undefined ? textOf : (value) => padDigits(value, digits),
  }
}

/**
 * The number of ASCII digits, one for a leading zero unless their count is given; NaN for anything else. Read one by one, which takes a third of the time of a
 * pattern and `Number`.
 */
function parseDigits(text: string, signed: boolean, digits: number | undefined): number {
  const isNegative = signed && text.charCodeAt(0) === MINUS
  const first = isNegative ? 1 : 0
  const count = text.length - first
  const hasLength = digits === undefined ? count > 0 && count <= MAX_DIGITS : count === digits
  if (!hasLength || (digits === undefined && count > 1 && text.charCodeAt(first) === ZERO)) return Number.NaN
  let value = 0
  for (let i = first; i < text.length; i++) {
    const digit = text.charCodeAt(i) - ZERO
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  if (!isNegative) return value
  return value === 0 ? Number.NaN : -value
}

const MINUS = 45
const ZERO = 48

export interface FloatOptions {
  /** The smallest number. */
  min?: number | undefined
  /** The greatest number. */
  max?: number | undefined
  /** Whether a minus sign is accepted. @default whether `min` is below 0 */
  signed?: boolean | undefined
}

/**
 * Decimal numbers, with or without a fraction: `12`, `12.5`; no exponent, at most 300 digits on either side.
 *
 * Throws a RangeError for limits that leave nothing, a TypeError for an unknown option.
 */
export function float(options: FloatOptions = {}): Converter<number> {
  checkOptionNames(options, ['min', 'max', 'signed'], 'float()')
  const { min = -Infinity, max = Infinity, signed = min < 0 && options.min !== undefined } = options
  checkLimits('float', options, Number.isFinite, 'a finite number')
  const pattern = /^-?[0-9]{1,300}(?:\.[0-9]{1,300})?$/
  return {
    name: nameOf('float', options),
    weight: 20 + givenIn(options).length,
    parse(text) {
      if (!pattern.test(text) || (!signed && text.startsWith('-'))) return undefined
      const value = Number(text)
      return value >= min && value <= max ? value : undefined
    },
    format: decimalOf,
  }
}

/** UUIDs of any version (RFC 9562 section 4), in upper or lower case; the value is in lower case. */
export function uuid(): Converter<string> {
  const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
  return {
    name: 'uuid()',
    weight: 40,
    parse(text) {
      if (text.length !== 36) return undefined
      const lower = text.toLowerCase()
      return pattern.test(lower) ? lower : undefined
    },
    format: textOf,
  }
}

/**
 * One of several texts.
 *
 * @example
 * ```ts
 * import { oneOf, Router } from '@stapel/routing'
 * import { Request, Response } from '@stapel/wrappers'
 *
 * const about = Request.application((request) => new Response(request.params.language === 'de' ? 'Über uns' : 'About us'))
 * const router = new Router().get('/:language/about', about, { convert: { language: oneOf('de', 'en') } })
 * ```
 */
export function oneOf<const T extends string>(...values: readonly T[]): Converter<T> {
  if (values.length === 0 || !values.every((value) => typeof value === 'string' && value !== '')) {
    throw new TypeError(
      `Got oneOf(${values.map((value) => JSON.stringify(value)).join(', ')}); expected texts that are not empty, one by one, as in oneOf('a', 'b').`,
    )
  }
  const accepted: ReadonlySet<string> = new Set(values)
  return {
    name: `oneOf(${JSON.stringify([...accepted].sort()).slice(1, -1)})`,
    weight: 50,
    parse: (text) => (accepted.has(text) ? (text as T) : undefined),
    format: textOf,
  }
}

export interface DateOptions {
  /** The first day, as in `'2026-11-21'`. */
  min?: string | undefined
  /** The last day. */
  max?: string | undefined
}

/**
 * Days of the calendar, `2026-11-21`, from the year 0000 to 9999 (RFC 3339 section 5.6); days that there are not (`2026-02-29`) are refused.
 *
 * The value is the text, since a day has no time zone: a `Date` would be the day before to whoever reads it west of Greenwich. It sorts by time, databases
 * take it, `new Date(text)` is its midnight in UTC, `Temporal.PlainDate.from(text)` the day itself.
 *
 * Throws a RangeError for limits that are no days or leave none, a TypeError for an unknown option.
 */
export function date(options: DateOptions = {}): Converter<string> {
  checkOptionNames(options, ['min', 'max'], 'date()')
  const { min = '0000-01-01', max = '9999-12-31' } = options
  for (const limit of [min, max]) {
    if (!isDay(limit))
      throw new RangeError(`Got ${String(limit)} for date(); expected a day as in '2026-11-21'.`)
  }
  if (min > max) throw nothingLeft('date', options)
  return {
    name: nameOf('date', options),
    weight: 40 + givenIn(options).length,
    parse: (text) => (text >= min && text <= max && isDay(text) ? text : undefined),
    format: textOf,
  }
}

export interface StringOptions {
  /** The exact length, in UTF-16 code units. */
  length?: number | undefined
  /** The least length, in UTF-16 code units. @default 1 */
  min?: number | undefined
  /** The greatest length, in UTF-16 code units. */
  max?: number | undefined
}

/**
 * Texts of a certain length, measured after decoding.
 *
 * Throws a RangeError for limits that leave nothing, a TypeError for an unknown option.
 */
export function string(options: StringOptions = {}): Converter<string> {
  checkOptionNames(options, ['length', 'min', 'max'], 'string()')
  checkLimits('string', options, (value) => Number.isSafeInteger(value) && value > 0, 'a whole number from 1')
  const { length, min = 1, max = Infinity } = options
  if (length !== undefined && (length < min || length > max)) throw nothingLeft('string', options)
  const [least, most] = length === undefined ? [min, max] : [length, length]
  return {
    name: nameOf('string', options),
    weight: 10 + givenIn(options).length,
    parse: (text) => (text.length >= least && text.length <= most ? text : undefined),
    format: textOf,
  }
}

/** Those of `Number.MAX_SAFE_INTEGER`. */
const MAX_DIGITS = 16

/** What is no row of digits stays as it is, so that it is refused. */
function padDigits(value: unknown, digits: number): string {
  const text = textOf(value)
  const sign = text.startsWith('-') ? '-' : ''
  return /^-?[0-9]+$/.test(text) ? sign + text.slice(sign.length).padStart(digits, '0') : text
}

/** The digits of a number, where it prints with an exponent. */
function decimalOf(value: unknown): string {
  const text = textOf(value)
  const match = typeof value === 'number' ? /^(-?)([0-9])(?:\.([0-9]+))?e([-+][0-9]+)$/.exec(text) : null
  if (match === null) return text
  const [, sign = '', first = '', others = '', power] = match
  const exponent = Number(power)
  const digits = first + others
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  return sign + digits.padEnd(exponent + 1, '0')
}

function isDay(text: unknown): boolean {
  const match = typeof text === 'string' ? /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text) : null
  if (match === null) return false
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number)
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const length = month === 2 && isLeap ? 29 : (MONTHS[month - 1] ?? 0)
  return day >= 1 && day <= length
}

const MONTHS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

type Limits = Pick<StringOptions, 'length'> & Pick<IntOptions, 'min' | 'max' | 'signed'>

function checkLimits(
  name: string,
  options: Limits,
  isLimit: (value: number) => boolean,
  expected: string,
): void {
  for (const key of ['length', 'min', 'max'] as const) {
    const value = options[key]
    if (value !== undefined && !isLimit(value)) {
      throw new RangeError(`Got ${describeValue(value)} for ${key} of ${name}(); expected ${expected}.`)
    }
  }
  const { min = -Infinity, max = Infinity, signed = min < 0 && options.min !== undefined } = options
  if (min > max || (!signed && max < 0)) throw nothingLeft(name, options)
}

function nothingLeft(name: string, options: object): RangeError {
  return new RangeError(`Got ${nameOf(name, options)}, which accepts nothing; widen the limits.`)
}

/** The options in one order, so that the same limits have the same name. */
function nameOf(name: string, options: object): string {
  const given = givenIn(options)
  if (given.length === 0) return `${name}()`
  return `${name}(${JSON.stringify(Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1))))})`
}

function givenIn(options: object): [name: string, value: unknown][] {
  return Object.entries(options).filter(([, value]) => value !== undefined)
}
