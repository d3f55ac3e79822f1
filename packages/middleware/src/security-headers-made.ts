import { checkHeaders, type HeaderList } from '@stapel/core'
import { formatResourcePolicy } from '@stapel/core/http'
import {
  defaultContentSecurityPolicy,
  type NonceDirective,
  type SecurityHeadersOptions,
} from './security-headers-options.ts'
import {
  compilePolicy,
  formatEmbedder,
  formatOpener,
  formatPermissionsPolicy,
  formatReportingEndpoints,
  formatTransportSecurity,
} from './security-headers-values.ts'

/** A header whose value depends on the nonce of its answer. */
export type PolicyHeader = readonly [name: string, policy: (nonce: string) => string]

/** The directives that are to have the nonce. */
export function nonceDirectives({ nonce = false }: SecurityHeadersOptions): readonly NonceDirective[] {
  if (typeof nonce !== 'boolean') return nonce
  return nonce ? ['scriptSrc', 'styleSrc'] : []
}

/** The content security policies. Throws a TypeError for one that cannot be written, and for a nonce without any. */
export function policyHeaders(options: SecurityHeadersOptions): PolicyHeader[] {
  const { contentSecurityPolicy = defaultContentSecurityPolicy, contentSecurityPolicyReportOnly = false } =
    options
  const directives = nonceDirectives(options)
  const list: PolicyHeader[] = []
  if (contentSecurityPolicy) {
    const compiled = made('contentSecurityPolicy', () => compilePolicy(contentSecurityPolicy, directives))
    list.push(['Content-Security-Policy', compiled])
  }
  if (contentSecurityPolicyReportOnly) {
    const compiled = made('contentSecurityPolicyReportOnly', () =>
      compilePolicy(contentSecurityPolicyReportOnly, directives),
    )
    list.push(['Content-Security-Policy-Report-Only', compiled])
  }
  if (list.length === 0 && directives.length > 0) {
    throw new TypeError(
      'securityHeaders: got a nonce without a policy; expected contentSecurityPolicy, or no nonce.',
    )
  }
  // What says nothing is not sent.
  return list.filter(([, compiled]) => compiled('') !== '')
}

/** What `headers` cannot set, with what to do in its place: two policies would both hold, and browsers ignore the second of the others. */
const others: ReadonlyMap<string, string> = new Map([
  ['content-security-policy', 'use the option contentSecurityPolicy'],
  ['content-security-policy-report-only', 'use the option contentSecurityPolicyReportOnly'],
  ['strict-transport-security', 'use the option strictTransportSecurity, which is for TLS alone'],
  ['content-length', 'the gateway sets it'],
])

/** What is the same for every answer. Throws a TypeError for values that cannot be written. */
export function fixedHeaders(options: SecurityHeadersOptions): HeaderList {
  const { frameOptions = 'SAMEORIGIN', referrerPolicy = 'strict-origin-when-cross-origin' } = options
  const { openerPolicy = 'same-origin', embedderPolicy = false, resourcePolicy = 'same-origin' } = options
  const { originAgentCluster = true, contentTypeOptions = true } = options
  const { permissionsPolicy = false, reportingEndpoints = false, headers = [] } = options
  const values: [string, string | false][] = [
    ['X-Content-Type-Options', contentTypeOptions && 'nosniff'],
    ['X-Frame-Options', frameOptions],
    ['Referrer-Policy', referrerPolicy && [referrerPolicy].flat().join(', ')],
    ['Cross-Origin-Opener-Policy', openerPolicy && made('openerPolicy', () => formatOpener(openerPolicy))],
    [
      'Cross-Origin-Embedder-Policy',
      embedderPolicy && made('embedderPolicy', () => formatEmbedder(embedderPolicy)),
    ],
    [
      'Cross-Origin-Resource-Policy',
      resourcePolicy && made('resourcePolicy', () => formatResourcePolicy(resourcePolicy)),
    ],
    ['Origin-Agent-Cluster', originAgentCluster && '?1'],
    [
      'Permissions-Policy',
      permissionsPolicy && made('permissionsPolicy', () => formatPermissionsPolicy(permissionsPolicy)),
    ],
    [
      'Reporting-Endpoints',
      reportingEndpoints && made('reportingEndpoints', () => formatReportingEndpoints(reportingEndpoints)),
    ],
  ]
  made('headers', () => checkHeaders(headers))
  for (const [name] of headers) {
    const instead = others.get(name.toLowerCase())
    if (instead !== undefined) {
      throw new TypeError(`securityHeaders: for the option headers: Got ${name}; leave it out: ${instead}.`)
    }
  }
  const named = new Set(headers.map(([name]) => name.toLowerCase()))
  const own = values.filter((header): header is [string, string] => {
    return header[1] !== false && header[1] !== '' && !named.has(header[0].toLowerCase())
  })
  return [...own, ...headers]
}

/** The value of `Strict-Transport-Security`; `undefined` where it is left out. */
export function transportHeader({
  strictTransportSecurity = {},
}: SecurityHeadersOptions): string | undefined {
  if (strictTransportSecurity === false) return undefined
  return made('strictTransportSecurity', () => formatTransportSecurity(strictTransportSecurity))
}

/** Says which option it is about which the vocabulary of core complains. */
function made<T>(option: keyof SecurityHeadersOptions, make: () => T): T {
  try {
    return make()
  } catch (cause) {
    throw new TypeError(`securityHeaders: for the option ${option}: ${(cause as Error).message}`, { cause })
  }
}
