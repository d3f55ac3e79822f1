import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { describe, isPromise } from '../body.ts'
import { type Answer, capture } from '../capture.ts'
import { type Connection, connectionOf, createEnviron, shapeFor } from '../gateway/environ.ts'
import { Exchange } from '../gateway/exchange.ts'
import { bodyFollows, isHttp2 } from '../gateway/http2-response.ts'
import { serverState, standardError } from '../gateway/node-handler.ts'
import { RequestContext } from '../gateway/request-context.ts'
import { RequestInput } from '../gateway/request-input.ts'
import { normalizePath } from '../http/path.ts'
import { BadRequest } from '../http-errors.ts'
import type { Application, Environ, Middleware } from '../protocol.ts'
import { ProtocolError } from '../protocol-error.ts'
import { stack } from '../stack.ts'
import { toConnectError } from './connect-error.ts'
import { ConnectHttp2Response } from './connect-http2-response.ts'
import { applyEnviron } from './connect-request.ts'
import { ConnectResponse, type FollowedResponse } from './connect-response.ts'
import type { MountedRequest } from './node-request.ts'

/** Middleware of Express, connect, polka and their kin. */
export type ConnectMiddleware = (
  req: IncomingMessage | Http2ServerRequest,
  res: ServerResponse | Http2ServerResponse,
  next: (error?: unknown) => void,
) => void

/**
 * Middleware of ours for an Express, connect or polka application: one, or several, of which the first named is the outermost.
 *
 * The application inside is what follows: it calls `next()`, and what later handlers write into `res` flows out through the middleware, chunk
 * by chunk. They see what the middleware changed in environ: method, path, prefix, headers, address and scheme. In a mount, `SCRIPT_NAME` is
 * `req.baseUrl`. A body that a layer put in the place of `wsgi.input` does not reach them: they read `req`.
 *
 * What is thrown before the answer has begun reaches `next(error)`, with nothing of the failed answer left on `res`; after it, the
 * connection is cut and the error logged. Throws a TypeError for what is no middleware.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { toConnect } from '@stapel/core/node'
 *
 * const poweredBy = toConnect((app) => (environ, startResponse) =>
 *   app(environ, (status, headers, error) => startResponse(status, [...headers, ['X-Layer', 'stapel']], error)),
 * )
 * const server = createServer((req, res) => poweredBy(req, res, () => res.end('Hello')))
 * ```
 */
export function toConnect(...middleware: readonly Middleware[]): ConnectMiddleware {
  const app = stack(following, ...middleware)
  const server = serverState({}, false)
  return function stapel(request, res, next) {
    // Node's requests for HTTP/2 have what is asked for here in the same words.
    const req = request as IncomingMessage
    const overHttp2 = isHttp2(req) && 'stream' in res
    if (!(res instanceof ServerResponse) && !overHttp2) {
      next(new TypeError(`Got ${describe(res)} for the response; expected one of Node's servers.`))
      return
    }
    const connection = connectionOf(req, standardError, server)
    const response = overHttp2
      ? new ConnectHttp2Response(req, res as Http2ServerResponse, server.stallTimeout)
      : new ConnectResponse(res as ServerResponse)
    const out = response.outer
    const shape = shapeFor(req, connection)
    const input = new RequestInput(req, overHttp2 ? bodyFollows(req) : shape.hasBody, undefined)
    const context = new RequestContext(out, input)
    let environ: Environ
    try {
      environ = createEnviron(req, connection, shape, input, context)
      mount(environ, req)
    } catch (error) {
      next(toConnectError(error))
      return
    }
    const call: ConnectCall = { req, response, before: environ, next, called: false }
    environ['stapel.connect'] = call
    call.before = { ...environ }
    const fail = (error: unknown): void => {
      if (out.destroyed) return
      response.restore()
      next(toConnectError(error))
    }
    const send = (answer: Answer): void => respond(answer, call, connection, context, environ)
    let answer: Answer | Promise<Answer>
    try {
      answer = capture(app, environ)
    } catch (error) {
      fail(error)
      return
    }
    if (isPromise(answer)) answer.then(send, fail)
    else send(answer)
  }
}

/** What belongs to one request: under `'stapel.connect'` in its environ, for the application inside. */
interface ConnectCall {
  readonly req: IncomingMessage
  readonly response: FollowedResponse
  /** Environ as it was before the first layer. */
  before: Environ
  readonly next: (error?: unknown) => void
  called: boolean
}

/** The application inside: whatever follows in the framework. */
const following: Application = function following(environ, startResponse) {
  const call = environ['stapel.connect'] as ConnectCall
  if (call.called) {
    throw new ProtocolError(
      '1',
      'The application was called twice; what follows in a framework can be called once.',
    )
  }
  call.called = true
  applyEnviron(call.req, call.before, environ)
  return call.response.run(startResponse, call.next)
}

function respond(
  answer: Answer,
  call: ConnectCall,
  connection: Connection,
  context: RequestContext,
  environ: Environ,
): void {
  const exchange = new Exchange(call.req, call.response.outer, connection, context, environ)
  exchange.run((_environ, startResponse) => {
    const write = startResponse(answer.status, answer.headers)
    if (call.response.flushed) void write('')
    return answer.body
  })
}

/** In a mount the framework has taken the prefix off the url. */
function mount(environ: Environ, req: IncomingMessage & MountedRequest): void {
  const { baseUrl = '', originalUrl } = req
  if (originalUrl !== undefined) environ.REQUEST_URI = originalUrl
  // connect keeps no base; what the url lost at its front is it.
  const base =
    baseUrl !== '' || originalUrl === undefined ? baseUrl : lostPrefix(originalUrl, req.url as string)
  if (base === '') return
  const script = normalizePath(base)
  if (script === undefined) throw new BadRequest('The path climbs above the root or holds a NUL.')
  environ.SCRIPT_NAME = script.endsWith('/') ? script.slice(0, -1) : script
}

function lostPrefix(original: string, url: string): string {
  if (original.endsWith(url)) return original.slice(0, original.length - url.length)
  // A mount that was met exactly: '/admin?q' has become '/?q'.
  return url.startsWith('/') && original.endsWith(url.slice(1))
    ? original.slice(0, original.length - url.length + 1)
    : ''
}
