/**
 * How passwords are hashed, in Werkzeug's words: `scrypt:32768:8:1`, `pbkdf2:sha256:1000000`.
 *
 * The threat: who can write one row of a users table, or chooses the method, asks for a hash that takes all memory or an hour. What asks
 * for more than {@link PASSWORD_MEMORY_LIMIT}, {@link SCRYPT_WORK_LIMIT} or {@link PBKDF2_ITERATION_LIMIT} is no method here.
 *
 * @module
 */

/** A method taken apart. */
export type PasswordMethod = ScryptMethod | Pbkdf2Method

/** RFC 7914, with the names of node:crypto. */
export interface ScryptMethod {
  /** Which of the methods it is. */
  readonly kind: 'scrypt'
  /** N, a power of two. */
  readonly cost: number
  /** r, in blocks of 128 bytes. */
  readonly blockSize: number
  /** p, how many tables are filled. */
  readonly parallelization: number
}

/** RFC 8018 section 5.2, with HMAC. */
export interface Pbkdf2Method {
  /** Which of the methods it is. */
  readonly kind: 'pbkdf2'
  /** The hash, by its name in node:crypto. */
  readonly digest: string
  /** How often it is applied. */
  readonly iterations: number
}

/** The most bytes of the table that scrypt fills: 128 MiB, four times that of the default; OWASP's strongest setting (`scrypt:131072:8:1`). */
export const PASSWORD_MEMORY_LIMIT = 134_217_728

/** The most work of scrypt, as cost × block size × parallelization: eight times that of the default, twice that of OWASP's strongest. */
export const SCRYPT_WORK_LIMIT = 2_097_152

/** The most iterations of PBKDF2; ten times those of the default. */
export const PBKDF2_ITERATION_LIMIT = 10_000_000

/**
 * The parts of a method; those that are left out have Werkzeug's defaults (`scrypt` is `scrypt:32768:8:1`, `pbkdf2` is
 * `pbkdf2:sha256:1000000`). `undefined` for what is malformed, unknown or above a limit.
 */
export function parsePasswordMethod(text: string): PasswordMethod | undefined {
  const scrypt = scryptForm.exec(text)
  if (scrypt !== null) {
    const [, cost = '32768', blockSize = '8', parallelization = '1'] = scrypt
    return checkScrypt(Number(cost), Number(blockSize), Number(parallelization))
  }
  const pbkdf2 = pbkdf2Form.exec(text)
  if (pbkdf2 === null) return undefined
  const [, digest = 'sha256', iterations = '1000000'] = pbkdf2
  if (!digestSizes.has(digest) || Number(iterations) > PBKDF2_ITERATION_LIMIT) return undefined
  return { kind: 'pbkdf2', digest, iterations: Number(iterations) }
}

/** The method with all its parts, as it stands in a hash. */
export function formatPasswordMethod(method: PasswordMethod): string {
  return method.kind === 'scrypt'
    ? `scrypt:${method.cost}:${method.blockSize}:${method.parallelization}`
    : `pbkdf2:${method.digest}:${method.iterations}`
}

/** The bytes of a hash: 64 of scrypt, those of its digest of PBKDF2. */
export function hashSize(method: PasswordMethod): number {
  return method.kind === 'scrypt' ? 64 : (digestSizes.get(method.digest) as number)
}

const scryptForm = /^scrypt(?::([1-9][0-9]{0,7}):([1-9][0-9]{0,7}):([1-9][0-9]{0,7}))?$/
const pbkdf2Form = /^pbkdf2(?::([a-z0-9]{1,16})(?::([1-9][0-9]{0,7}))?)?$/

const digestSizes: ReadonlyMap<string, number> = new Map([
  ['sha1', 20],
  ['sha224', 28],
  ['sha256', 32],
  ['sha384', 48],
  ['sha512', 64],
])

function checkScrypt(cost: number, blockSize: number, parallelization: number): ScryptMethod | undefined {
  const isPowerOfTwo = cost > 1 && Number.isInteger(Math.log2(cost))
  // RFC 7914 section 6: N is below 2^(128 * r / 8).
  if (!isPowerOfTwo || Math.log2(cost) >= 16 * blockSize) return undefined
  if (128 * blockSize * cost > PASSWORD_MEMORY_LIMIT) return undefined
  if (128 * blockSize * parallelization > BLOCKS_LIMIT) return undefined
  if (cost * blockSize * parallelization > SCRYPT_WORK_LIMIT) return undefined
  return { kind: 'scrypt', cost, blockSize, parallelization }
}

/** The most bytes of the blocks beside the table of scrypt: 1 MiB, for 1024 blocks of the default size. */
const BLOCKS_LIMIT = 1_048_576
