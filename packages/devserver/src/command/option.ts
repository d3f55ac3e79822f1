import { CommandError } from './command-error.ts'

/** One setting of the command: a flag, an environment variable and a key of the settings file, all of the same name. */
export interface Option<Value> {
  /** The flag, where it is not the name of the setting: a command may have it for one of its own. */
  readonly flag?: string
  /** One letter for the command line. */
  readonly short?: string
  /** What stands for the value in the help; a switch has none. */
  readonly value?: string
  /** Whether it may be given several times; then its value is a list, and a variable names several with commas. */
  readonly many?: boolean
  /** A variable besides `STAPEL_<NAME>`, which many hosts set. */
  readonly variable?: string
  /** One line for the help. */
  readonly help: string
  /** The value when it is not given. */
  readonly fallback: Value
  /** Makes the value of what was given; `where` names the place, for the message of the {@link CommandError} that it throws. */
  read(given: Given, where: string): Value
}

/** A setting as it was given: a text, or what a settings file has; a switch of the command line is a boolean, what may be repeated a list. */
export type Given = unknown

/** The rest of an option, whose reading one of the functions below gives. */
export type OptionText<Value> = Omit<Option<Value>, 'read'>

/** A switch: `--name` and `--no-name`; a variable holds `1`, `0`, `true` or `false`. */
export function flag(rest: OptionText<boolean>): Option<boolean> {
  return {
    ...rest,
    read: (given, where) => {
      if (typeof given === 'boolean') return given
      if (given === '1' || given === 'true') return true
      if (given === '0' || given === 'false') return false
      throw refused(given, where, 'true or false')
    },
  }
}

/** A whole number of a range. */
export function whole<Fallback extends number | undefined>(
  rest: OptionText<Fallback>,
  least: number,
  most: number,
  expected: string = `a number from ${least} to ${most}`,
): Option<number | Fallback> {
  return {
    ...rest,
    read: (given, where) => {
      const number = typeof given === 'string' && /^[0-9]{1,15}$/.test(given) ? Number(given) : given
      if (Number.isSafeInteger(number) && (number as number) >= least && (number as number) <= most)
        return number as number
      throw refused(given, where, expected)
    },
  }
}

/** A number of seconds, which may have decimals. */
export function seconds<Fallback extends number | undefined>(
  rest: OptionText<Fallback>,
  most: number,
): Option<number | Fallback> {
  return {
    ...rest,
    read: (given, where) => {
      const number =
        typeof given === 'string' && /^[0-9]{1,9}(?:\.[0-9]{1,9})?$/.test(given) ? Number(given) : given
      if (typeof number === 'number' && number >= 0 && number <= most) return number
      throw refused(given, where, `a number of seconds up to ${most}, as in 2.5`)
    },
  }
}

/** A text that `accepts` takes. */
export function text<Fallback extends string | undefined>(
  rest: OptionText<Fallback>,
  expected: string,
  accepts: (text: string) => boolean = (given) => given !== '',
): Option<string | Fallback> {
  return { ...rest, read: (given, where) => readText(given, where, expected, accepts) }
}

/** One of a few words. */
export function word<Word extends string, Fallback extends Word | undefined>(
  rest: OptionText<Fallback>,
  words: readonly Word[],
): Option<Word | Fallback> {
  const expected = `one of ${words.join(', ')}`
  const accepts = (given: string): boolean => (words as readonly string[]).includes(given)
  return { ...rest, read: (given, where) => readText(given, where, expected, accepts) as Word }
}

/** Texts, in the order in which they were given. */
export function texts(
  rest: Omit<OptionText<readonly string[]>, 'fallback' | 'many'>,
  expected: string,
  accepts: (text: string) => boolean = (given) => given !== '',
): Option<readonly string[]> {
  return {
    ...rest,
    many: true,
    fallback: [],
    read: (given, where) =>
      (Array.isArray(given) ? given : [given]).map((one) => readText(one, where, expected, accepts)),
  }
}

/** The error for a value that an option does not take. */
export function refused(given: unknown, where: string, expected: string): CommandError {
  const shown = typeof given === 'function' ? 'a function' : (JSON.stringify(given) ?? String(given))
  return new CommandError(`Got ${shown} for ${where}; expected ${expected}.`, 2)
}

function readText(
  given: unknown,
  where: string,
  expected: string,
  accepts: (text: string) => boolean,
): string {
  if (typeof given === 'string' && accepts(given)) return given
  throw refused(given, where, expected)
}
