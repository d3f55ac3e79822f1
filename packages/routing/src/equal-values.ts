/** Whether two values of parameters are the same: lists by their elements, dates and other objects of one class by their primitive value. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, i) => equalValues(each, b[i]))
  }
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  // What has no prototype has no valueOf, as the groups of a regular expression.
  if (typeof a.valueOf !== 'function' || typeof b.valueOf !== 'function') return false
  return Object.is(a.valueOf(), b.valueOf())
}
