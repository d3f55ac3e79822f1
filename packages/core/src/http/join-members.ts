/** What `format` makes of each value, with commas between. Throws a TypeError for one value that stands in no list, which would be no member at all. */
export function joinMembers<Value>(values: Iterable<Value>, format: (value: Value) => string): string {
  if (typeof values?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`Got ${JSON.stringify(values)}; expected a list.`)
  }
  return Array.from(values, (value) => format(value)).join(', ')
}
