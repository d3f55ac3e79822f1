import { describe } from './body.ts'
import { checkOptionNames } from './option-names.ts'

/** What an option may be: the words that end "expected …" in the error, and a check. */
export type OptionCheck = readonly [expected: string, accepts: (value: unknown) => boolean]

/** A check for each option of a type. */
export type OptionChecks<Options> = { readonly [Name in keyof Options]-?: OptionCheck }

/**
 * Checks options when something is made of them; one that is `undefined` counts as not given. `what` says what they were given for, as in
 * `'serve()'`.
 *
 * Throws what {@link checkOptionNames} throws, and for a value that its check refuses an error that shows it: a RangeError where it is a
 * number, a TypeError for anything else.
 */
export function checkOptions<Options extends object>(
  options: Options,
  checks: OptionChecks<Options>,
  what: string,
): void {
  checkOptionNames(options, checks, what)
  for (const [name, value] of Object.entries(options)) {
    const [expected, accepts] = checks[name as keyof Options]
    if (value === undefined || accepts(value)) continue
    const message = `Got ${describe(value)} for the option ${name} of ${what}; expected ${expected}.`
    throw typeof value === 'number' ? new RangeError(message) : new TypeError(message)
  }
}

/** A whole number of at least `least`, and at most `most`. */
export function integer(
  expected: string,
  least: number = 0,
  most: number = Number.MAX_SAFE_INTEGER,
): OptionCheck {
  const accepts = (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
  return [expected, accepts]
}

/** `true` or `false`. */
export const flag: OptionCheck = ['true or false', (value) => typeof value === 'boolean']

/** A text that is not empty. */
export const text: OptionCheck = [
  'a text that is not empty',
  (value) => typeof value === 'string' && value !== '',
]

/** An object, of whatever is in it. */
export const anyObject: OptionCheck = ['an object', (value) => typeof value === 'object' && value !== null]

/** A function. */
export const callable: OptionCheck = ['a function', (value) => typeof value === 'function']

/** What `wsgi.errors` may be (clause 2). */
export const errorLog: OptionCheck = [
  'an object with write(text) and flush()',
  (value) => {
    const log = value as { write?: unknown; flush?: unknown } | null
    return typeof log?.write === 'function' && typeof log.flush === 'function'
  },
]
