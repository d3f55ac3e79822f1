/**
 * Hashes of passwords, in Werkzeug's format.
 *
 * The threat: a stolen table of users. scrypt makes each guess cost time and memory; a salt makes each guess count for one user. Hashes
 * are compared in constant time; a stored string that is malformed, or asks for more than the limits of its method, matches nothing. A
 * flood of logins waits in a queue, so that it takes neither all memory nor all threads of Node, beyond it is answered 503; it is still
 * work for the server, so limit the attempts. Weak passwords, and those that leaked elsewhere, are guessed all the same.
 *
 * @module
 */
import { BadRequest } from '@stapel/core'
import { checkOptionNames } from './option-names.ts'
import {
  formatPasswordMethod,
  hashSize,
  type PasswordMethod,
  parsePasswordMethod,
} from './password-method.ts'
import { WorkQueue } from './work-queue.ts'

/** How {@link generatePasswordHash} makes a hash. */
export interface PasswordHashOptions {
  /** `'scrypt:32768:8:1'` (cost, block size, parallelization) or `'pbkdf2:sha256:1000000'` (digest, iterations). @default 'scrypt' */
  method?: string | undefined
  /** The characters of the salt, from 1 to 255; each is worth six bits nearly. @default 16 */
  saltLength?: number | undefined
}

/** The most bytes of a password, as UTF-8. */
export const PASSWORD_LIMIT = 4096

/** How many passwords are hashed at a time; Node has four threads for this and for files. */
export const PASSWORD_CONCURRENCY = 2

/** How many wait for that before others are answered 503. */
export const PASSWORD_QUEUE_LIMIT = 100

/**
 * The hash of a password to be stored: `scrypt:32768:8:1$salt$hash` in hexadecimal digits, about 160 characters, which Werkzeug reads as well.
 * Needs `node:crypto`. The password is hashed as it is, without Unicode normalization.
 *
 * Rejects with a TypeError for an unknown option, an unknown or excessive method or a password that is no string, a RangeError for a salt length that is none,
 * `BadRequest` for a password above {@link PASSWORD_LIMIT}, `ServiceUnavailable` when too many wait.
 */
export async function generatePasswordHash(
  password: string,
  options: PasswordHashOptions = {},
): Promise<string> {
  checkOptionNames(options, optionNames, 'the hash of a password')
  const { saltLength = 16 } = options
  const method = methodOf(options)
  if (!Number.isInteger(saltLength) || saltLength < 1 || saltLength > 255) {
    throw new RangeError(`Got ${String(saltLength)} for saltLength; expected an integer from 1 to 255.`)
  }
  const bytes = bytesOf(password)
  if (bytes === undefined) {
    throw new BadRequest(`The password is longer than ${PASSWORD_LIMIT} bytes.`)
  }
  const salt = await makeSalt(saltLength)
  const hash = await queue.run(() => derive(method, bytes, salt))
  return `${formatPasswordMethod(method)}$${salt}$${hash}`
}

/**
 * Whether a password is that of a hash: of {@link generatePasswordHash} or of Werkzeug (scrypt, PBKDF2 with SHA-1 or SHA-2). False for a
 * malformed hash, and for a password above {@link PASSWORD_LIMIT}.
 *
 * For a user who does not exist, give `undefined` (or `null`) for the hash: it takes as long as for one who does, and is false. Rejects
 * with a TypeError for a password that is no string, `ServiceUnavailable` when too many wait.
 *
 * @example
 * ```ts
 * import { Unauthorized } from '@stapel/core'
 * import { checkPasswordHash } from '@stapel/wrappers'
 *
 * export async function login(users: Map<string, string>, name: string, password: string): Promise<void> {
 *   if (!(await checkPasswordHash(users.get(name), password))) throw new Unauthorized('Wrong name or password.')
 * }
 * ```
 */
