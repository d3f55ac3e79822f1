import {
  BadRequest,
  type Body,
  type Environ,
  type HTTPError,
  MethodNotAllowed,
  NotFound,
  type StartResponse,
} from '@stapel/core'
import { formatAllow } from '@stapel/core/http'
import type { Explanation } from './explanation.ts'
import type { Refusal } from './matcher.ts'
import { answerRefused } from './trace-rules.ts'

/** Why a router has no rule for a request. */
export interface Refused extends Refusal {
  readonly rule: undefined
  /** There, and true, where the path is one of a rule for WebSockets, and the request offers none; the status is 400. */
  readonly needsWebSocket?: true
}

/** What several sets of rules together say of a request that none of them takes. */
export function combineRefusals(refusals: readonly Refusal[]): Refused {
  const [first = { status: 404, allow: [] }] = refusals
  if (refusals.length <= 1) return { rule: undefined, ...first }
  const allowing = refusals.filter(({ allow }) => allow.length > 0)
  const { status } = allowing[0] ?? first
  return { rule: undefined, status, allow: [...new Set(allowing.flatMap(({ allow }) => allow))].sort() }
}

/**
 * Answers a request that no rule takes: OPTIONS with `Allow` (RFC 9110 section 9.3.7), others with an HTTPError. `explain` says why, in
 * development.
 */
export function refuse(
  refused: Refused,
  explain: () => Explanation,
  environ: Environ,
  startResponse: StartResponse,
): Body | Promise<Body> {
  if (refused.status !== 204) return answerRefused(errorOf(refused), explain, environ, startResponse)
  startResponse('204 No Content', [['Allow', formatAllow(refused.allow)]])
  return []
}

function errorOf({ status, allow, needsWebSocket }: Refused): HTTPError {
  if (status === 405) return new MethodNotAllowed(allow)
  if (needsWebSocket) {
    // 426 would need Upgrade, which is hop-by-hop and the gateway's alone (clause 3.4).
    return new BadRequest('This address answers WebSockets only: connect with ws:// or wss://.')
  }
  if (status === 400) return new BadRequest('A segment of the path is no valid percent-encoding of UTF-8.')
  return new NotFound()
}
