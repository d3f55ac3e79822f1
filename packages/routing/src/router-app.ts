import { type Application, type Environ, isHTTPError, type StartResponse } from '@stapel/core'
import { answerRedirect } from './answer-redirect.ts'
import { NO_PARAMS } from './capture.ts'
import { explain } from './explanation.ts'
import { type Mounts, placeUrl } from './external-url.ts'
import type { Found } from './found.ts'
import { hostOf } from './host-rules.ts'
import { refuse } from './refuse.ts'
import { mountEnviron, setParams } from './routed-environ.ts'
import type { Asked, Moved, RuleSet } from './rule-set.ts'
import { formatLocation, inheritedFlag, isFallback } from './slash-redirect.ts'
import { answerRefused, traceRule } from './trace-rules.ts'

/** The application of a router: finds the rule for a request, and hands the request on to the rule's application. */
export function createRouterApp(
  rules: RuleSet,
  self: { readonly router: object },
  unknownHost: Application | undefined,
): Application {
  const { common } = rules
  return function router(environ, startResponse) {
    let found: Found | undefined
    try {
      if (rules.isCommon && unknownHost === undefined) {
        found = common.find(environ.PATH_INFO, environ.REQUEST_METHOD)
      } else {
        const asked = askedBy(environ)
        if (unknownHost !== undefined && !rules.knowsHost(asked.host))
          return unknownHost(environ, startResponse)
        found = rules.find(asked)
      }
    } catch (error) {
      if (!isHTTPError(error)) throw error
      const asked = askedBy(environ)
      return answerRefused(
        error,
        () => explain(rules.rules, asked, rules.resolve(asked)),
        environ,
        startResponse,
      )
    }
    if (found === undefined || found.rule.givesWay || isFallback(found)) {
      return settle(found, environ, startResponse)
    }
    return handOn(found, environ, startResponse)
  }

  function settle(
    found: Found | undefined,
    environ: Environ,
    startResponse: StartResponse,
  ): ReturnType<Application> {
    const asked = askedBy(environ)
    const outcome = rules.settle(found, asked)
    if (outcome.rule !== undefined) return handOn(outcome, environ, startResponse)
    if (outcome.status !== 308) {
      return refuse(outcome, () => explain(rules.rules, asked, outcome), environ, startResponse)
    }
    return answerRedirect(locationOf(outcome, environ, self.router), 308, startResponse)
  }

  function handOn(found: Found, environ: Environ, startResponse: StartResponse): ReturnType<Application> {
    const { rule, params } = found
    traceRule(environ, found)
    if (rule.mounted) return rule.layered(mountEnviron(environ, found, self.router), startResponse)
    if (params !== NO_PARAMS) setParams(environ, params)
    return rule.layered(environ, startResponse)
  }
}

function askedBy(environ: Environ): Asked {
  const mounts = environ['stapel.mounts'] as Mounts | undefined
  return {
    method: environ.REQUEST_METHOD,
    path: environ.PATH_INFO,
    host: hostOf(environ),
    websocket: environ['wsgi.websocket'] !== undefined,
    scriptName: environ.SCRIPT_NAME,
    redirectSlashes: inheritedFlag(mounts, 'redirectSlashes'),
    mergeSlashes: inheritedFlag(mounts, 'mergeSlashes'),
  }
}

function locationOf({ path, host }: Moved, environ: Environ, self: object): string {
  const { SCRIPT_NAME, QUERY_STRING } = environ
  if (host === undefined) return formatLocation(SCRIPT_NAME, path, QUERY_STRING)
  const url = placeUrl({ path, host, websocket: false }, { request: environ }, self)
  return QUERY_STRING === '' ? url : `${url}?${QUERY_STRING}`
}
