import { checkOptionNames } from './option-names.ts'

/** How pairs become an object. */
export interface RecordOptions<Lists extends string = string> {
  /** Names whose values are always a list, however many there are; empty where there is none. @default none */
  lists?: readonly Lists[] | undefined
}

/** The names that certainly have a list. */
type Listed<Lists extends string, Value> = { [name in string extends Lists ? never : Lists]: Value[] }

/**
 * The pairs of a query, a form or cookies as an object, for validators and templates: a name that comes once has its value, one that repeats
 * all of them as a list, in their order; names are in the order in which they come first.
 *
 * The names are the client's, so the object has no prototype: `__proto__` is a key like any other. Throws a TypeError for an unknown option
 * and for `lists` that are none.
 *
 * @example
 * ```ts
 * import { toRecord } from '@stapel/wrappers'
 *
 * toRecord(new URLSearchParams('q=tea&tag=a&tag=b')) // { q: 'tea', tag: ['a', 'b'] }
 * toRecord(new URLSearchParams('q=tea&tag=a'), { lists: ['tag'] }) // { q: 'tea', tag: ['a'] }
 * ```
 */
export function toRecord<Value, Lists extends string = never>(
  pairs: Iterable<readonly [name: string, value: Value]>,
  options: RecordOptions<Lists> = {},
): { [name: string]: Value | Value[] } & Listed<Lists, Value> {
  checkOptionNames(options, optionNames, 'toRecord()')
  const all = new Map<string, Value[]>()
  if (typeof options.lists === 'string') {
    throw new TypeError(
      `Got ${JSON.stringify(options.lists)} for lists of toRecord(); expected a list of names.`,
    )
  }
  const lists = new Set<string>(options.lists)
  for (const [name, value] of pairs) {
    const values = all.get(name)
    if (values === undefined) all.set(name, [value])
    else values.push(value)
  }
  for (const name of lists) if (!all.has(name)) all.set(name, [])
  const record: Record<string, Value | Value[]> = Object.create(null)
  for (const [name, values] of all) {
    record[name] = values.length === 1 && !lists.has(name) ? (values[0] as Value) : values
  }
  return record as { [name: string]: Value | Value[] } & Listed<Lists, Value>
}

const optionNames: ReadonlySet<string> = new Set<keyof RecordOptions>(['lists'])
