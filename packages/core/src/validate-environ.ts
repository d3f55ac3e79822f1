import { describe } from './body.ts'
import { isToken } from './http/field.ts'
import { normalizePath } from './http/path.ts'
import type { Call } from './validate-call.ts'

/**
 * Checks environ as it is handed in (clauses 2 and 7); a violation is the caller's. Gives the extension keys, which every layer hands on.
 *
 * What a validated layer outside was handed itself is not looked at again: a layer that hands on what it got costs little.
 */
export function checkEnviron(environ: unknown, call: Call): readonly string[] {
  const fail = (message: string): never => {
    throw call.outer('2', message)
  }
  const entries = checkObject(environ, fail)
  const outside = call.parent?.environ
  for (const key of requiredKeys) if (!Object.hasOwn(entries, key)) fail(`environ lacks ${key}.`)
  const keys = Object.keys(entries)
  const values = Object.values(entries)
  if (Object.getOwnPropertyNames(entries).length !== keys.length) failHidden(entries, keys, fail)
  let extensions = outside?.extensions ?? none
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    const value = values[i]
    if (outside?.knows(key, value, i)) continue
    checkProperty(entries, key, fail)
    const check = checks.get(key)
    if (check !== undefined) check(value, key, fail)
    else if (key.startsWith('HTTP_')) checkField(key, value, fail)
    else if (cgiName.test(key)) string(value, key, fail)
    if (isExtension(key) && !extensions.includes(key)) extensions = [...extensions, key]
  }
  // Clause 7: what layers outside have put into environ is handed on.
  const lost = extensions.find((key) => !Object.hasOwn(entries, key))
  if (lost !== undefined) {
    throw call.outer('7', `environ lacks ${lost}, which was there outside; hand on a copy with all its keys.`)
  }
  // Clause 2: `OPTIONS *` gives the empty path.
  if (entries.SCRIPT_NAME === '' && entries.PATH_INFO === '' && entries.REQUEST_METHOD !== 'OPTIONS') {
    fail("SCRIPT_NAME and PATH_INFO are both empty; expected PATH_INFO '/' for the root.")
  }
  return extensions
}

type Entries = Readonly<Record<string, unknown>>

const none: readonly string[] = []

const cgiName = /^[A-Z][A-Z0-9_]*$/

type Fail = (message: string) => never
type Check = (value: unknown, key: string, fail: Fail) => void

/** Clause 2: a plain mutable object. */
function checkObject(environ: unknown, fail: Fail): Entries {
  if (typeof environ !== 'object' || environ === null)
    fail(`Got ${describe(environ)} for environ; expected an object.`)
  const object = environ as object
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    fail(`environ is ${describe(environ)}; expected a plain object.`)
  }
  if (!Object.isExtensible(object)) fail('environ is frozen or sealed; expected a mutable object.')
  return object as Entries
}

/** Clause 2: own data properties only, so that assignment and deletion work and a spread is a faithful copy. */
function checkProperty(entries: Entries, key: string, fail: Fail): void {
  const property = Object.getOwnPropertyDescriptor(entries, key) as PropertyDescriptor
  if (!('value' in property)) fail(`${key} is an accessor; expected a data property.`)
  if (!property.writable || !property.enumerable || !property.configurable) {
    fail(`${key} cannot be changed, deleted or copied; expected an ordinary property.`)
  }
}

function failHidden(entries: Entries, keys: readonly string[], fail: Fail): void {
  for (const key of Object.getOwnPropertyNames(entries)) {
    if (!keys.includes(key)) checkProperty(entries, key, fail)
  }
}

const string: Check = (value, key, fail) => {
  if (typeof value !== 'string') fail(`${key} is ${describe(value)}; expected a string.`)
}

const filled: Check = (value, key, fail) => {
  string(value, key, fail)
  if (value === '') fail(`${key} is empty.`)
}

const boolean: Check = (value, key, fail) => {
  if (typeof value !== 'boolean') fail(`${key} is ${describe(value)}; expected a boolean.`)
}

function matching(pattern: RegExp, expected: string): Check {
  return (value, key, fail) => {
    if (typeof value !== 'string' || !pattern.test(value)) {
      fail(`${key} is ${show(value)}; expected ${expected}.`)
    }
  }
}

const digits = matching(/^[0-9]+$/, 'a string of digits')

const method: Check = (value, key, fail) => {
  if (typeof value !== 'string' || !isToken(value)) {
    fail(`${key} is ${show(value)}; expected a method, which is a token.`)
  }
  const text = value as string
  if (standardMethods.has(text.toUpperCase()) && text !== text.toUpperCase()) {
    fail(`${key} is ${show(value)}; expected a standard method in upper case.`)
  }
}

const standardMethods = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
])

