import type { HeaderList } from '@stapel/core'
import type {
  ContentSecurityPolicy,
  EmbedderPolicy,
  OpenerPolicy,
  ReportedPolicy,
  ResourcePolicy,
} from '@stapel/core/http'
import { isToken } from '@stapel/core/http'
import { flag, type OptionCheck, type OptionChecks } from './check-options.ts'
import type { PermissionAllowList, TransportSecurity } from './security-headers-values.ts'

/** What browsers are told. `false` leaves a header out. */
export interface SecurityHeadersOptions {
  /** What a page may load and run; replaces the default, which may be spread into it. @default defaultContentSecurityPolicy */
  contentSecurityPolicy?: ContentSecurityPolicy | false | undefined
  /** A policy whose violations are only reported. @default false */
  contentSecurityPolicyReportOnly?: ContentSecurityPolicy | false | undefined
  /**
   * Makes a nonce for each answer, in `environ['stapel.csp_nonce']` and in these directives of both policies; `true` means `scriptSrc` and `styleSrc`.
   *
   * @default false
   */
  nonce?: boolean | readonly NonceDirective[] | undefined
  /** That browsers come by TLS alone; sent over TLS, and not for `localhost`. @default a year, without subdomains */
  strictTransportSecurity?: TransportSecurity | false | undefined
  /** Who may show a page in a frame, for browsers that do not know `frame-ancestors`. @default 'SAMEORIGIN' */
  frameOptions?: 'DENY' | 'SAMEORIGIN' | false | undefined
  /** What others learn of where a visitor comes from; several for browsers that do not know the last. @default 'strict-origin-when-cross-origin' */
  referrerPolicy?: ReferrerPolicyName | readonly ReferrerPolicyName[] | false | undefined
  /** `Cross-Origin-Opener-Policy`. @default 'same-origin' */
  openerPolicy?: OpenerPolicy | ReportedPolicy<OpenerPolicy> | false | undefined
  /** `Cross-Origin-Embedder-Policy`. @default false */
  embedderPolicy?: EmbedderPolicy | ReportedPolicy<EmbedderPolicy> | false | undefined
  /** `Cross-Origin-Resource-Policy`. @default 'same-origin' */
  resourcePolicy?: ResourcePolicy | false | undefined
  /** `Origin-Agent-Cluster`: whether a page asks for a process of its own origin. @default true */
  originAgentCluster?: boolean | undefined
  /** `X-Content-Type-Options: nosniff`. @default true */
  contentTypeOptions?: boolean | undefined
  /** Which features pages may use, as in `{ camera: [], geolocation: ['self'] }`. @default false */
  permissionsPolicy?: Readonly<Record<string, PermissionAllowList>> | false | undefined
  /** Where violations are reported to, by name. @default false */
  reportingEndpoints?: Readonly<Record<string, string>> | false | undefined
  /** Other headers for every answer, as in `[['X-DNS-Prefetch-Control', 'off']]`. @default [] */
  headers?: HeaderList | undefined
  /** Headers that no answer is to have. @default ['X-Powered-By'] */
  remove?: readonly string[] | undefined
  /** Whether what the application sets itself is replaced. @default false */
  override?: boolean | undefined
}

/** The directives in which a nonce has an effect. */
export type NonceDirective = (typeof nonceDirectives)[number]

/** The policies that `Referrer-Policy` knows. */
export type ReferrerPolicyName = (typeof referrerPolicies)[number]

/** Everything from one's own origin, images also from `data:`; no plug-ins, no scripts in attributes, no frame in pages of others. */
export const defaultContentSecurityPolicy: ContentSecurityPolicy = {
  defaultSrc: ["'self'"],
  baseUri: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  objectSrc: ["'none'"],
  scriptSrcAttr: ["'none'"],
}

const referrerPolicies = [
  'no-referrer',
  'no-referrer-when-downgrade',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
] as const

/** The directives in which a nonce has an effect: those of scripts and styles, and the one that stands in for them. */
const nonceDirectives = ['defaultSrc', 'scriptSrc', 'scriptSrcElem', 'styleSrc', 'styleSrcElem'] as const

const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const record: OptionCheck = {
  expected: 'an object, or false',
  accepts: (value) => value === false || isRecord(value),
}
const policy: OptionCheck = {
  expected: 'a policy, or false',
  accepts: (value) => value === false || typeof value === 'string' || isRecord(value),
}

function isReferrerPolicy(value: unknown): boolean {
  return referrerPolicies.some((name) => name === value)
}

/** The checks of {@link SecurityHeadersOptions}. */
export const securityHeadersChecks: OptionChecks<SecurityHeadersOptions> = {
  contentSecurityPolicy: record,
  contentSecurityPolicyReportOnly: record,
  nonce: {
    expected: `true, false, or a list of directives among ${nonceDirectives.join(', ')}`,
    accepts: (value) =>
      typeof value === 'boolean' ||
      (Array.isArray(value) && value.every((name) => nonceDirectives.includes(name))),
  },
  strictTransportSecurity: record,
  frameOptions: {
    expected: "'DENY', 'SAMEORIGIN' or false",
    accepts: (value) => value === 'DENY' || value === 'SAMEORIGIN' || value === false,
  },
  referrerPolicy: {
    expected: `one or a list of ${referrerPolicies.join(', ')}; or false`,
    accepts: (value) =>
      value === false ||
      isReferrerPolicy(value) ||
      (Array.isArray(value) && value.length > 0 && value.every(isReferrerPolicy)),
  },
  openerPolicy: policy,
  embedderPolicy: policy,
  resourcePolicy: policy,
  originAgentCluster: flag,
  contentTypeOptions: flag,
  permissionsPolicy: record,
  reportingEndpoints: record,
  headers: { expected: "a list of pairs, as in [['X-DNS-Prefetch-Control', 'off']]", accepts: Array.isArray },
  remove: {
    expected: "a list of names of headers, as in ['Server']",
    accepts: (value) =>
      Array.isArray(value) && value.every((name) => typeof name === 'string' && isToken(name)),
  },
  override: flag,
}
