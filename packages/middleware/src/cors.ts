/**
 * Lets pages of other origins read answers (CORS, in the Fetch standard).
 *
 * The threat: browsers keep pages from reading what other servers answer, and every header here takes a part of that away. An origin that is echoed
 * unchecked, together with credentials, shows any page what a signed-in visitor sees; `null` is an origin that any page can have; an answer without
 * `Vary` is given by a cache to the wrong origin. So origins are compared whole, `null` is none unless it is asked for, and never is there `*` with
 * credentials. What is not stopped: requests themselves. A form of any page can still send one, with cookies: that is for `csrf`.
 *
 * @module
 */
import {
  type Application,
  type Body,
  type Environ,
  type HeaderList,
  isPromise,
  type Middleware,
  type StartResponse,
} from '@stapel/core'
import {
  formatAccessControl,
  isToken,
  type Preflight,
  parseOrigin,
  parsePreflight,
  varyOn,
} from '@stapel/core/http'
import { answerErrors } from './answer-errors.ts'
import { checkOptions, flag, integer, type OptionCheck, type OptionChecks } from './check-options.ts'
import { type CorsOrigins, compileOrigins, type OriginCheck } from './cors-origins.ts'

export type { CorsOrigins, OriginCheck } from './cors-origins.ts'

/** What pages of the origins may do. */
export interface CorsOptions {
  /** Whether they may send cookies and other credentials. @default false */
  credentials?: boolean | undefined
  /** The methods that they may use, in capitals; `'*'` for whichever they ask for. @default GET, HEAD, POST, PUT, PATCH, DELETE */
  methods?: '*' | readonly string[] | undefined
  /** The request headers that they may send; `'*'` for whichever they ask for. @default '*' */
  allowHeaders?: '*' | readonly string[] | undefined
  /** The headers of answers that they may read, besides those that they always may. @default none */
  exposeHeaders?: '*' | readonly string[] | undefined
  /** For how many seconds a browser may go by the answer to a preflight. @default undefined, 5 in most browsers */
  maxAge?: number | undefined
  /** Whether pages of the public network may reach this server in a private one. @default false */
  privateNetwork?: boolean | undefined
  /** Whether the origin `null` is allowed, which any page can have: of files, and of sandboxed frames. Not with credentials. @default false */
  allowNull?: boolean | undefined
  /** `204` or `200` for the answer to a preflight; `'pass'` lets the application answer it, with the headers of this layer. @default 204 */
  preflight?: 204 | 200 | 'pass' | undefined
}

/**
 * Allows pages of these origins to read answers, those of errors and 304 among them, and answers their preflights.
 *
 * An origin is compared whole (`'https://app.example'`), below a name (`'https://*.example.org'`), by a RegExp that must fit all of it, or by a function.
 * Where the answer depends on the origin, every answer says so by `Vary: Origin`. An answer that has `Access-Control-Allow-Origin` keeps its own.
 * OPTIONS that is no preflight goes to the application. Throws a TypeError for what is no origin, for options that are wrong, and for
 * credentials together with `'*'`, with `exposeHeaders: '*'` or with `allowNull`.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { cors } from '@stapel/middleware/cors'
 *
 * export const app = stack((_environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'application/json']])
 *   return '{}'
 * }, cors(['https://app.example', 'https://*.example.org'], { credentials: true, maxAge: 600 }))
 * ```
 */
export function cors(origins: CorsOrigins, options: CorsOptions = {}): Middleware {
  checkOptions('cors', options, checks)
  const { credentials = false, exposeHeaders, allowNull = false, preflight = 204 } = options
  const any = origins === '*'
  checkCredentials(any, options)
  const isAllowed: OriginCheck = any ? () => true : compileOrigins(origins, 'cors')
  // What depends on no request is made once, with an origin in the place of any.
  const [, ...shared] = formatAccessControl({
    allowOrigin: 'https://a.example',
    allowCredentials: credentials,
    exposeHeaders,
  })
  // Copies, as whoever gets a list may change it.
  const allowing = (origin: string): HeaderList => [
    ['Access-Control-Allow-Origin', origin],
    ...shared.map(([name, value]): [string, string] => [name, value]),
  ]
  const answerPreflight = createPreflightHeaders(options)

  const varyOnPreflight = [...(any ? [] : ['Origin']), ...preflightVary(options)]

  function respond(
    app: Application,
    environ: Environ,
    startResponse: StartResponse,
    origin: string | undefined,
  ): Body | Promise<Body> {
    const asked = parsePreflight(environ)
    if (asked === undefined) {
      if (any) {
        return answerErrors(app, environ, startResponse, (headers) => withCors(headers, allowing('*')))
      }
      return answerErrors(app, environ, startResponse, (headers) => {
        const varying = varyOn(headers, 'Origin')
        return origin === undefined ? varying : withCors(varying, allowing(origin))
      })
    }
    const own = origin === undefined ? [] : [...allowing(origin), ...answerPreflight(asked, environ)]
    if (preflight === 'pass') {
      return answerErrors(app, environ, startResponse, (headers) =>
        withCors(varyOn(headers, ...varyOnPreflight), own),
      )
    }
    startResponse(preflight === 200 ? '200 OK' : '204 No Content', varyOn(own, ...varyOnPreflight))
    return ''
  }

  return function cors(app: Application): Application {
    return function cors(environ: Environ, startResponse: StartResponse) {
      if (any) return respond(app, environ, startResponse, '*')
      const origin = parseOrigin(environ.HTTP_ORIGIN ?? '')
      if (origin === undefined || (origin === 'null' && !allowNull)) {
        return respond(app, environ, startResponse, undefined)
      }
      const allowed = origin === 'null' || isAllowed(origin, environ)
      const decide = (verdict: boolean) =>
        respond(app, environ, startResponse, verdict === true ? origin : undefined)
      return isPromise(allowed) ? allowed.then(decide) : decide(allowed)
    }
  }
}

const defaultMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

const names: OptionCheck = {
  expected: "'*' or a list of names, each a token (RFC 9110 section 5.6.2)",
  accepts: (value) =>
    value === '*' ||
    (Array.isArray(value) &&
      value.every((name) => typeof name === 'string' && name !== '*' && isToken(name))),
}

const methodNames: OptionCheck = {
  expected: `${names.expected}, in capitals, as methods are compared letter by letter`,
  accepts: (value) =>
    names.accepts(value) &&
    (value === '*' || (value as string[]).every((name) => name === name.toUpperCase())),
}

const checks: OptionChecks<CorsOptions> = {
  credentials: flag,
  methods: methodNames,
  allowHeaders: names,
  exposeHeaders: names,
  maxAge: integer(0, 2_147_483_648, 'a number of seconds'),
  privateNetwork: flag,
  allowNull: flag,
  preflight: {
    expected: "204, 200 or 'pass'",
    accepts: (value) => value === 204 || value === 200 || value === 'pass',
  },
}

function checkCredentials(any: boolean, { credentials, exposeHeaders, allowNull }: CorsOptions): void {
  if (credentials !== true) return
  if (any) {
    throw new TypeError(
      "cors: got '*' with credentials, which would show every page what a signed-in visitor sees; expected the origins that may have them.",
    )
  }
  if (exposeHeaders === '*') {
    throw new TypeError(
      "cors: got '*' for the option exposeHeaders with credentials, where browsers take it for a name; expected a list of names.",
    )
  }
  if (allowNull === true) {
    throw new TypeError(
      'cors: got allowNull with credentials; expected one of them, as any page can have the origin null.',
    )
  }
}

type PreflightHeaders = (asked: Preflight, environ: Environ) => HeaderList

/** What the answer to a preflight has besides the origin. */
function createPreflightHeaders(options: CorsOptions): PreflightHeaders {
  const { methods = defaultMethods, allowHeaders = '*', maxAge, privateNetwork } = options
  const fixed = formatAccessControl({
    allowMethods: methods === '*' ? undefined : methods,
    allowHeaders: allowHeaders === '*' || allowHeaders.length === 0 ? undefined : allowHeaders,
    maxAge,
  })
  return (asked, environ) => {
    const own = [...fixed]
    if (methods === '*') own.push(['Access-Control-Allow-Methods', asked.method])
    // Named one by one: browsers do not take `*` for `Authorization`, nor for anything with credentials.
    if (allowHeaders === '*' && asked.headers.length > 0) {
      own.push(['Access-Control-Allow-Headers', asked.headers.join(', ')])
    }
    if (privateNetwork === true && environ.HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK === 'true') {
      own.push(['Access-Control-Allow-Private-Network', 'true'])
    }
    return own
  }
}

function preflightVary({ methods, allowHeaders = '*', privateNetwork }: CorsOptions): string[] {
  const vary: string[] = []
  if (methods === '*') vary.push('Access-Control-Request-Method')
  if (allowHeaders === '*') vary.push('Access-Control-Request-Headers')
  if (privateNetwork === true) vary.push('Access-Control-Request-Private-Network')
  return vary
}

/** The headers with those of this layer, unless the application allows an origin itself. */
function withCors(headers: HeaderList, own: HeaderList): HeaderList {
  for (const [name] of headers) {
    if (name.length === allowOrigin.length && name.toLowerCase() === allowOrigin) return headers
  }
  return [...headers, ...own]
}

const allowOrigin = 'access-control-allow-origin'
