import {
  allowSources,
  type ContentSecurityPolicy,
  type EmbedderPolicy,
  type FetchDirective,
  formatContentSecurityPolicy,
  formatEmbedderPolicy,
  formatOpenerPolicy,
  nonceSource,
  type OpenerPolicy,
  type PolicyOptions,
  type ReportedPolicy,
} from '@stapel/core/http'

/** `Strict-Transport-Security`: that a browser is to come by TLS alone (RFC 6797). */
export interface TransportSecurity {
  /** For how many seconds. 0 takes it back. @default 31536000, a year */
  maxAge?: number | undefined
  /** Whether that holds for all names below the host's. @default false */
  includeSubDomains?: boolean | undefined
  /** Whether the host may go into the lists that browsers are shipped with; needs `includeSubDomains` and a year. @default false */
  preload?: boolean | undefined
}

/** Whose pages may use a feature: `'*'` for all, or a list, empty for none, of `'self'`, `'src'` and origins. */
export type PermissionAllowList = '*' | readonly ('self' | 'src' | (string & {}))[]

/** The value of `Strict-Transport-Security`. Throws a RangeError for what browsers do not take, and for unknown fields. */
export function formatTransportSecurity(security: TransportSecurity): string {
  const { maxAge = 31_536_000, includeSubDomains = false, preload = false, ...unknown } = security
  refuseUnknown(unknown, 'maxAge, includeSubDomains, preload')
  if (!Number.isSafeInteger(maxAge) || maxAge < 0) {
    throw new RangeError(
      `Got ${String(maxAge)} for maxAge; expected a number of seconds, an integer from 0 up.`,
    )
  }
  if (preload && (!includeSubDomains || maxAge < 31_536_000)) {
    throw new RangeError(
      'Got preload without includeSubDomains or with less than a year; the lists take no such host.',
    )
  }
  return `max-age=${maxAge}${includeSubDomains ? '; includeSubDomains' : ''}${preload ? '; preload' : ''}`
}

/** The value of `Permissions-Policy`. Throws a RangeError for a feature or origin that it cannot hold. */
export function formatPermissionsPolicy(policy: Readonly<Record<string, PermissionAllowList>>): string {
  const members = Object.entries(policy).map(([feature, allowed]) => {
    if (!/^[a-z][a-z0-9-]*$/.test(feature)) {
      throw new RangeError(
        `Got the feature ${JSON.stringify(feature)}; expected lower case, as in 'picture-in-picture'.`,
      )
    }
    if (allowed === '*') return `${feature}=*`
    if (!Array.isArray(allowed)) {
      throw new RangeError(
        `Got ${JSON.stringify(allowed)} for ${feature}; expected '*' or a list, as in ['self'].`,
      )
    }
    return `${feature}=(${allowed.map((member) => formatMember(feature, member)).join(' ')})`
  })
  return members.join(', ')
}

/** The value of `Reporting-Endpoints`. Throws a RangeError for a name or URL that it cannot hold. */
export function formatReportingEndpoints(endpoints: Readonly<Record<string, string>>): string {
  const members = Object.entries(endpoints).map(([name, url]) => {
    if (!/^[a-z*][a-z0-9_.*-]*$/.test(name) || !isQuotable(url)) {
      throw new RangeError(
        `Got ${JSON.stringify(url)} for the endpoint ${JSON.stringify(name)}; expected a URL and a name in lower case.`,
      )
    }
    return `${name}="${url}"`
  })
  return members.join(', ')
}

/** A policy as a function of the nonce of each answer; what does not depend on it is made once. */
export function compilePolicy(
  policy: ContentSecurityPolicy,
  directives: readonly FetchDirective[],
): (nonce: string) => string {
  const mark = 'stapel0nonce0mark'
  const marked = directives.reduce(
    (given, directive) => allowSources(given, directive, nonceSource(mark)),
    policy,
  )
  const parts = formatContentSecurityPolicy(marked).split(mark)
  return (nonce) => parts.join(nonce)
}

/** The value of `Cross-Origin-Opener-Policy`, with where violations are reported to. */
export function formatOpener(policy: OpenerPolicy | ReportedPolicy<OpenerPolicy>): string {
  return typeof policy === 'string'
    ? formatOpenerPolicy(policy)
    : formatOpenerPolicy(policy.policy, reportOptions(policy))
}

/** The value of `Cross-Origin-Embedder-Policy`, with where violations are reported to. */
export function formatEmbedder(policy: EmbedderPolicy | ReportedPolicy<EmbedderPolicy>): string {
  return typeof policy === 'string'
    ? formatEmbedderPolicy(policy)
    : formatEmbedderPolicy(policy.policy, reportOptions(policy))
}

function reportOptions({ policy: _, reportTo, ...unknown }: ReportedPolicy<unknown>): PolicyOptions {
  refuseUnknown(unknown, 'policy, reportTo')
  return { reportTo }
}

function refuseUnknown(unknown: object, known: string): void {
  const [name] = Object.keys(unknown)
  if (name === undefined) return
  throw new RangeError(`Got the unknown field ${JSON.stringify(name)}; it knows ${known}.`)
}

function formatMember(feature: string, member: unknown): string {
  if (member === 'self' || member === 'src') return member
  if (typeof member === 'string' && member.includes('://') && isQuotable(member)) return `"${member}"`
  throw new RangeError(
    `Got ${JSON.stringify(member)} for ${feature}; expected 'self', 'src' or an origin, as in 'https://maps.example'.`,
  )
}

function isQuotable(text: unknown): text is string {
  return typeof text === 'string' && /^[!#-[\]-~]+$/.test(text)
}
