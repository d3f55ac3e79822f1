/**
 * Texts that come back unchanged: signed, with the time of signing.
 *
 * The threat: what is given to a client (a cookie, a link in a mail) is changed, made up, kept too long, or used where something else is
 * meant. A signature that does not fit, a time that is over, another purpose: each is refused alike, after a comparison in constant time.
 *
 * What it does not stop: anyone who has the text reads the value, it is not encrypted; whoever steals it may use it until it expires, as
 * often as he likes; a logout does not reach it. Where that matters, sign the number of a session that is kept on the server.
 *
 * @module
 */
import { decodeBase64Url, encodeBase64Url } from './base64url.ts'
import { checkOptionNames } from './option-names.ts'
import { type SigningKey, SigningKeys } from './signing-keys.ts'

/** How long a signed text is good, and how long it may be. */
export interface SignerOptions {
  /** Seconds for which a signed text is good; `Infinity` is for ever. @default 1209600 (14 days) */
  maxAge?: number | undefined
  /** The most characters of a signed text. @default 4096 */
  limit?: number | undefined
}

/** What a check found. `bad` is all that was not signed with one of the keys for this purpose. */
export type Verification =
  | {
      /** It was signed with one of the keys, and is in its time. */
      readonly outcome: 'valid'
      /** The text that was signed. */
      readonly value: string
      /** In whole seconds. */
      readonly signedAt: Date
      /** The index of the key that signed it: above 0, sign it anew before that key is dropped. */
      readonly key: number
    }
  | {
      /** It was signed with one of the keys, and its time is over. */
      readonly outcome: 'expired'
      /** In whole seconds. */
      readonly signedAt: Date
    }
  | {
      /** It was not signed with one of the keys, or was changed. */
      readonly outcome: 'bad'
    }

/** How far the clock of another server that signs may be ahead, in seconds; a time beyond that counts as expired. */
export const CLOCK_SKEW = 60

/**
 * Signs texts and checks them with HMAC-SHA-256. The first key signs, all of them verify: to change a key, put the new one first, and drop
 * the old one when all that it signed has expired. A text that is signed for one purpose is bad for any other.
 *
 * A signed text is `value.time.signature` of letters, digits, `-`, `_` and the two dots; a value of n bytes takes about 4n/3 + 55 characters.
 * Needs Web Crypto, which all runtimes have.
 *
 * Throws a TypeError for an empty purpose or what is no key; a RangeError for a key below 32 bytes, no key or more than eight, and options
 * out of range.
 *
 * @example
 * ```ts
 * import { Signer } from '@stapel/wrappers'
 *
 * const secrets = (process.env.SECRETS ?? '').split(',')
 * const links = new Signer(secrets, 'confirm an address', { maxAge: 3600 })
 *
 * export const linkFor = async (address: string) => `/confirm?token=${await links.sign(address)}`
 *
 * export async function confirmed(token: string): Promise<string | undefined> {
 *   const result = await links.verify(token)
 *   return result.outcome === 'valid' ? result.value : undefined
 * }
 * ```
 */
export class Signer {
  readonly #keys: SigningKeys
  readonly #maxAge: number
  readonly #limit: number

  /**
   * `keys` are one key or several, the newest first, which signs; `purpose` keeps what is signed for one thing from being good for another.
   * Throws a TypeError for a key or purpose of another type and an unknown option, a RangeError for keys that are too short or too many and for options out of range.
   */
  constructor(keys: SigningKey | readonly SigningKey[], purpose: string, options: SignerOptions = {}) {
    checkOptionNames(options, optionNames, 'a Signer')
    const { maxAge = 1_209_600, limit = 4096 } = options
    if (typeof purpose !== 'string' || purpose === '') {
      throw new TypeError(
        `Got ${JSON.stringify(purpose)} for the purpose; expected a text that no other signer has.`,
      )
    }
    checkMaxAge(maxAge)
    if (!(Number.isInteger(limit) && limit > 0)) {
      throw new RangeError(`Got ${String(limit)} for limit; expected a number of characters above 0.`)
    }
    this.#keys = new SigningKeys(keys, purpose)
    this.#maxAge = maxAge
    this.#limit = limit
  }

  /**
   * The value, signed, with the time. Rejects with a TypeError for what is no well-formed string, a RangeError when the signed text would be
   * longer than the limit.
   */
  async sign(value: string): Promise<string> {
    if (typeof value !== 'string' || loneSurrogate.test(value)) {
      throw new TypeError(
        `Got ${typeof value === 'string' ? 'half a surrogate pair' : `a value of type ${typeof value}`} to sign; expected a well-formed string.`,
      )
    }
    const signed = `${encodeBase64Url(encoder.encode(value))}.${now()}`
    const length = signed.length + 1 + SIGNATURE_LENGTH
    if (length > this.#limit) {
      throw new RangeError(
        `Got a value that takes ${length} characters when it is signed; the limit is ${this.#limit}. Keep the data on the server.`,
      )
    }
    return `${signed}.${encodeBase64Url(await this.#keys.sign(signed))}`
  }

  /**
   * Checks what {@link sign} gave. Never rejects for a text, whatever it is; `undefined` is bad. `maxAge` replaces that of the signer for
   * once, in seconds; a RangeError for one that is none.
   */
  async verify(
    text: string | undefined,
    { maxAge = this.#maxAge }: { maxAge?: number | undefined } = {},
  ): Promise<Verification> {
    checkMaxAge(maxAge)
    const parts = typeof text === 'string' && text.length <= this.#limit ? signedForm.exec(text) : null
    if (parts === null) return bad
    const [, payload, time, signature] = parts as unknown as [string, string, string, string]
    const mac = decodeBase64Url(signature)
    if (mac === undefined) return bad
    const key = await this.#keys.verify(`${payload}.${time}`, mac)
    if (key === -1) return bad
    const signedAt = new Date(Number(time) * 1000)
    const age = now() - Number(time)
    if (age > maxAge || age < -CLOCK_SKEW) return { outcome: 'expired', signedAt }
    return { outcome: 'valid', value: decoder.decode(decodeBase64Url(payload)), signedAt, key }
  }
}

const bad: Verification = Object.freeze({ outcome: 'bad' })

const optionNames: ReadonlySet<string> = new Set<keyof SignerOptions>(['maxAge', 'limit'])
/** Of 32 bytes in base64url. */
const SIGNATURE_LENGTH = 43
const signedForm = /^([A-Za-z0-9_-]*)\.(0|[1-9][0-9]{0,11})\.([A-Za-z0-9_-]{43})$/
const loneSurrogate = /\p{Surrogate}/u
const encoder = new TextEncoder()
// A byte order mark is part of a value.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function now(): number {
  return Math.floor(Date.now() / 1000)
}

function checkMaxAge(maxAge: number): void {
  if (typeof maxAge !== 'number' || !(maxAge > 0)) {
    throw new RangeError(
      `Got ${String(maxAge)} for maxAge; expected a number of seconds above 0, Infinity for ever.`,
    )
  }
}
