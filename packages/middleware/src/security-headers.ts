/**
 * Has browsers keep more apart than they do by themselves.
 *
 * The threat: a page that shows what somebody else wrote runs a script in it (Content-Security-Policy); stands invisible in the frame of another page that
 * takes the visitor's clicks (frame-ancestors); is fetched once without TLS, and changed on the way (Strict-Transport-Security); is taken for a type that it
 * is not (nosniff); shares a process with a page that reads its memory (the `Cross-Origin-*` policies); tells others by `Referer` what stands in its URL.
 * What is not stopped: any of this in a client that obeys no headers, and the hole itself through which a script came in.
 *
 * @module
 */
import type { Application, Environ, HeaderList, Middleware, StartResponse } from '@stapel/core'
import { createNonce, parseHost } from '@stapel/core/http'
import { answerErrors } from './answer-errors.ts'
import { checkOptions } from './check-options.ts'
import {
  fixedHeaders,
  nonceDirectives,
  type PolicyHeader,
  policyHeaders,
  transportHeader,
} from './security-headers-made.ts'
import { type SecurityHeadersOptions, securityHeadersChecks } from './security-headers-options.ts'

export {
  defaultContentSecurityPolicy,
  type NonceDirective,
  type ReferrerPolicyName,
  type SecurityHeadersOptions,
} from './security-headers-options.ts'
export type { PermissionAllowList, TransportSecurity } from './security-headers-values.ts'

/**
 * Adds headers to every answer, those of errors included, by which browsers protect its page and its visitor. What the application has set itself
 * stays, unless `override`.
 *
 * With `nonce`, an answer 304 gets no policy: a browser would put the new nonce to the old page that it has stored, whose scripts would not
 * run any more. Throws a TypeError for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { securityHeaders } from '@stapel/middleware/security-headers'
 *
 * export const app = stack((environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/html; charset=utf-8'], ['Cache-Control', 'no-store']])
 *   return `<!doctype html><title>Hello</title><script nonce="${environ['stapel.csp_nonce']}">console.log('runs')</script>`
 * }, securityHeaders({ nonce: true }))
 * ```
 */
export function securityHeaders(options: SecurityHeadersOptions = {}): Middleware {
  checkOptions('securityHeaders', options, securityHeadersChecks)
  const { override = false, remove = ['X-Powered-By'] } = options
  const withNonce = nonceDirectives(options).length > 0
  const policies = policyHeaders(options).map(
    ([name, policy]): PolicyValue => [name, withNonce ? policy : policy('')],
  )
  const fixed = fixedHeaders(options)
  const transport = transportHeader(options)
  const overTls: HeaderList =
    transport === undefined ? fixed : [...fixed, ['Strict-Transport-Security', transport]]
  const compile = (headers: HeaderList, values: readonly PolicyValue[]): OwnHeaders =>
    compileHeaders([...values, ...headers], remove, override)
  const all = { plain: compile(fixed, policies), tls: compile(overTls, policies) }
  const notModified = { plain: compile(fixed, []), tls: compile(overTls, []) }

  return function securityHeaders(app: Application): Application {
    return function securityHeaders(environ: Environ, startResponse: StartResponse) {
      const scheme = environ['wsgi.url_scheme'] === 'https' && !isLocal(environ.HTTP_HOST) ? 'tls' : 'plain'
      if (!withNonce) {
        return answerErrors(app, environ, startResponse, (headers) => merge(headers, all[scheme], ''))
      }
      environ['stapel.csp_nonce'] ??= createNonce()
      const nonce = environ['stapel.csp_nonce']
      return answerErrors(app, environ, startResponse, (headers, status) =>
        merge(headers, (status.startsWith('304') ? notModified : all)[scheme], nonce),
      )
    }
  }
}

declare module '@stapel/core' {
  interface Environ {
    /** The nonce of this answer's policy: for the attribute `nonce` of the scripts and styles that it writes itself. */
    'stapel.csp_nonce'?: string
  }
}

/** A browser that was told so would not reach anything else on `localhost` without TLS, for as long as that holds. */
function isLocal(host: string | undefined): boolean {
  const name = parseHost(host ?? '')?.name.replace(/\.$/, '')
  return name === undefined || name === 'localhost' || name.endsWith('.localhost')
}

/** A text, or what makes one of the nonce. */
type PolicyValue = readonly [name: string, value: string | PolicyHeader[1]]

/** The headers of this layer, and what becomes of those of the application that have their names. */
interface OwnHeaders {
  readonly list: readonly OwnHeader[]
  /** By name in lower case: where the name stands in the list for the first time, or that the header is taken out. */
  readonly places: ReadonlyMap<string, number | 'removed'>
}

interface OwnHeader {
  readonly name: string
  readonly value: PolicyValue[1]
  readonly place: number
}

function compileHeaders(
  headers: readonly PolicyValue[],
  removed: readonly string[],
  override: boolean,
): OwnHeaders {
  const lower = headers.map(([name]) => name.toLowerCase())
  const list = headers.map(([name, value], i) => ({ name, value, place: lower.indexOf(lower[i] as string) }))
  const places = new Map<string, number | 'removed'>()
  for (const { name, place } of list) places.set(name.toLowerCase(), override ? 'removed' : place)
  for (const name of removed) places.set(name.toLowerCase(), 'removed')
  return { list, places }
}

function merge(headers: HeaderList, { list, places }: OwnHeaders, nonce: string): HeaderList {
  const merged: HeaderList = []
  let present: boolean[] | undefined
  for (const header of headers) {
    const place = places.get(header[0].toLowerCase())
    if (place === 'removed') continue
    merged.push(header)
    if (place === undefined) continue
    present ??= []
    present[place] = true
  }
  for (const { name, value, place } of list) {
    // Copies, as whoever gets a list may change it.
    if (present?.[place] !== true) merged.push([name, typeof value === 'string' ? value : value(nonce)])
  }
  return merged
}
