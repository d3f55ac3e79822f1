import type { Agent } from 'node:http'
import { checkNames } from './check-names.ts'
import type { CookieJar } from './cookie-jar.ts'
import { type EnvironInit, type RequestInit, requestNames } from './request-init.ts'

/** The most redirects that a client follows for one request. */
export const REDIRECT_LIMIT = 20

/** The most bytes of an answer that is read whole: 100 MiB. */
export const ANSWER_LIMIT = 104_857_600

/** How a client works, and what its requests have in common. */
export interface ClientOptions {
  /**
   * Where the application is, as seen by its clients: scheme, host, and the path that it is mounted at. Not for a client of a URL, which is its base.
   * @default 'http://localhost'
   */
  base?: string | URL | undefined
  /** Headers of every request; one of the same name in a request replaces them. @default none */
  headers?: NonNullable<RequestInit['headers']> | undefined
  /** Credentials of every request. @default none */
  auth?: NonNullable<RequestInit['auth']> | undefined
  /** Keys of environ for every request; one that is `undefined` is removed. Not for a client of a URL. @default none */
  environ?: EnvironInit | undefined
  /** A jar to share with other clients, or `false` for neither keeping nor sending cookies. @default a jar of its own */
  cookies?: CookieJar | false | undefined
  /** Whether redirects are followed. @default false */
  followRedirects?: boolean | undefined
  /** The most redirects that are followed for one request. @default 20 */
  maxRedirects?: number | undefined
  /**
   * Hosts besides that of the base to which redirects are followed: `'example.org'`, `'localhost:8443'`; `'.example.org'` names the
   * subdomains. A redirect to another host is the answer.
   * @default []
   */
  hosts?: readonly string[] | undefined
  /** The most bytes of an answer that is read whole. @default 104857600 (100 MiB) */
  answerLimit?: number | undefined
  /** Whether the application is wrapped in `validate()`. Not for a client of a URL. @default true */
  validate?: boolean | undefined
  /**
   * Whether an error that is no HTTPError rejects the call; otherwise it is answered with 500, as by any gateway, and shown in
   * `answer.errors`. Not for a client of a URL.
   * @default true
   */
  rejectErrors?: boolean | undefined
  /** Makes the connections of a client of a URL, with its certificates, for instance. @default a connection for every request */
  agent?: Agent | undefined
}

/** What one request is, and whether its redirects are followed. */
export interface ClientRequestInit extends Omit<RequestInit, 'base'> {
  /** Whether the redirects of this request are followed. @default that of the client */
  followRedirects?: boolean | undefined
}

/** The names of {@link ClientRequestInit}. */
export const clientRequestNames: ReadonlySet<string> = new Set(
  [...requestNames, 'followRedirects'].filter((name) => name !== 'base'),
)

const optionNames: ReadonlySet<string> = new Set<keyof ClientOptions>([
  'base',
  'headers',
  'auth',
  'environ',
  'cookies',
  'followRedirects',
  'maxRedirects',
  'hosts',
  'answerLimit',
  'validate',
  'rejectErrors',
  'agent',
])

/** Throws a TypeError for options that do not go with what the client calls and for values that cannot be, a RangeError for limits that are none. */
export function checkOptions(options: ClientOptions, overHttp: boolean): void {
  checkNames(options, optionNames, 'of a client')
  const out: (keyof ClientOptions)[] = overHttp ? ['base', 'environ', 'validate', 'rejectErrors'] : ['agent']
  const found = out.find((name) => options[name] !== undefined)
  if (found !== undefined) {
    throw new TypeError(
      overHttp
        ? `Got the option ${found} for a client of a URL; it is for applications that are called in process.`
        : `Got the option ${found} for a client of an application; it is for clients of a URL.`,
    )
  }
  for (const [name, [expected, accepts]] of checks) {
    const value = options[name]
    if (value === undefined || accepts(value)) continue
    const message = `Got ${String(value)} for ${name}; expected ${expected}.`
    throw typeof value === 'number' ? new RangeError(message) : new TypeError(message)
  }
}

type Check = readonly [expected: string, accepts: (value: unknown) => boolean]

const flag: Check = ['true or false', (value) => typeof value === 'boolean']
const limit: Check = ['a number of 0 or more', (value) => typeof value === 'number' && value >= 0]

/** What is not among these is checked where it is taken apart. */
const checks: ReadonlyMap<keyof ClientOptions, Check> = new Map<keyof ClientOptions, Check>([
  ['auth', ['an object, as in { username, password } or { token }', isObject]],
  ['environ', ['an object of keys of environ', isObject]],
  ['cookies', ['a CookieJar, or false', (value) => value === false || isJar(value)]],
  ['followRedirects', flag],
  ['maxRedirects', limit],
  ['hosts', ['a list of hosts', (value) => Array.isArray(value) && value.every(isText)]],
  ['answerLimit', limit],
  ['validate', flag],
  ['rejectErrors', flag],
])

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function isJar(value: unknown): boolean {
  const jar = value as Partial<CookieJar> | null
  return typeof jar?.header === 'function' && typeof jar.receive === 'function'
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}
