/**
 * `Cross-Origin-Opener-Policy`, `Cross-Origin-Embedder-Policy` and `Cross-Origin-Resource-Policy`: how far a page is kept apart from those of
 * other origins (HTML standard sections 7.1.3 and 7.1.4, Fetch standard section 3.7).
 *
 * @module
 */
import { parseOptions } from './options.ts'
import { firstValueOf } from './parameters.ts'
import { trimSpace } from './scan.ts'

/** Whether pages of other origins that open this one, or are opened by it, keep a hold on it. */
export type OpenerPolicy = (typeof openerPolicies)[number]

/** Whether this page may load what does not say that it may be loaded. */
export type EmbedderPolicy = (typeof embedderPolicies)[number]

/** Whose pages may load this resource without asking by CORS. */
export type ResourcePolicy = (typeof resourcePolicies)[number]

/** A policy, and where violations of it are reported to. */
export interface ReportedPolicy<Policy> {
  /** The policy itself. */
  readonly policy: Policy
  /** The name of an endpoint of `Reporting-Endpoints`. */
  readonly reportTo?: string | undefined
}

/** How an opener or embedder policy is written. */
export interface PolicyOptions {
  /** The name of an endpoint of `Reporting-Endpoints` that violations are reported to. @default undefined, nowhere */
  reportTo?: string | undefined
}

/** The policy of a `Cross-Origin-Opener-Policy`; `undefined` for an unknown or malformed one, which browsers take for `unsafe-none`. */
export function parseOpenerPolicy(header: string): ReportedPolicy<OpenerPolicy> | undefined {
  return parsePolicy(openerPolicies, header)
}

/** The value of a `Cross-Origin-Opener-Policy`. Throws a RangeError for an unknown policy and a name that no header can hold. */
export function formatOpenerPolicy(policy: OpenerPolicy, options: PolicyOptions = {}): string {
  return formatPolicy(openerPolicies, policy, options)
}

/** The policy of a `Cross-Origin-Embedder-Policy`; `undefined` for an unknown or malformed one, which browsers take for `unsafe-none`. */
export function parseEmbedderPolicy(header: string): ReportedPolicy<EmbedderPolicy> | undefined {
  return parsePolicy(embedderPolicies, header)
}

/** The value of a `Cross-Origin-Embedder-Policy`. Throws a RangeError for an unknown policy and a name that no header can hold. */
export function formatEmbedderPolicy(policy: EmbedderPolicy, options: PolicyOptions = {}): string {
  return formatPolicy(embedderPolicies, policy, options)
}

/** The policy of a `Cross-Origin-Resource-Policy`; `undefined` for an unknown one, which browsers take for none. */
export function parseResourcePolicy(header: string): ResourcePolicy | undefined {
  return resourcePolicies.find((policy) => policy === trimSpace(header))
}

/** The value of a `Cross-Origin-Resource-Policy`. Throws a RangeError for an unknown policy. */
export function formatResourcePolicy(policy: ResourcePolicy): string {
  return checkPolicy(resourcePolicies, policy)
}

const openerPolicies = [
  'unsafe-none',
  'same-origin',
  'same-origin-allow-popups',
  'noopener-allow-popups',
] as const

const embedderPolicies = ['unsafe-none', 'require-corp', 'credentialless'] as const

const resourcePolicies = ['same-origin', 'same-site', 'cross-origin'] as const

const printableAscii = /^[\x20-\x7e]*$/

function parsePolicy<Policy extends string>(
  policies: readonly Policy[],
  header: string,
): ReportedPolicy<Policy> | undefined {
  const options = parseOptions(header)
  // Told apart by case, as tokens of structured fields are (RFC 9651).
  const policy = policies.find((name) => name === options?.value)
  if (options === undefined || policy === undefined) return undefined
  const reportTo = firstValueOf(options.parameters, 'report-to')
  if (reportTo === undefined) return { policy }
  // What is no string of a structured field makes the whole field malformed (RFC 9651 section 4.2).
  return printableAscii.test(reportTo) ? { policy, reportTo } : undefined
}

function formatPolicy<Policy extends string>(
  policies: readonly Policy[],
  policy: Policy,
  { reportTo }: PolicyOptions,
): string {
  const value = checkPolicy(policies, policy)
  if (reportTo === undefined) return value
  // A string of a structured field is always in quotes, and ASCII.
  if (!printableAscii.test(reportTo)) {
    throw new RangeError(`Got the endpoint ${JSON.stringify(reportTo)}; expected printable ASCII.`)
  }
  return `${value}; report-to="${reportTo.replace(/["\\]/g, '\\$&')}"`
}

function checkPolicy<Policy extends string>(policies: readonly Policy[], policy: Policy): Policy {
  if (policies.includes(policy)) return policy
  throw new RangeError(`Got the policy ${JSON.stringify(policy)}; expected one of ${policies.join(', ')}.`)
}
