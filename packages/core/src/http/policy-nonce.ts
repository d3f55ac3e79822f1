/**
 * Nonces: what marks the scripts and styles of a page that its server wrote, so that no other runs (CSP level 3, section 7.1).
 *
 * The threat: a nonce that is used twice, or can be guessed, is one that an injected script can carry. Make one for every answer, and do
 * not let the answer be stored by a shared cache.
 *
 * @module
 */
import type { ContentSecurityPolicy, PolicySource } from './content-security-policy.ts'
import { randomBase64 } from './random-base64.ts'

/** The directives that say where things are loaded from: those that fall back to `defaultSrc`. */
export type FetchDirective = Extract<keyof ContentSecurityPolicy, `${string}Src${'' | 'Elem' | 'Attr'}`>

/** A new nonce: 128 random bits in base64. It goes into the attribute `nonce` as it is, into a policy by {@link nonceSource}. */
export function createNonce(): string {
  return randomBase64()
}

/** A nonce as a source: `'nonce-rAnd0m'` with its quotes. Throws a RangeError for what is no base64, without showing it. */
export function nonceSource(nonce: string): PolicySource {
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(nonce)) return `'nonce-${nonce}'`
  throw new RangeError(`Got a nonce of ${nonce.length} characters; expected base64 (see createNonce).`)
}

/**
 * The policy with sources added to a directive. A directive that was not given begins with the sources of the one it falls back to, so that
 * nothing is forbidden that was allowed; `'none'` gives way to them. A policy that does not restrict the directive at all stays as it is.
 *
 * @example
 * ```ts
 * import { allowSources, createNonce, formatContentSecurityPolicy, nonceSource } from '@stapel/core/http'
 *
 * const policy = { defaultSrc: ["'self'"], objectSrc: ["'none'"] }
 * const nonce = createNonce()
 * const header = formatContentSecurityPolicy(allowSources(policy, 'scriptSrc', nonceSource(nonce)))
 * // default-src 'self'; object-src 'none'; script-src 'self' 'nonce-...'
 * ```
 */
export function allowSources(
  policy: ContentSecurityPolicy,
  directive: FetchDirective,
  ...sources: PolicySource[]
): ContentSecurityPolicy {
  const chain = [directive, ...(fallbacks.get(directive) ?? []), 'defaultSrc' as const]
  const current = chain.map((key) => policy[key]).find((list) => list !== undefined)
  if (current === undefined || sources.length === 0) return policy
  const kept = current.filter((source) => source.toLowerCase() !== "'none'")
  return { ...policy, [directive]: [...new Set([...kept, ...sources])] }
}

// CSP level 3, section 6.8.3, "Get fetch directive fallback list".
const fallbacks: ReadonlyMap<FetchDirective, readonly FetchDirective[]> = new Map<
  FetchDirective,
  readonly FetchDirective[]
>([
  ['scriptSrcElem', ['scriptSrc']],
  ['scriptSrcAttr', ['scriptSrc']],
  ['styleSrcElem', ['styleSrc']],
  ['styleSrcAttr', ['styleSrc']],
  ['workerSrc', ['childSrc', 'scriptSrc']],
  ['frameSrc', ['childSrc']],
])