export async function checkPasswordHash(hash: string | null | undefined, password: string): Promise<boolean> {
  const bytes = bytesOf(password)
  const stored = parseHash(hash ?? nobody)
  if (bytes === undefined || stored === undefined) return false
  const { timingSafeEqual } = await loadCrypto()
  const actual = await queue.run(() => derive(stored.method, bytes, stored.salt))
  const equal = timingSafeEqual(encoder.encode(actual), encoder.encode(stored.digits))
  return equal && hash !== null && hash !== undefined
}

/**
 * Whether a hash was made otherwise than {@link generatePasswordHash} would make it with these options, or is none: after a login, when the
 * password is known, make a new one.
 */
export function needsRehash(hash: string, options: Pick<PasswordHashOptions, 'method'> = {}): boolean {
  const wanted = formatPasswordMethod(methodOf(options))
  const stored = parseHash(hash)
  return stored === undefined || formatPasswordMethod(stored.method) !== wanted
}

/** Loaded at first use, so that this file loads where there is no such module. */
function loadCrypto(): Promise<typeof import('node:crypto')> {
  nodeCrypto ??= import('node:crypto')
  return nodeCrypto
}

let nodeCrypto: Promise<typeof import('node:crypto')> | undefined

interface StoredHash {
  readonly method: PasswordMethod
  readonly salt: string
  /** Hexadecimal, as many as the method gives. */
  readonly digits: string
}

const optionNames: ReadonlySet<string> = new Set<keyof PasswordHashOptions>(['method', 'saltLength'])
const queue = new WorkQueue(PASSWORD_CONCURRENCY, PASSWORD_QUEUE_LIMIT)
const encoder = new TextEncoder()

/** Nobody's hash, of the default method. */
const nobody = `scrypt:32768:8:1$nobody$${'0'.repeat(128)}`

const hashForm = /^([a-z0-9:]{1,40})\$([^$]{0,255})\$([0-9a-f]{1,128})$/

function parseHash(hash: string): StoredHash | undefined {
  if (typeof hash !== 'string') return undefined
  const [, name = '', salt = '', digits = ''] = hashForm.exec(hash) ?? []
  const method = parsePasswordMethod(name)
  return method === undefined || digits.length !== 2 * hashSize(method) ? undefined : { method, salt, digits }
}

function methodOf({ method = 'scrypt' }: Pick<PasswordHashOptions, 'method'>): PasswordMethod {
  const parsed = typeof method === 'string' ? parsePasswordMethod(method) : undefined
  if (parsed !== undefined) return parsed
  throw new TypeError(
    `Got the method ${JSON.stringify(method)}; expected 'scrypt', as in 'scrypt:32768:8:1', or 'pbkdf2', as in 'pbkdf2:sha256:1000000', within the limits of memory and work.`,
  )
}

/** `undefined` for more than the limit. */
function bytesOf(password: string): Uint8Array | undefined {
  // The password itself is in no message.
  if (typeof password !== 'string') {
    throw new TypeError(`Got a password of type ${typeof password}; expected a string.`)
  }
  if (password.length > PASSWORD_LIMIT) return undefined
  const bytes = encoder.encode(password)
  return bytes.length > PASSWORD_LIMIT ? undefined : bytes
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

async function makeSalt(length: number): Promise<string> {
  const { randomInt } = await loadCrypto()
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** The hash in hexadecimal digits, made on a thread of its own. */
async function derive(method: PasswordMethod, password: Uint8Array, salt: string): Promise<string> {
  const { pbkdf2, scrypt } = await loadCrypto()
  const size = hashSize(method)
  return new Promise((resolve, reject) => {
    // Node says null for no error, Bun undefined.
    const done = (error: Error | null | undefined, hash: Buffer): void =>
      error ? reject(error) : resolve(hash.toString('hex'))
    if (method.kind === 'pbkdf2') {
      pbkdf2(password, salt, method.iterations, size, method.digest, done)
      return
    }
    const { cost, blockSize, parallelization } = method
    // What OpenSSL counts, and a little more.
    const maxmem = 128 * blockSize * (cost + parallelization + 8)
    scrypt(password, salt, size, { cost, blockSize, parallelization, maxmem }, done)
  })
}
