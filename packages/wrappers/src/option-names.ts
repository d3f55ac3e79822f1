/**
 * Throws a TypeError for options that are no object, and for an option that is none of those which are known: a misspelt one would be left out without a word. `what` says
 * what it was given for, `'json()'`.
 */
export function checkOptionNames(options: object, known: ReadonlySet<string>, what: string): void {
  if (typeof options !== 'object' || options === null) {
    const got = options === null ? 'null' : `the ${typeof options} ${String(options)}`
    throw new TypeError(`Got ${got} for the options of ${what}; expected an object.`)
  }
  // No list of the names is made, as this is on the way of requests.
  for (const name in options) {
    if (!known.has(name) && !isEverybodys(name, options)) throw unknownOption(name, known, what)
  }
}

/** Whether it is what a program has added to `Object.prototype`, which is nobody's option. */
function isEverybodys(name: string, options: object): boolean {
  return name in Object.prototype && !Object.hasOwn(options, name)
}

function unknownOption(name: string, known: ReadonlySet<string>, what: string): TypeError {
  const hint = hints.get(name) ?? ''
  return new TypeError(
    `Got the unknown option ${JSON.stringify(name)} for ${what}; there are ${[...known].join(', ')}.${hint}`,
  )
}

/** What those mean who write as in fetch. */
const hints: ReadonlyMap<string, string> = new Map([
  ['statusText', " The reason belongs to the status: { status: '404 Nowhere' }."],
])
