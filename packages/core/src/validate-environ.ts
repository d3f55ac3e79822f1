import { describe } from './body.ts'
import { isToken } from './http/field.ts'
import { normalizePath } from './http/path.ts'
import type { Call } from './validate-call.ts'

/** Checks environ as it is handed in (clause 2); a violation is the caller's. */
export function checkEnviron(environ: unknown, call: Call): void {
  const fail = (message: string): never => {
    throw call.outer('2', message)
  }
  checkObject(environ, fail)
  const entries = environ as Readonly<Record<string, unknown>>
  for (const [key, check] of required) {
    if (!Object.hasOwn(entries, key)) fail(`environ lacks ${key}.`)
    check(entries[key], key, fail, entries)
  }
  for (const [key, value] of Object.entries(entries)) checkOther(key, value, fail)
  if (entries.SCRIPT_NAME === '' && entries.PATH_INFO === '' && entries.REQUEST_METHOD !== 'OPTIONS') {
    fail("SCRIPT_NAME and PATH_INFO are both empty; expected PATH_INFO '/' for the root.")
  }
}

type Fail = (message: string) => never
type Check = (value: unknown, key: string, fail: Fail, environ: Readonly<Record<string, unknown>>) => void

/** A plain mutable object with own data properties only, so that a spread is a faithful copy. */
function checkObject(environ: unknown, fail: Fail): void {
  if (typeof environ !== 'object' || environ === null)
    fail(`Got ${describe(environ)} for environ; expected an object.`)
  const object = environ as object
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    fail(`environ is ${describe(environ)}; expected a plain object.`)
  }
  if (!Object.isExtensible(object)) fail('environ is frozen or sealed; expected a mutable object.')
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
    if (!('value' in property)) fail(`${key} is an accessor; expected a data property.`)
    if (!property.writable || !property.enumerable || !property.configurable) {
      fail(`${key} cannot be changed, deleted or copied; expected an ordinary property.`)
    }
  }
}

const string: Check = (value, key, fail) => {
  if (typeof value !== 'string') fail(`${key} is ${describe(value)}; expected a string.`)
}

const filled: Check = (value, key, fail, environ) => {
  string(value, key, fail, environ)
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

const mount: Check = (value, key, fail, environ) => {
  path(value, key, fail, environ)
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

const required: ReadonlyMap<string, Check> = new Map<string, Check>([
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
])

const optional: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['CONTENT_TYPE', string],
  ['CONTENT_LENGTH', digits],
  ['REMOTE_ADDR', filled],
  ['REMOTE_PORT', digits],
  [
    'wsgi.file_wrapper',
    (value, key, fail) => {
      if (typeof value !== 'function') fail(`${key} is ${describe(value)}; expected a function.`)
    },
  ],
  [
    'stapel.params',
    (value, key, fail) => {
      if (typeof value !== 'object' || value === null)
        fail(`${key} is ${describe(value)}; expected an object.`)
    },
  ],
])

function checkOther(key: string, value: unknown, fail: Fail): void {
  if (key === 'HTTP_CONTENT_TYPE' || key === 'HTTP_CONTENT_LENGTH') {
    fail(`environ has ${key}; expected ${key.slice(5)} alone.`)
  }
  const check = optional.get(key)
  if (check !== undefined) check(value, key, fail, {})
  else if (key.startsWith('HTTP_')) checkField(key, value, fail)
  // The other variables of CGI (RFC 3875 section 4.1) are strings, too.
  else if (/^[A-Z][A-Z0-9_]*$/.test(key)) string(value, key, fail, {})
}

function checkField(key: string, value: unknown, fail: Fail): void {
  if (!/^HTTP_[A-Z0-9!#$%&'*+.^`|~_]+$/.test(key)) {
    fail(`environ has ${show(key)}; expected a header name in upper case with '_' for '-'.`)
  }
  if (typeof value !== 'string') fail(`${key} is ${describe(value)}; expected a string, or no such key.`)
  if (/[\0\r\n]/.test(value as string)) fail(`${key} holds a line break or a NUL.`)
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : describe(value)
}
