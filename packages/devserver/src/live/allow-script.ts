import type { HeaderList } from '@stapel/core'
import {
  type ContentSecurityPolicy,
  formatContentSecurityPolicy,
  type PolicySource,
  parseContentSecurityPolicies,
} from '@stapel/core/http'
import { scriptHash } from './live-script.ts'

/**
 * The headers of a page with the script in it: policies allow the script and its connection and nothing more, what was true of the bytes without it is
 * left out.
 */
export function pageHeaders(headers: HeaderList): HeaderList {
  return headers
    .filter(([name]) => !ofTheBytes.has(name.toLowerCase()))
    .map(([name, value]) =>
      name.toLowerCase() === 'content-security-policy' ? [name, allowScript(value)] : [name, value],
    )
}

const ofTheBytes = new Set(['content-length', 'content-md5', 'content-digest', 'digest', 'accept-ranges'])

/** The policies of a header, each with what the script needs where it forbids that. */
export function allowScript(header: string): string {
  return parseContentSecurityPolicies(header)
    .map((policy) => formatContentSecurityPolicy(allow(policy)))
    .join(', ')
}

function allow(policy: ContentSecurityPolicy): ContentSecurityPolicy {
  const { defaultSrc, scriptSrc = defaultSrc, scriptSrcElem = scriptSrc, connectSrc = defaultSrc } = policy
  return {
    ...policy,
    // The more special directive is the one that counts.
    ...(scriptSrcElem !== undefined && {
      [policy.scriptSrcElem === undefined ? 'scriptSrc' : 'scriptSrcElem']: withScript(scriptSrcElem),
    }),
    ...(connectSrc !== undefined && { connectSrc: withSource(connectSrc, "'self'") }),
  }
}

function withScript(sources: readonly PolicySource[]): PolicySource[] {
  // A hash has browsers ignore 'unsafe-inline', which the page may need and which allows the script as well.
  const isOpen =
    sources.includes("'unsafe-inline'") &&
    !sources.some((source) => /^'(?:nonce-|sha(?:256|384|512)-|strict-dynamic')/i.test(source))
  return isOpen ? [...sources] : withSource(sources, scriptHash)
}

function withSource(sources: readonly PolicySource[], source: PolicySource): PolicySource[] {
  return [...sources.filter((other) => other.toLowerCase() !== "'none'" && other !== source), source]
}
