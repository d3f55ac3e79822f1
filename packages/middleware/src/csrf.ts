/**
 * Refuses requests that pages of other sites have a visitor's browser send (cross-site request forgery).
 *
 * The threat: a form or script of any page can send a POST here, and the browser adds the visitor's cookies: money is sent, a password is changed.
 * Browsers say where a request comes from, in `Sec-Fetch-Site` and `Origin`, which no page can set, so no token is needed. What is not
 * stopped: changes by GET, which are never to be made; scripts of one's own origin (XSS); clients that are no browsers, which have no visitor's cookies;
 * and browsers from before 2020 that send neither field, unless `requireOrigin` is set.
 *
 * @module
 */
import { type Application, type Environ, Forbidden, type Middleware, type StartResponse } from '@stapel/core'
import { hasToken, parseFetchMetadata, parseHost, parseOrigin } from '@stapel/core/http'
import { checkOptions, flag, type OptionChecks } from './check-options.ts'
import { compileOrigins } from './cors-origins.ts'
import { compileExcept, type Except, exceptCheck } from './except.ts'

export type { Except } from './except.ts'

/** What is let through besides requests from pages of one's own origin. */
export interface CsrfOptions {
  /**
   * Origins whose pages may send requests, though they are others: `'https://app.example'`, `'https://*.example.org'`, or a RegExp that must fit all
   * of an origin.
   *
   * @default none
   */
  origins?: readonly (string | RegExp)[] | undefined
  /** Requests that anybody may send, such as those to webhooks: `['/hooks']`. @default none */
  except?: Except | undefined
  /** Whether pages of the same site may, such as those of other subdomains. @default false */
  sameSite?: boolean | undefined
  /** Whether a request that does not tell where it comes from is refused; programs that are no browsers seldom tell. @default false */
  requireOrigin?: boolean | undefined
}

/**
 * Answers 403 to a request with a method that may change something, or for a WebSocket, when its browser says that it comes from elsewhere.
 *
 * Safe are GET, HEAD, OPTIONS and TRACE (RFC 9110 section 9.2.1). `Sec-Fetch-Site` counts first: `same-origin` and `none` (the visitor himself) pass. Where there is
 * none, `Origin`, or else the origin of `Referer`, must be that of the `Host`; on a connection with TLS, `http:` is another origin. A request with none of
 * them passes, unless `requireOrigin`. Throws a TypeError for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { csrf } from '@stapel/middleware/csrf'
 *
 * export const app = stack((_environ, startResponse) => {
 *   startResponse('204 No Content', [])
 *   return ''
 * }, csrf({ origins: ['https://shop.example'], except: ['/webhooks'] }))
 * ```
 */
export function csrf(options: CsrfOptions = {}): Middleware {
  checkOptions('csrf', options, checks)
  const { origins, sameSite = false, requireOrigin = false } = options
  const isTrusted = origins === undefined ? undefined : compileOrigins(origins, 'csrf')
  const isExcepted = compileExcept('csrf', options.except)

  function isOwn(environ: Environ): boolean {
    const header = environ.HTTP_ORIGIN
    const origin = parseOrigin(header ?? '')
    if (origin !== undefined && origin !== 'null' && isTrusted?.(origin, environ) === true) return true
    if (environ.HTTP_SEC_FETCH_SITE !== undefined) {
      const { site } = parseFetchMetadata(environ)
      return site === 'same-origin' || site === 'none' || (site === 'same-site' && sameSite)
    }
    if (header !== undefined) return origin !== undefined && isHostOf(origin, environ)
    const referer = refererOrigin(environ.HTTP_REFERER)
    if (referer === undefined) return !requireOrigin
    return isTrusted?.(referer, environ) === true || isHostOf(referer, environ)
  }

  return function csrf(app: Application): Application {
    return function csrf(environ: Environ, startResponse: StartResponse) {
      if (isSafe(environ) || isOwn(environ) || isExcepted(environ)) return app(environ, startResponse)
      return new Forbidden(reasonFor(environ)).respond(environ, startResponse)
    }
  }
}

const checks: OptionChecks<CsrfOptions> = {
  origins: { expected: "a list of origins, as in ['https://app.example']", accepts: Array.isArray },
  except: exceptCheck,
  sameSite: flag,
  requireOrigin: flag,
}

function reasonFor({ HTTP_ORIGIN, HTTP_SEC_FETCH_SITE, HTTP_REFERER }: Environ): string {
  return HTTP_ORIGIN === undefined && HTTP_SEC_FETCH_SITE === undefined && HTTP_REFERER === undefined
    ? 'The request does not tell which page has sent it.'
    : 'The request was sent by a page of another site.'
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** A WebSocket is opened by GET, with cookies and by any page, and then does what it likes. */
function isSafe({ REQUEST_METHOD: method, HTTP_UPGRADE: upgrade }: Environ): boolean {
  return safeMethods.has(method) && (upgrade === undefined || !hasToken(upgrade, 'websocket'))
}

/** Whether an origin is that of the host that was asked, with the usual port where none is named. */
function isHostOf(origin: string, environ: Environ): boolean {
  const colon = origin.indexOf('://')
  const scheme = origin.slice(0, colon)
  // A page that came over plain HTTP may be anybody's. The other way round, a proxy may have taken TLS off without telling.
  if (scheme !== 'https' && (scheme !== 'http' || environ['wsgi.url_scheme'] === 'https')) return false
  const theirs = parseHost(origin.slice(colon + 3))
  const ours = parseHost(environ.HTTP_HOST ?? '')
  if (theirs === undefined || ours === undefined) return false
  const usual = scheme === 'https' ? 443 : 80
  return theirs.name === ours.name && (theirs.port ?? usual) === (ours.port ?? usual)
}

/** `'null'` for a `Referer` that is no URL, which is equal to nobody. */
function refererOrigin(referer: string | undefined): string | undefined {
  if (referer === undefined) return undefined
  const origin = /^[a-z]+:\/\/[^/?#\\]*/i.exec(referer)?.[0]
  return parseOrigin(origin ?? 'null') ?? 'null'
}
