import { describe } from './body.ts'

/** Each option of a type by its name; the compiler refuses one that is missing here or unknown there. */
export type OptionNames<Options> = { readonly [name in keyof Required<Options>]: true }

/**
 * Throws a TypeError for options that are no object, and for one that is none of those which are known: a misspelt limit would be no
 * limit, without a word. `what` says what they were given for, as in `'serve()'`.
 */
export function checkOptionNames(options: object, known: object, what: string): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Got ${describe(options)} for the options of ${what}; expected an object.`)
  }
  for (const name in options) {
    if (Object.hasOwn(known, name) || isEverybodys(name, options)) continue
    throw new TypeError(
      `Got the unknown option ${JSON.stringify(name)} for ${what}; there are ${Object.keys(known).join(', ')}.`,
    )
  }
}

/** Whether it is what a program has added to `Object.prototype`, which is nobody's option. */
function isEverybodys(name: string, options: object): boolean {
  return name in Object.prototype && !Object.hasOwn(options, name)
}
