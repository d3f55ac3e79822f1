/**
 * Texts for values that may be anything: what was thrown, and what it carries.
 *
 * The threat: a getter that throws, a proxy, a text of a gigabyte, an object that holds itself. Everything is looked at in a `try`, to one level,
 * and cut. What is not stopped: a getter that never returns.
 *
 * @module
 */

/** A longer value is cut; in characters. */
export const VALUE_LIMIT = 200
/** So many members of an object, and items of a list, are shown. */
const MEMBER_LIMIT = 8

/** A value as one line. */
export function describeValue(value: unknown): string {
  try {
    return cut(isObject(value) ? describeObject(value) : describePrimitive(value), VALUE_LIMIT)
  } catch {
    return 'a value that cannot be shown'
  }
}

/** A member of anything; `undefined` where there is none, or looking at it fails. */
export function memberOf(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key]
  } catch {
    return undefined
  }
}

/** Whether it is an error, also one of another realm. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
  } catch {
    return false
  }
}

/** The name of the class of an object. */
export function classOf(value: unknown): string | undefined {
  const name = memberOf(memberOf(value, 'constructor'), 'name')
  return typeof name === 'string' && name !== '' ? cut(name, 100) : undefined
}

/** The first so many characters of a text. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  // Not between the two halves of a character.
  const end = /[\ud800-\udbff]/.test(text[limit - 1] as string) ? limit - 1 : limit
  return `${text.slice(0, end)}…`
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function describeObject(value: object): string {
  if (isError(value)) return `${classOf(value) ?? 'Error'}: ${String(memberOf(value, 'message'))}`
  if (value instanceof Date || value instanceof RegExp) return String(value)
  const named = classOf(value)
  const kind = named === undefined || named === 'Object' ? 'an object' : `an object of class ${named}`
  if (Array.isArray(value)) {
    const items = value.slice(0, MEMBER_LIMIT).map(describeMember)
    return `[${items.join(', ')}${value.length > MEMBER_LIMIT ? ', …' : ''}]`
  }
  const members: string[] = []
  for (const key in value) {
    if (members.length >= MEMBER_LIMIT) {
      members.push('…')
      break
    }
    members.push(`${key}: ${describeMember(memberOf(value, key))}`)
  }
  return members.length === 0 ? kind : `${kind} { ${members.join(', ')} }`
}

function describeMember(value: unknown): string {
  if (!isObject(value)) return cut(describePrimitive(value), 60)
  return Array.isArray(value) ? 'a list' : 'an object'
}

function describePrimitive(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(value, VALUE_LIMIT))
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`
  if (typeof value === 'bigint') return `${value}n`
  return String(value)
}