const path: Check = (value, key, fail) => {
  if (typeof value !== 'string' || (value !== '' && !value.startsWith('/'))) {
    fail(`${key} is ${show(value)}; expected '' or a path that starts with '/'.`)
  }
  const normal = normalizePath(value as string)
  if (normal !== value) {
    fail(
      `${key} is ${show(value)}, which is not in normal form; expected ${normal === undefined ? 'another path' : show(normal)}.`,
    )
  }
}

const mount: Check = (value, key, fail) => {
  path(value, key, fail)
  if ((value as string).endsWith('/'))
    fail(`${key} is ${show(value)}; expected a path that does not end in '/'.`)
}

const version: Check = (value, key, fail) => {
  if (!Array.isArray(value) || value.length !== 2 || value[0] !== 1 || value[1] !== 0) {
    fail(`${key} is ${show(value)}; expected [1, 0].`)
  }
}

const input: Check = (value, key, fail) => {
  if (typeof (value as Partial<AsyncIterable<unknown>> | null)?.[Symbol.asyncIterator] !== 'function') {
    fail(`${key} is ${describe(value)}; expected an async iterable of Uint8Arrays.`)
  }
}

const errors: Check = (value, key, fail) => {
  const log = value as { write?: unknown; flush?: unknown } | null | undefined
  if (typeof log?.write !== 'function' || typeof log.flush !== 'function') {
    fail(`${key} is ${describe(value)}; expected an object with write(text) and flush().`)
  }
}

// `signal` is looked for but not read: it is made on first use.
const context: Check = (value, key, fail) => {
  const given = value as { read?: unknown } | null
  if (
    typeof given !== 'object' ||
    given === null ||
    !('signal' in given) ||
    typeof given.read !== 'function'
  ) {
    fail(`${key} is ${describe(value)}; expected an object with signal and read().`)
  }
}

const callable: Check = (value, key, fail) => {
  if (typeof value !== 'function') fail(`${key} is ${describe(value)}; expected a function.`)
}

const object: Check = (value, key, fail) => {
  if (typeof value !== 'object' || value === null) fail(`${key} is ${describe(value)}; expected an object.`)
}

const websocket: Check = (value, key, fail) => {
  const given = value as { accept?: unknown } | null | undefined
  if (typeof given !== 'object' || typeof given?.accept !== 'function') {
    fail(`${key} is ${describe(value)}; expected an object with accept().`)
  }
}

const repeated: Check = (_value, key, fail) => {
  fail(`environ has ${key}; expected ${key.slice(5)} alone.`)
}

const required: readonly (readonly [key: string, check: Check])[] = [
  ['REQUEST_METHOD', method],
  ['SCRIPT_NAME', mount],
  ['PATH_INFO', path],
  ['REQUEST_URI', filled],
  ['QUERY_STRING', matching(/^[\x21-\x7e]*$/, 'a percent-encoded query')],
  ['SERVER_NAME', filled],
  ['SERVER_PORT', digits],
  ['SERVER_PROTOCOL', matching(/^HTTP\/[0-9](?:\.[0-9])?$/, "a version as in 'HTTP/1.1'")],
  ['wsgi.version', version],
  ['wsgi.url_scheme', matching(/^https?$/, "'http' or 'https'")],
  ['wsgi.input', input],
  ['wsgi.errors', errors],
  ['wsgi.multithread', boolean],
  ['wsgi.multiprocess', boolean],
  ['wsgi.run_once', boolean],
  ['stapel.context', context],
]

const requiredKeys: readonly string[] = required.map(([key]) => key)

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ...required,
  ['CONTENT_TYPE', string],
  ['CONTENT_LENGTH', digits],
  ['HTTP_CONTENT_TYPE', repeated],
  ['HTTP_CONTENT_LENGTH', repeated],
  ['REMOTE_ADDR', filled],
  ['REMOTE_PORT', digits],
  ['wsgi.file_wrapper', callable],
  ['wsgi.websocket', websocket],
  ['stapel.params', object],
])

/** Keys of layers, which every layer inside may need; those of the gateway and of the request's headers a layer may leave out. */
function isExtension(key: string): boolean {
  return !key.startsWith('wsgi.') && !key.startsWith('HTTP_') && !cgiName.test(key)
}

/** Clause 2: one key for each header name. */
function checkField(key: string, value: unknown, fail: Fail): void {
  if (!fieldKeys.has(key)) {
    if (!/^HTTP_[A-Z0-9!#$%&'*+.^`|~_]+$/.test(key)) {
      fail(`environ has ${show(key)}; expected a header name in upper case with '_' for '-'.`)
    }
    if (fieldKeys.size < FIELD_KEY_LIMIT) fieldKeys.add(key)
  }
  if (typeof value !== 'string') fail(`${key} is ${describe(value)}; expected a string, or no such key.`)
  if (/[\0\r\n]/.test(value as string)) fail(`${key} holds a line break or a NUL.`)
}

/** Header names that were checked; clients choose them, so that there is a bound. */
const FIELD_KEY_LIMIT = 512
const fieldKeys = new Set<string>()

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : describe(value)
}
