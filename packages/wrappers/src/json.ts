/**
 * JSON that a client sent, parsed.
 *
 * The threat: a `__proto__` key is harmless in what `JSON.parse` gives and becomes a changed prototype as soon as somebody merges it
 * into another object; nesting that the parser copes with overflows the stack of whatever walks the value recursively. Both are
 * refused here by default. Whether the value has the shape that an application expects is for a validator to say.
 *
 * @module
 */
import { BadRequest } from '@stapel/core'
import { checkLimit } from './form/form-limits.ts'
import { locateJsonError } from './json-error.ts'

/** How {@link parseJson} treats what a client may do with JSON. */
export interface JsonOptions {
  /**
   * What becomes of the keys `__proto__` and `constructor.prototype`: answered 400, removed, or left in place as data.
   * @default 'error'
   */
  prototypeKeys?: 'error' | 'remove' | 'ignore' | undefined
  /** The deepest nesting of arrays and objects that is accepted. @default 512 */
  depth?: number | undefined
}

/** The value of a JSON text; throws {@link BadRequest} saying where the text is wrong and never showing any of it. */
export function parseJson(text: string, options: JsonOptions = {}): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw invalid(text, error)
  }
  const depth = options.depth === undefined ? DEPTH : checkLimit('depth', options.depth)
  // A text needs two characters for each level, so that short ones, which are most, are not looked through again.
  if (text.length > 2 * depth && nesting(text) > depth) {
    throw new BadRequest(`The JSON of the request is nested deeper than ${depth} levels.`)
  }
  const prototypeKeys = options.prototypeKeys ?? 'error'
  if (prototypeKeys !== 'ignore' && mayNamePrototype.test(text)) {
    return withoutPrototypeKeys(value, prototypeKeys === 'remove')
  }
  return value
}

const DEPTH = 512

/** A key may also be written with escapes; what matches is looked at key by key. */
const mayNamePrototype = /__proto__|constructor|\\u/

function invalid(text: string, cause: unknown): BadRequest {
  if (text === '') return new BadRequest('The JSON of the request is invalid: there is none.', { cause })
  const place = locateJsonError(text)
  const { position, line, column } = place
  return new BadRequest(
    `The JSON of the request is invalid at position ${position} (line ${line}, column ${column}).`,
    { cause, problem: { extensions: { ...place } } },
  )
}

/** The deepest nesting of a valid text. */
function nesting(text: string): number {
  let depth = 0
  let deepest = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (code === 0x5d || code === 0x7d) depth--
    else if (code === 0x22) i = endOfString(text, i)
  }
  return deepest
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; ; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x22) return i
    if (code === 0x5c) i++
  }
}

function withoutPrototypeKeys(root: unknown, remove: boolean): unknown {
  const pending: object[] = isObject(root) ? [root] : []
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    if (!Array.isArray(current)) dropPrototypeKeys(current as Record<string, unknown>, remove)
    for (const child of Object.values(current)) if (isObject(child)) pending.push(child)
  }
  return root
}

function dropPrototypeKeys(object: Record<string, unknown>, remove: boolean): void {
  if (Object.hasOwn(object, '__proto__')) {
    if (!remove) throw refused('__proto__')
    Reflect.deleteProperty(object, '__proto__')
  }
  if (!Object.hasOwn(object, 'constructor')) return
  const inner = object.constructor as unknown
  if (!isObject(inner) || !Object.hasOwn(inner, 'prototype')) return
  if (!remove) throw refused('constructor.prototype')
  delete (object as { constructor?: unknown }).constructor
}

function refused(key: string): BadRequest {
  return new BadRequest(`The JSON of the request has the key ${key}, which is not accepted.`)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
