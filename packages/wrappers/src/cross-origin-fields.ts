import { formatDeltaSeconds, parseDeltaSeconds } from '@stapel/core/http'
import type { Headers } from './headers.ts'
import {
  mapField,
  readField,
  readTokens,
  readWord,
  writeField,
  writeTokens,
  writeWord,
} from './response-values.ts'

/** With whom a page shares its browsing context group. */
export type OpenerPolicy =
  | 'unsafe-none'
  | 'same-origin'
  | 'same-origin-allow-popups'
  | 'noopener-allow-popups'

/** Whether a page may load what does not say that it may be loaded. */
export type EmbedderPolicy = 'unsafe-none' | 'require-corp' | 'credentialless'

/** Who may load a resource. */
export type ResourcePolicy = 'same-origin' | 'same-site' | 'cross-origin'

/** The headers that tell browsers what pages of other origins may do with a response. */
export abstract class CrossOriginFields {
  /** The headers, as the members below read and write them. */
  abstract get headers(): Headers

  /** The one origin whose scripts may read it, `'*'` for any without credentials (Fetch standard). Add `Origin` to `vary` for one. */
  get accessControlAllowOrigin(): string | undefined {
    return readField(this.headers, 'Access-Control-Allow-Origin')
  }

  set accessControlAllowOrigin(origin: string | undefined) {
    if (origin !== undefined && !/^[^\s,]+$/.test(origin)) {
      throw new TypeError(
        `Got ${JSON.stringify(origin)} for Access-Control-Allow-Origin; expected one origin, '*' or 'null'.`,
      )
    }
    writeField(this.headers, 'Access-Control-Allow-Origin', origin)
  }

  /** Whether scripts may read it where the request had cookies or other credentials. */
  get accessControlAllowCredentials(): boolean {
    return this.headers.get('Access-Control-Allow-Credentials') === 'true'
  }

  set accessControlAllowCredentials(allowed: boolean | undefined) {
    // `true` is the only value that there is; no header says no.
    writeField(this.headers, 'Access-Control-Allow-Credentials', allowed === true ? 'true' : undefined)
  }

  /** The headers that scripts may send, in the answer to a preflight. */
  get accessControlAllowHeaders(): readonly string[] {
    return readTokens(this.headers, 'Access-Control-Allow-Headers')
  }

  set accessControlAllowHeaders(names: string | readonly string[] | undefined) {
    writeTokens(this.headers, 'Access-Control-Allow-Headers', names)
  }

  /** The methods that scripts may use, in the answer to a preflight. */
  get accessControlAllowMethods(): readonly string[] {
    return readTokens(this.headers, 'Access-Control-Allow-Methods')
  }

  set accessControlAllowMethods(methods: string | readonly string[] | undefined) {
    writeTokens(this.headers, 'Access-Control-Allow-Methods', methods)
  }

  /** The headers that scripts may read besides the common ones. */
  get accessControlExposeHeaders(): readonly string[] {
    return readTokens(this.headers, 'Access-Control-Expose-Headers')
  }

  set accessControlExposeHeaders(names: string | readonly string[] | undefined) {
    writeTokens(this.headers, 'Access-Control-Expose-Headers', names)
  }

  /** For how many seconds the answer to a preflight holds. */
  get accessControlMaxAge(): number | undefined {
    return mapField(this.headers, 'Access-Control-Max-Age', parseDeltaSeconds)
  }

  set accessControlMaxAge(seconds: number | undefined) {
    const value = seconds === undefined ? undefined : formatDeltaSeconds(seconds)
    writeField(this.headers, 'Access-Control-Max-Age', value)
  }

  /** `Cross-Origin-Opener-Policy` (HTML standard). */
  get crossOriginOpenerPolicy(): OpenerPolicy | undefined {
    return readWord(this.headers, 'Cross-Origin-Opener-Policy', openerPolicies)
  }

  set crossOriginOpenerPolicy(policy: OpenerPolicy | undefined) {
    writeWord(this.headers, 'Cross-Origin-Opener-Policy', openerPolicies, policy)
  }

  /** `Cross-Origin-Embedder-Policy` (HTML standard). */
  get crossOriginEmbedderPolicy(): EmbedderPolicy | undefined {
    return readWord(this.headers, 'Cross-Origin-Embedder-Policy', embedderPolicies)
  }

  set crossOriginEmbedderPolicy(policy: EmbedderPolicy | undefined) {
    writeWord(this.headers, 'Cross-Origin-Embedder-Policy', embedderPolicies, policy)
  }

  /** `Cross-Origin-Resource-Policy` (Fetch standard). */
  get crossOriginResourcePolicy(): ResourcePolicy | undefined {
    return readWord(this.headers, 'Cross-Origin-Resource-Policy', resourcePolicies)
  }

  set crossOriginResourcePolicy(policy: ResourcePolicy | undefined) {
    writeWord(this.headers, 'Cross-Origin-Resource-Policy', resourcePolicies, policy)
  }
}
const openerPolicies: readonly OpenerPolicy[] = [
  'unsafe-none',
  'same-origin',
  'same-origin-allow-popups',
  'noopener-allow-popups',
]
const embedderPolicies: readonly EmbedderPolicy[] = ['unsafe-none', 'require-corp', 'credentialless']
const resourcePolicies: readonly ResourcePolicy[] = ['same-origin', 'same-site', 'cross-origin']
