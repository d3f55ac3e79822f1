import type { Converter } from './converter.ts'

export interface IntOptions {
  /** The smallest number. */
  min?: number
  /** The greatest number. */
  max?: number
  /** Whether a minus sign is accepted. @default whether `min` is below 0 */
  signed?: boolean
}

/**
 * Whole numbers in their one spelling: ASCII digits without leading zeros, up to `Number.MAX_SAFE_INTEGER`.
 *
 * Throws a RangeError for limits that leave nothing.
 */
export function int(options: IntOptions = {}): Converter<number> {
  const { min = -Infinity, max = Infinity, signed = min < 0 && options.min !== undefined } = options
  checkLimits('int', options, Number.isSafeInteger, 'a safe integer')
  const pattern = signed ? /^(?:0|-?[1-9][0-9]{0,15})$/ : /^(?:0|[1-9][0-9]{0,15})$/
  return {
    name: nameOf('int', options),
    weight: 30 + Object.keys(options).length,
    parse(text) {
      if (!pattern.test(text)) return undefined
      const value = Number(text)
      return Number.isSafeInteger(value) && value >= min && value <= max ? value : undefined
    },
    format: String,
  }
}

export interface FloatOptions {
  /** The smallest number. */
  min?: number
  /** The greatest number. */
  max?: number
  /** Whether a minus sign is accepted. @default whether `min` is below 0 */
  signed?: boolean
}

/**
 * Decimal numbers, with or without a fraction: `12`, `12.5`; no exponent, at most 300 digits on either side.
 *
 * Throws a RangeError for limits that leave nothing.
 */
export function float(options: FloatOptions = {}): Converter<number> {
  const { min = -Infinity, max = Infinity, signed = min < 0 && options.min !== undefined } = options
  checkLimits('float', options, Number.isFinite, 'a finite number')
  const pattern = /^-?[0-9]{1,300}(?:\.[0-9]{1,300})?$/
  return {
    name: nameOf('float', options),
    weight: 20 + Object.keys(options).length,
    parse(text) {
      if (!pattern.test(text) || (!signed && text.startsWith('-'))) return undefined
      const value = Number(text)
      return value >= min && value <= max ? value : undefined
    },
    format: String,
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
    format: String,
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
      `Got oneOf(${values.map((value) => JSON.stringify(value)).join(', ')}); expected texts that are not empty.`,
    )
  }
  const accepted: ReadonlySet<string> = new Set(values)
  return {
    name: `oneOf(${JSON.stringify([...accepted].sort()).slice(1, -1)})`,
    weight: 50,
    parse: (text) => (accepted.has(text) ? (text as T) : undefined),
    format: String,
  }
}

export interface StringOptions {
  /** The exact length, in UTF-16 code units. */
  length?: number
  /** The least length, in UTF-16 code units. @default 1 */
  min?: number
  /** The greatest length, in UTF-16 code units. */
  max?: number
}

/**
 * Texts of a certain length, measured after decoding.
 *
 * Throws a RangeError for limits that leave nothing.
 */
export function string(options: StringOptions = {}): Converter<string> {
  checkLimits('string', options, (value) => Number.isSafeInteger(value) && value > 0, 'a whole number from 1')
  const { length, min = length ?? 1, max = length ?? Infinity } = options
  if (length !== undefined && (length < min || length > max)) throw nothingLeft('string', options)
  return {
    name: nameOf('string', options),
    weight: 10 + Object.keys(options).length,
    parse: (text) =>
      text.length >= min && text.length <= max && (length === undefined || text.length === length)
        ? text
        : undefined,
    format: String,
  }
}

type Limits = { length?: number; min?: number; max?: number; signed?: boolean }

function checkLimits(
  name: string,
  options: Limits,
  isLimit: (value: number) => boolean,
  expected: string,
): void {
  for (const key of ['length', 'min', 'max'] as const) {
    const value = options[key]
    if (value !== undefined && !isLimit(value)) {
      throw new RangeError(`Got ${String(value)} for ${key} of ${name}(); expected ${expected}.`)
    }
  }
  const { min = -Infinity, max = Infinity } = options
  if (min > max || (options.signed === false && max < 0)) throw nothingLeft(name, options)
}

function nothingLeft(name: string, options: Limits): RangeError {
  return new RangeError(`Got ${nameOf(name, options)}, which accepts nothing; widen the limits.`)
}

/** The options in one order, so that the same limits have the same name. */
function nameOf(name: string, options: Limits): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  if (given.length === 0) return `${name}()`
  return `${name}(${JSON.stringify(Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1))))})`
}
