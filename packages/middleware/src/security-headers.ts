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
import { fixedHeaders, nonceDirectives, policyHeaders, transportHeader } from './security-headers-made.ts'
import { type SecurityHeadersOptions, securityHeadersChecks } from './security-headers-options.ts'

export {
  defaultContentSecurityPolicy,
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
  const fixed = fixedHeaders(options)
  const policies = policyHeaders(options)
  const withNonce = nonceDirectives(options).length > 0
  if (!withNonce) fixed.unshift(...policies.map(([name, policy]): [string, string] => [name, policy('')]))
  const transport = transportHeader(options)
  const overTls: HeaderList =
    transport !== undefined ? [...fixed, ['Strict-Transport-Security', transport]] : fixed
  const removed = new Set(remove.map((name) => name.toLowerCase()))

  return function securityHeaders(app: Application): Application {
    return function securityHeaders(environ: Environ, startResponse: StartResponse) {
      const own = environ['wsgi.url_scheme'] === 'https' && !isLocal(environ.HTTP_HOST) ? overTls : fixed
      if (!withNonce) {
        return answerErrors(app, environ, startResponse, (headers) => merge(headers, own, removed, override))
      }
      environ['stapel.csp_nonce'] ??= createNonce()
      const nonce = environ['stapel.csp_nonce']
      return answerErrors(app, environ, startResponse, (headers, status) => {
        if (status.startsWith('304')) return merge(headers, own, removed, override)
        const named = policies.map(([name, policy]): [string, string] => [name, policy(nonce)])
        return merge(headers, [...named, ...own], removed, override)
      })
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

function merge(
  headers: HeaderList,
  own: HeaderList,
  removed: ReadonlySet<string>,
  override: boolean,
): HeaderList {
  const ours = override ? new Set(own.map(([name]) => name.toLowerCase())) : undefined
  const present = new Set<string>()
  const merged = headers.filter(([name]) => {
    const lower = name.toLowerCase()
    if (removed.has(lower) || ours?.has(lower)) return false
    present.add(lower)
    return true
  })
  // Copies, as whoever gets a list may change it.
  for (const [name, value] of own) if (!present.has(name.toLowerCase())) merged.push([name, value])
  return merged
}
