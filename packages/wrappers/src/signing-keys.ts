/** A secret of 32 random bytes or more; a string counts as its UTF-8. */
export type SigningKey = string | Uint8Array

/** The fewest bytes of a key: those of SHA-256, whose strength a shorter one would not reach (RFC 2104 section 3). */
export const SIGNING_KEY_BYTES = 32

/** The most keys that verify at a time, as a text that none of them signed costs a check with each. */
export const SIGNING_KEYS_LIMIT = 8

/**
 * The keys of one purpose, made from the secrets with HKDF (RFC 5869), each when it is first used. HMAC-SHA-256 by the platform's Web
 * Crypto, which compares in constant time.
 */
export class SigningKeys {
  readonly #secrets: readonly Uint8Array<ArrayBuffer>[]
  readonly #purpose: string
  readonly #derived: Promise<CryptoKey>[] = []

  /** Throws a TypeError for what is no key, a RangeError for a key that is too short, none or too many. */
  constructor(keys: SigningKey | readonly SigningKey[], purpose: string) {
    const list = Array.isArray(keys) ? (keys as readonly SigningKey[]) : [keys as SigningKey]
    if (list.length === 0 || list.length > SIGNING_KEYS_LIMIT) {
      throw new RangeError(`Got ${list.length} keys; expected 1 to ${SIGNING_KEYS_LIMIT}, the newest first.`)
    }
    this.#secrets = list.map(secretOf)
    this.#purpose = purpose
  }

  /** The signature of a text by the first key: 32 bytes. */
  async sign(text: string): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.sign('HMAC', await this.#key(0), encoder.encode(text)))
  }

  /** The index of the key that signed a text; -1 when none of them did. */
  async verify(text: string, signature: Uint8Array<ArrayBuffer>): Promise<number> {
    const bytes = encoder.encode(text)
    for (let i = 0; i < this.#secrets.length; i++) {
      if (await crypto.subtle.verify('HMAC', await this.#key(i), signature, bytes)) return i
    }
    return -1
  }

  #key(index: number): Promise<CryptoKey> {
    this.#derived[index] ??= derive(this.#secrets[index] as Uint8Array<ArrayBuffer>, this.#purpose)
    return this.#derived[index]
  }
}

const encoder = new TextEncoder()
const hmac: HmacKeyGenParams = { name: 'HMAC', hash: 'SHA-256', length: 256 }

async function derive(secret: Uint8Array<ArrayBuffer>, purpose: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const info = encoder.encode(`stapel signer 1: ${purpose}`)
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return crypto.subtle.deriveKey(hkdf, base, hmac, false, ['sign', 'verify'])
}

function secretOf(key: SigningKey): Uint8Array<ArrayBuffer> {
  // No part of a key is in a message.
  if (typeof key !== 'string' && !(key instanceof Uint8Array)) {
    throw new TypeError(`Got a key of type ${typeof key}; expected a string or a Uint8Array.`)
  }
  const secret = typeof key === 'string' ? encoder.encode(key) : new Uint8Array(key)
  if (secret.length < SIGNING_KEY_BYTES) {
    throw new RangeError(
      `Got a key of ${secret.length} bytes; expected ${SIGNING_KEY_BYTES} random ones or more, as "openssl rand -hex 32" gives.`,
    )
  }
  return secret
}
