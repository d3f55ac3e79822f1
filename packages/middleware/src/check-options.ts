/** What an option may be: a check, and the words that end "expected …" in the error. */
export interface OptionCheck {
  readonly expected: string
  accepts(value: unknown): boolean
}

/** A check for each option of a type. */
export type OptionChecks<Options> = { readonly [Name in keyof Options]-?: OptionCheck }

/**
 * Checks the options of a middleware when it is made. An option that is `undefined` counts as not given.
 *
 * Throws a TypeError that shows what it got: for options that are no object, for an unknown name, for a value that its check refuses.
 */
export function checkOptions(
  middleware: string,
  options: unknown,
  checks: Readonly<Record<string, OptionCheck>>,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const call = typeof options === 'function' ? ' Middleware is called, as in stack(app, etag()).' : ''
    throw new TypeError(`${middleware}: got ${show(options)} for the options; expected an object.${call}`)
  }
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined
    if (check === undefined) {
      throw new TypeError(
        `${middleware}: got the unknown option ${JSON.stringify(name)}; it knows ${Object.keys(checks).join(', ')}.`,
      )
    }
    if (value !== undefined && !check.accepts(value)) {
      throw new TypeError(
        `${middleware}: got ${show(value)} for the option ${name}; expected ${check.expected}.`,
      )
    }
  }
}

/** A whole number from `min` to `max`; `unit` says of what. */
export function integer(min: number, max: number, unit: string): OptionCheck {
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} up` : `from ${min} to ${max}`
  return {
    expected: `${unit}: an integer ${range}`,
    accepts: (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
  }
}

/** `true` or `false`. */
export const flag: OptionCheck = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' }

/** A text that is not empty. */
export const text: OptionCheck = {
  expected: 'a text that is not empty',
  accepts: (value) => typeof value === 'string' && value.trim() !== '',
}

/** A function; `expected` says what it gets and gives. */
export function callback(expected: string): OptionCheck {
  return { expected, accepts: (value) => typeof value === 'function' }
}

/** A value for a message: at most 100 characters, with what a list or a plain object holds, and never throwing. */
export function show(value: unknown): string {
  try {
    if (Array.isArray(value)) return shorten(showList(value, showPair))
    if (isPlain(value)) return shorten(showFields(value))
  } catch {
    // A getter or a proxy has thrown.
  }
  return showMember(value)
}

/** More would not fit. */
const SHOWN_MEMBERS = 50

function showList(list: readonly unknown[], showOne: (member: unknown) => string): string {
  return `[${list.slice(0, SHOWN_MEMBERS).map(showOne).join(', ')}]`
}

/** Lists in lists are headers and rules. */
function showPair(value: unknown): string {
  return Array.isArray(value) ? showList(value, showMember) : showMember(value)
}

function showFields(value: object): string {
  const fields = Object.entries(value).slice(0, SHOWN_MEMBERS)
  return fields.length === 0
    ? '{}'
    : `{ ${fields.map(([name, field]) => `${name}: ${showMember(field)}`).join(', ')} }`
}

function showMember(value: unknown): string {
  if (typeof value === 'string') return shorten(JSON.stringify(value))
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value !== 'object' || value === null) return shorten(String(value))
  return `an object of class ${value.constructor?.name ?? 'null'}`
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function shorten(shown: string): string {
  return shown.length > 100 ? `${shown.slice(0, 100)}…` : shown
}
