/**
 * Cookies that nobody but the server can write.
 *
 * The threat: a cookie is the client's, and others' who may set one for the same domain. A value that was not signed for a cookie of this
 * name is no value here: not one that was made up, nor one that was taken from another cookie, nor one that is too old. Cookies that
 * somebody put in front of a genuine one are passed over. What the threat of `signer.ts` leaves open is open here: a signed cookie
 * can be read by its owner, and used by whoever copies it.
 *
 * @module
 */
import type { RequestCookies } from './request-cookies.ts'
import type { Response } from './response.ts'
import { type CookieOptions, formatSetCookie } from './set-cookie.ts'
import { Signer, type Verification } from './signer.ts'
import type { SigningKey } from './signing-keys.ts'

/** The attributes of a signed cookie. */
export interface SignedCookieOptions extends Omit<CookieOptions, 'maxAge' | 'expires'> {
  /** Seconds for which a value is good, here and in the browser; `Infinity` is for ever. @default 1209600 (14 days) */
  maxAge?: number | undefined
  /** Whether browsers forget it when they are closed; `maxAge` holds all the same. @default false */
  session?: boolean | undefined
  /** Out of the reach of scripts. @default true */
  httpOnly?: boolean | undefined
  /** On requests from other sites: `'none'` always (needs `secure`), `'lax'` on navigation only, `'strict'` never. @default 'lax' */
  sameSite?: 'strict' | 'lax' | 'none' | undefined
}

/** How many cookies of one name are checked; who sends more has put them there. */
export const SIGNED_COOKIE_CANDIDATES = 4

/**
 * One cookie of an application, with the keys and attributes that it always has. Made once; see {@link Signer} for the keys.
 *
 * Throws what `Signer` and {@link formatSetCookie} throw. Give `secure: true` where the site has TLS, and best a name that begins with
 * `__Host-`.
 *
 * @example
 * ```ts
 * import { Request, Response, SignedCookie } from '@stapel/wrappers'
 *
 * const user = new SignedCookie('__Host-user', (process.env.SECRETS ?? '').split(','), { secure: true, maxAge: 86_400 })
 *
 * export const app = Request.application(async (request) => {
 *   const response = new Response(`Hello ${(await user.get(request)) ?? 'stranger'}`)
 *   if (request.path === '/login') await user.set(response, 'ada')
 *   if (request.path === '/logout') user.delete(response)
 *   return response
 * })
 * ```
 */
export class SignedCookie {
  /** The name of the cookie; a text that was signed for one name is bad under another. */
  readonly name: string
  readonly #signer: Signer
  readonly #options: CookieOptions

  /**
   * `keys` are one key or several, the newest first, which signs. Throws a TypeError or RangeError for a name, keys or attributes that are wrong, as
   * {@link Signer} and {@link formatSetCookie} do.
   */
  constructor(name: string, keys: SigningKey | readonly SigningKey[], options: SignedCookieOptions = {}) {
    const { maxAge, session = false, httpOnly = true, sameSite = 'lax', ...attributes } = options
    this.name = name
    this.#signer = new Signer(keys, `Set-Cookie: ${name}`, { maxAge })
    this.#options = { ...attributes, httpOnly, sameSite }
    if (!session) this.#options.maxAge = Math.min(Math.ceil(maxAge ?? 1_209_600), LONGEST_AGE)
    // So that a name or an attribute that is wrong is told now and not at the first request.
    formatSetCookie(name, '', this.#options)
  }

  /** The value that this server gave, `undefined` when there is none that is genuine and good still. */
  async get(request: { readonly cookies: RequestCookies }): Promise<string | undefined> {
    const result = await this.verify(request)
    return result.outcome === 'valid' ? result.value : undefined
  }

  /** As {@link get}, and why there is none: `absent`, `bad` or `expired`. Of several cookies of this name the first that is valid counts. */
  async verify(request: {
    readonly cookies: RequestCookies
  }): Promise<Verification | { readonly outcome: 'absent' }> {
    let found: Verification | { readonly outcome: 'absent' } = { outcome: 'absent' }
    for (const text of request.cookies.getAll(this.name).slice(0, SIGNED_COOKIE_CANDIDATES)) {
      const result = await this.#signer.verify(text)
      if (result.outcome === 'valid') return result
      if (found.outcome !== 'expired') found = result
    }
    return found
  }

  /** Gives the client a value. Rejects with a RangeError for one that makes the cookie longer than browsers take, about 3000 bytes. */
  async set(response: Pick<Response, 'setCookie'>, value: string): Promise<void> {
    response.setCookie(this.name, await this.#signer.sign(value), this.#options)
  }

  /** Removes the cookie from the client. A copy that was made of it stays good until it expires. */
  delete(response: Pick<Response, 'deleteCookie'>): void {
    response.deleteCookie(this.name, this.#options)
  }
}

/** 400 days, beyond which browsers do not keep a cookie (RFC 6265bis section 5.5). */
const LONGEST_AGE = 34_560_000
