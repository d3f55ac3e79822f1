import type { HeaderList } from '@stapel/core'
import { isFieldValue, isToken } from '@stapel/core/http'

/** The reading half of {@link Headers}, which the headers of a request have as well. Names are case-insensitive. */
export interface ReadonlyHeaders extends Iterable<[name: string, value: string]> {
  /** The value of a header, several joined with `', '`; `null` when there is none. */
  get(name: string): string | null
  /** The values of a header one by one; empty when there is none. */
  getAll(name: string): string[]
  /** The values of `Set-Cookie`, which may not be joined (RFC 9110 section 5.3). */
  getSetCookie(): string[]
  /** Whether there is a header. */
  has(name: string): boolean
  /** Names in lower case with their values, in order, repeats one by one. */
  entries(): IterableIterator<[name: string, value: string]>
  /** The names in lower case, in order, repeats one by one. */
  keys(): IterableIterator<string>
  /** The values, in order, repeats one by one. */
  values(): IterableIterator<string>
  /** Calls a function with each value, its name in lower case, and these headers. */
  forEach(callback: (value: string, name: string, headers: ReadonlyHeaders) => void): void
  /** A copy as the protocol has it. */
  toList(): HeaderList
}

/** What headers can be made of: pairs (a `HeaderList`, another {@link Headers}, a fetch `Headers`) or a record. */
export type HeadersInit = Iterable<readonly [name: string, value: string]> | Readonly<Record<string, string>>

/**
 * The interface of fetch's `Headers` over a protocol `HeaderList`: order and repeats are kept, and `toList()` keeps the letter case.
 *
 * Whatever writes throws a TypeError that shows a name that is no token or a value with CR, LF, NUL or text beyond latin-1 (RFC 9110
 * section 5), so that no header can carry another one. It is no subclass of the global `Headers`.
 *
 * @example
 * ```ts
 * import { Headers } from '@stapel/wrappers'
 *
 * const headers = new Headers({ 'Content-Type': 'text/plain' })
 * headers.append('Vary', 'Accept')
 * headers.get('content-type') // 'text/plain'
 * ```
 */
export class Headers implements ReadonlyHeaders {
  #list: HeaderList = []

  /** Copies what it is given; throws a TypeError for what may not be sent. */
  constructor(init?: HeadersInit) {
    if (init !== undefined) for (const [name, value] of copyList(init)) this.append(name, value)
  }

  /** A view over a list: what it writes is written to the list itself, and what is there already is not checked. */
  static from(list: HeaderList): Headers {
    const headers = new Headers()
    headers.#list = list
    return headers
  }

  /** The value of a header, several joined with `', '` (RFC 9110 section 5.3); `null` when there is none. Throws a TypeError for what is no name. */
  get(name: string): string | null {
    const wanted = lowerName(name)
    let joined: string | null = null
    for (const header of this.#list) {
      if (!isNamed(header, wanted)) continue
      joined = joined === null ? header[1] : `${joined}, ${header[1]}`
    }
    return joined
  }

  /** The values of a header one by one; empty when there is none. Throws a TypeError for what is no name. */
  getAll(name: string): string[] {
    const wanted = lowerName(name)
    return this.#list.filter((header) => isNamed(header, wanted)).map((header) => header[1])
  }

  /** The values of `Set-Cookie`, which may not be joined (RFC 9110 section 5.3). */
  getSetCookie(): string[] {
    return this.getAll('set-cookie')
  }

  /** Whether there is a header. Throws a TypeError for what is no name. */
  has(name: string): boolean {
    const wanted = lowerName(name)
    return this.#list.some((header) => isNamed(header, wanted))
  }

  /** Gives a header one value, in the place of its first; others of that name are removed. Throws a TypeError for what may not be sent. */
  set(name: string, value: string): void {
    const wanted = lowerName(name)
    checkValue(name, value)
    const list = this.#list
    const at = list.findIndex((header) => isNamed(header, wanted))
    if (at === -1) {
      list.push([name, value])
      return
    }
    // A new pair: the old one may be in a list that an outer layer holds.
    list[at] = [name, value]
    removeFrom(list, wanted, at + 1)
  }

  /** Adds a value after those that are there. Throws a TypeError for what may not be sent. */
  append(name: string, value: string): void {
    lowerName(name)
    checkValue(name, value)
    this.#list.push([name, value])
  }

  /** Removes all values of a header. Throws a TypeError for what is no name. */
  delete(name: string): void {
    removeFrom(this.#list, lowerName(name), 0)
  }

  /** Names in lower case with their values, in order, repeats one by one. */
  *entries(): IterableIterator<[name: string, value: string]> {
    for (const [name, value] of this.#list) yield [name.toLowerCase(), value]
  }

  /** The names in lower case, in order, repeats one by one. */
  *keys(): IterableIterator<string> {
    for (const [name] of this.#list) yield name.toLowerCase()
  }

  /** The values, in order, repeats one by one. */
  *values(): IterableIterator<string> {
    for (const [, value] of this.#list) yield value
  }

  /** Calls a function with each value, its name in lower case, and these headers. */
  forEach(callback: (value: string, name: string, headers: ReadonlyHeaders) => void): void {
    for (const [name, value] of this.entries()) callback(value, name, this)
  }

  /** As {@link Headers.entries}. */
  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return this.entries()
  }

  /** A copy as the protocol has it, names in the letter case they were given in. */
  toList(): HeaderList {
    return copyList(this.#list)
  }
}

/** What headers are made of as a list of its own, pairs included, so that a layer which changes it changes nothing else; unchecked. */
export function copyList(init: HeadersInit): HeaderList {
  const list: HeaderList = []
  if (typeof init !== 'object' || init === null) {
    throw new TypeError(`Got ${String(init)} for the headers; expected [name, value] pairs or a record.`)
  }
  if (Array.isArray(init)) {
    for (let i = 0; i < init.length; i++) list.push([init[i][0], init[i][1]])
  } else if (isIterable(init)) {
    for (const [name, value] of init) list.push([name, value])
  } else {
    for (const name of Object.keys(init)) list.push([name, init[name] as string])
  }
  return list
}

/** A header name in lower case; throws a TypeError for what is no token. */
export function lowerName(name: string): string {
  const known = lowerNames.get(name)
  if (known !== undefined) return known
  if (typeof name !== 'string' || !isToken(name)) {
    throw new TypeError(
      `Got the header name ${show(name)}; expected a token, as in 'Content-Type' (RFC 9110 section 5.6.2).`,
    )
  }
  const lower = name.toLowerCase()
  if (lowerNames.size < CACHE_LIMIT) lowerNames.set(name, lower)
  return lower
}

/** Names are learnt once, as programs use few; beyond this many they are checked each time. */
const CACHE_LIMIT = 1024
const lowerNames = new Map<string, string>()

function checkValue(name: string, value: string): void {
  if (typeof value !== 'string' || !isFieldValue(value)) {
    throw new TypeError(
      `Got the value ${show(value)} for the header ${name}; expected a string of HTAB, 0x20-0x7E and 0x80-0xFF.`,
    )
  }
}

function isNamed(header: readonly [string, string], wanted: string): boolean {
  const name = header[0]
  return name === wanted || (name.length === wanted.length && name.toLowerCase() === wanted)
}

function removeFrom(list: HeaderList, wanted: string, start: number): void {
  let kept = start
  for (let i = start; i < list.length; i++) {
    const header = list[i] as [string, string]
    if (!isNamed(header, wanted)) list[kept++] = header
  }
  list.length = kept
}

function isIterable(init: HeadersInit): init is Iterable<readonly [string, string]> {
  return Symbol.iterator in init
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
