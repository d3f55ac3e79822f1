import { isToken } from '@stapel/core/http'
import type { Pattern } from './pattern.ts'
import { describeValue, quote } from './quote.ts'

/** Throws a TypeError for what holds no options, and for one that there is not; a misspelt `methods` would open a rule to all of them. */
export function checkOptionNames(options: object, known: readonly string[], pattern: string): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Got ${describeValue(options)} for the options of ${pattern}; expected an object.`)
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new TypeError(
        `Got the unknown option ${quote(name)} for ${pattern}; there are ${known.join(', ')}.`,
      )
    }
  }
}

/** Throws a TypeError for what is no text, or an empty one. */
export function checkText(value: unknown, what: string, pattern: string): void {
  if (typeof value === 'string' && value !== '') return
  throw new TypeError(
    `Got ${describeValue(value)} for the ${what} of ${pattern}; expected a text that is not empty.`,
  )
}

/** Throws a TypeError for anything but true and false. */
export function checkFlag(value: unknown, what: string, pattern: string): void {
  if (typeof value === 'boolean') return
  throw new TypeError(`Got ${describeValue(value)} for ${what} of ${pattern}; expected true or false.`)
}

/** Throws a TypeError for what is no object of values by parameter. */
export function checkRecord(value: unknown, what: string, pattern: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return
  throw new TypeError(
    `Got ${describeValue(value)} for the ${what} of ${pattern}; expected an object, with a value by parameter.`,
  )
}

/** Throws a TypeError for what is no list of middleware. */
export function checkList(value: unknown, pattern: string): void {
  if (!Array.isArray(value)) {
    throw new TypeError(`Got ${describeValue(value)} for the middleware of ${pattern}; expected a list.`)
  }
  for (const each of value as unknown[]) {
    if (typeof each === 'function') continue
    throw new TypeError(`Got ${describeValue(each)} among the middleware of ${pattern}; expected functions.`)
  }
}

/** The methods without repeats; throws a TypeError for what is no list of methods in upper case. */
export function checkMethods(methods: Iterable<string>, pattern: string): readonly string[] {
  // One list for all rules of a method or a group, of which there may be thousands.
  if (Array.isArray(methods)) {
    if (checked.has(methods)) return methods
    const single = methods.length === 1 ? singles.get(methods[0]) : undefined
    if (single !== undefined) return single
  }
  if (typeof methods === 'string' || typeof methods?.[Symbol.iterator] !== 'function') {
    throw new TypeError(
      `Got ${describeValue(methods)} for the methods of ${pattern}; expected a list, as in ['GET', 'POST'].`,
    )
  }
  const list = [...new Set(methods)]
  if (list.length === 0)
    throw new TypeError(`Got no methods for ${pattern}; leave them out to answer every method.`)
  for (const method of list) {
    if (typeof method !== 'string' || !isToken(method) || method !== method.toUpperCase()) {
      throw new TypeError(
        `Got the method ${describeValue(method)} for ${pattern}; expected a token in upper case, as in 'GET'.`,
      )
    }
  }
  checked.add(list)
  if (list.length === 1 && singles.size < SINGLES_LIMIT) singles.set(list[0] as string, list)
  return Object.freeze(list)
}

const checked: WeakSet<readonly string[]> = new WeakSet()
/** The lists of one method, by that. */
const singles: Map<string, readonly string[]> = new Map()
/** The most that are kept; there are about forty registered methods. */
const SINGLES_LIMIT = 64

/** Throws a TypeError for a pattern below which nothing can be mounted: it has a wildcard, or ends in a slash. */
export function checkPrefix(pattern: Pattern, prefix: string): void {
  if (pattern.wildcards.size > 0) {
    throw new TypeError(
      `Got the prefix ${JSON.stringify(prefix)}, whose end no path tells; mount without the wildcard.`,
    )
  }
  checkPrefixEnd(pattern, prefix)
}

/** Throws a TypeError for a prefix that ends in a slash. */
export function checkPrefixEnd(pattern: Pattern, prefix: string): void {
  for (const { segments } of pattern.alternatives) {
    const last = segments.at(-1)
    if (last?.kind === 'static' && last.text === '') {
      throw new TypeError(
        `Got the prefix ${JSON.stringify(prefix)}; expected '/' or a path that does not end in '/'.`,
      )
    }
  }
}
