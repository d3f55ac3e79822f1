/**
 * Throws a TypeError for a name that is none of those which are known: a misspelt option would be left out without a word. `what` says where it was
 * found: `'of a request'`.
 */
export function checkNames(given: object, known: ReadonlySet<string>, what: string): void {
  for (const name of Object.keys(given)) {
    if (!known.has(name)) {
      throw new TypeError(`Got the unknown option ${name} ${what}; there are ${[...known].join(', ')}.`)
    }
  }
}
