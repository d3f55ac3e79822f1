import {
  type Body,
  type Environ,
  type HTTPError,
  type StartResponse,
  TRACE_LIMIT,
  traceOf,
} from '@stapel/core'
import { type Explanation, ruleJSON } from './explanation.ts'
import type { Found } from './found.ts'

/** Notes the rule that matched and its parameters, where the request has a trace. */
export function traceRule(environ: Environ, { rule, params }: Found): void {
  const trace = traceOf(environ)
  if (trace !== undefined && trace.rules.length < TRACE_LIMIT) trace.rules.push({ ...ruleJSON(rule), params })
}

/** Answers a request for which there is no rule: with the error, or, in development, with what shows the explanation. */
export function answerRefused(
  error: HTTPError,
  explain: () => Explanation,
  environ: Environ,
  startResponse: StartResponse,
): Body | Promise<Body> {
  const trace = environ['stapel.context']?.trace
  if (trace === undefined) return error.respond(environ, startResponse)
  trace.explain = explain
  return trace.refuse?.(error, trace, environ, startResponse) ?? error.respond(environ, startResponse)
}
