/**
 * Lets those in who know a name and a password (HTTP Basic, RFC 7617).
 *
 * The threat: guessing. How long a comparison takes must not tell how much of a password was right, or that a name exists, so comparisons take a time
 * that depends on what was sent alone; and a check that is slow on purpose must not be a way to keep the server busy, so there is a limit to those that
 * run at a time, and to the length of what is checked. What is not stopped: patient guessing (limit the rate outside of this layer, and choose
 * passwords that are long); whoever reads the connection, so use it over TLS alone; pages of other sites, as browsers send these credentials by
 * themselves (see `csrf`).
 *
 * @module
 */
import {
  type Application,
  type Body,
  type Environ,
  isPromise,
  type Middleware,
  ServiceUnavailable,
  type StartResponse,
  Unauthorized,
} from '@stapel/core'
import { formatAuthorization, formatChallenge, parseAuthorization } from '@stapel/core/http'
import { checkOptions, integer, type OptionChecks, show, text } from './check-options.ts'
import { compileExcept, type Except, exceptCheck } from './except.ts'

export type { Except } from './except.ts'

export type {} from './remote-user.ts'

/** Whether a name and a password are right; only `true` lets in. It may answer later. */
export type PasswordCheck = (
  username: string,
  password: string,
  environ: Environ,
) => boolean | Promise<boolean>

/** Passwords by name, or a check. */
export type BasicAuthUsers = PasswordCheck | Readonly<Record<string, string>> | ReadonlyMap<string, string>

/** What is asked of whom. */
export interface BasicAuthOptions {
  /** What browsers show when they ask for the password: text of visible latin-1. @default 'Restricted' */
  realm?: string | undefined
  /** Requests that are let through without a password. @default none */
  except?: Except | undefined
  /** What the answer 401 says. @default 'A name and a password are needed.' */
  message?: string | undefined
  /** So many checks may wait for their answer at a time; a request beyond them is answered 503. @default 100 */
  pendingLimit?: number | undefined
}

/** The longest name and password together that are checked, in characters. */
export const CREDENTIALS_LIMIT = 1024

/**
 * Lets a request in whose `Authorization` has a name and a password that are right, with the name in `environ.REMOTE_USER` and `'Basic'` in
 * `environ.AUTH_TYPE`. Everybody else is asked for them, with 401 and `WWW-Authenticate`.
 *
 * Credentials that are malformed, longer than {@link CREDENTIALS_LIMIT}, or of another scheme count as wrong. A check that throws fails the request, and
 * lets nobody in. Throws a TypeError for users that are none (among them an empty password and a name with a colon) and for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { basicAuth } from '@stapel/middleware/basic-auth'
 * import { checkPasswordHash } from '@stapel/wrappers'
 *
 * const hashes = new Map([['ada', process.env.ADA_PASSWORD_HASH]])
 *
 * export const app = stack(
 *   (environ, startResponse) => {
 *     startResponse('200 OK', [['Content-Type', 'text/plain']])
 *     return `Hello, ${environ.REMOTE_USER}`
 *   },
 *   // It takes as long for a name that is not there.
 *   basicAuth((name, password) => checkPasswordHash(hashes.get(name), password), { realm: 'Staff' }),
 * )
 * ```
 */
export function basicAuth(users: BasicAuthUsers, options: BasicAuthOptions = {}): Middleware {
  checkOptions('basicAuth', options, checks)
  const { realm = 'Restricted', pendingLimit = 100 } = options
  const { message = 'A name and a password are needed.' } = options
  const check = typeof users === 'function' ? users : compileUsers(users)
  const challenges = [formatChallenge({ scheme: 'Basic', parameters: { realm, charset: 'UTF-8' } })]
  const isExcepted = compileExcept('basicAuth', options.except)
  let pending = 0

  function refuse(environ: Environ, startResponse: StartResponse): Body {
    return new Unauthorized(message, { challenges }).respond(environ, startResponse)
  }

  return function basicAuth(app: Application): Application {
    return function basicAuth(environ: Environ, startResponse: StartResponse) {
      if (isExcepted(environ)) return app(environ, startResponse)
      const credentials = parseAuthorization(environ.HTTP_AUTHORIZATION ?? '')
      const { username, password } = credentials ?? {}
      if (username === undefined || password === undefined) return refuse(environ, startResponse)
      if (username.length + password.length > CREDENTIALS_LIMIT) return refuse(environ, startResponse)
      if (pending >= pendingLimit) {
        const busy = new ServiceUnavailable('Too many passwords are being checked.', { retryAfter: 1 })
        return busy.respond(environ, startResponse)
      }
      const decide = (verdict: boolean): Body | Promise<Body> => {
        if (verdict !== true) return refuse(environ, startResponse)
        environ.REMOTE_USER = username
        environ.AUTH_TYPE = 'Basic'
        if (environ['stapel.authenticated'] !== undefined) environ['stapel.authenticated'].user = username
        return app(environ, startResponse)
      }
      const verdict = check(username, password, environ)
      if (!isPromise(verdict)) return decide(verdict)
      pending++
      const release = (): void => {
        pending--
      }
      verdict.then(release, release)
      return verdict.then(decide)
    }
  }
}

const checks: OptionChecks<BasicAuthOptions> = {
  realm: {
    expected: 'a text of visible latin-1',
    accepts: (value) => typeof value === 'string' && /^[\x20-\x7e\xa0-\xff]*$/.test(value),
  },
  except: exceptCheck,
  message: text,
  pendingLimit: integer(1, Number.MAX_SAFE_INTEGER, 'a number of checks'),
}

function compileUsers(users: Exclude<BasicAuthUsers, PasswordCheck>): PasswordCheck {
  if (typeof users !== 'object' || users === null || Array.isArray(users)) throw badUsers(users)
  const entries = users instanceof Map ? [...users] : Object.entries(users)
  if (entries.length === 0) throw badUsers(users)
  const passwords = new Map(entries.map(checkUser))
  const nobody = codesOf('nobody has this password')
  return (username, password) => {
    const expected = passwords.get(username)
    // Both are always done, so that a name that is not there takes as long.
    const equal = isEqual(expected ?? nobody, password)
    return equal && expected !== undefined
  }
}

function checkUser([name, password]: [unknown, unknown]): [string, Uint16Array] {
  if (typeof name !== 'string' || typeof password !== 'string' || password === '') {
    throw new TypeError(
      `basicAuth: got no text, or an empty one, for the password of ${show(name)}; expected a password.`,
    )
  }
  try {
    formatAuthorization({ scheme: 'basic', username: name, password })
  } catch (cause) {
    throw new TypeError(`basicAuth: no client can send the name ${show(name)} or its password.`, { cause })
  }
  return [name, codesOf(password)]
}

/** UTF-16 code units: what a client sends is text already, and need not be encoded to be compared. */
function codesOf(password: string): Uint16Array {
  return Uint16Array.from({ length: password.length }, (_, i) => password.charCodeAt(i))
}

/** Takes a time that depends on the length of `given` alone. */
function isEqual(expected: Uint16Array, given: string): boolean {
  let difference = expected.length ^ given.length
  for (let i = 0, j = 0; i < given.length; i++) {
    difference |= (expected[j] as number) ^ given.charCodeAt(i)
    j = j + 1 === expected.length ? 0 : j + 1
  }
  return difference === 0
}

function badUsers(users: unknown): TypeError {
  // A list holds names and passwords, which no log is to have.
  return new TypeError(
    `basicAuth: got ${Array.isArray(users) ? 'a list' : show(users)} for the users; expected a function, or names and their passwords, as in { ada: 'secret' }, at least one.`,
  )
}
