import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { checkApplication } from '../check-application.ts'
import { checkOptions, errorLog, integer, type OptionChecks } from '../check-options.ts'
import type { Application, Environ, ErrorLog } from '../protocol.ts'
import { endEmptyRequest } from './empty-request.ts'
import { type Connection, connectionOf, createEnviron, type ServerState, shapeFor } from './environ.ts'
import { Exchange } from './exchange.ts'
import { adaptHttp2, bodyFollows, checkHeaderSize, isHttp2, streamOf } from './http2-response.ts'
import { limitBodyTime } from './http2-slow-body.ts'
import { RequestContext } from './request-context.ts'
import { RequestInput } from './request-input.ts'

/** How {@link nodeHandler} answers. */
export interface NodeHandlerOptions {
  /** `wsgi.errors`, where failures are logged. @default standard error */
  errors?: ErrorLog | undefined
  /**
   * How many milliseconds a client may take nothing of an answer that is being sent to it; 0 for no end. Then its connection is cut.
   * @default 120000
   */
  stallTimeout?: number | undefined
  /** The most header fields of a request; more is answered 431. @default 100 */
  maxHeadersCount?: number | undefined
}

/** A listener for the `request` event of a Node server, of HTTP/1 or HTTP/2. */
export type NodeHandler = (
  req: IncomingMessage | Http2ServerRequest,
  res: ServerResponse | Http2ServerResponse,
) => void

/**
 * An application as a `(req, res)` handler, to mount in a Node server that is already there.
 *
 * In somebody else's server neither the delayed `100 Continue` nor WebSockets are promised; `serve` and `attach` wire those too.
 * A malformed Host is left out of environ instead of being refused, and a missing one is the server's to refuse (Node's option
 * `requireHostHeader`): for which hosts to answer is the policy of the server it is mounted in.
 * Throws a TypeError when `app` is no function and for an unknown option.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { nodeHandler } from '@stapel/core/node'
 *
 * const server = createServer(
 *   nodeHandler((_environ, startResponse) => {
 *     startResponse('200 OK', [['Content-Type', 'text/plain']])
 *     return 'Hello'
 *   }),
 * )
 * ```
 */
export function nodeHandler(app: Application, options: NodeHandlerOptions = {}): NodeHandler {
  checkOptions(options, nodeHandlerChecks, 'nodeHandler()')
  const handle = requestHandler(app, options, { ...serverState(options, false), forgivesHost: true })
  // Where the two differ, `adaptHttp2` makes them alike.
  return (req, res) => handle(req as IncomingMessage, res as ServerResponse, undefined)
}

/** What the options of {@link nodeHandler} may be. */
export const nodeHandlerChecks: OptionChecks<NodeHandlerOptions> = {
  errors: errorLog,
  stallTimeout: ['milliseconds, or 0 for no end', (value) => typeof value === 'number' && value >= 0],
  maxHeadersCount: integer('an integer from 1 to 1000', 1, 1000),
}

/** As {@link NodeHandler}; `invite` sends `100 Continue` when the application first reads. */
export type InvitingHandler = (
  req: IncomingMessage,
  res: ServerResponse,
  invite: (() => void) | undefined,
) => void

/** What `nodeHandler`, `attach` and `serve` share. */
export function requestHandler(
  app: Application,
  options: NodeHandlerOptions,
  server: ServerState,
): InvitingHandler {
  checkApplication(app)
  const errors = options.errors ?? standardError
  return (req, res, invite) => {
    const connection = connectionOf(req, errors, server)
    if (connection.closing) {
      res.destroy()
      return
    }
    const shape = shapeFor(req, connection)
    let { hasBody } = shape
    const overHttp2 = isHttp2(req)
    if (overHttp2) {
      const abandon = adaptHttp2(req, res, server.stallTimeout)
      hasBody = bodyFollows(req)
      if (hasBody) limitBodyTime(streamOf(req), abandon)
    } else if (server.owned && !hasBody) {
      endEmptyRequest(req)
    }
    const input = new RequestInput(req, hasBody, invite, server.owned && !overHttp2)
    const context = new RequestContext(res, input)
    let environ: Environ
    try {
      if (overHttp2) checkHeaderSize(req)
      environ = createEnviron(req, connection, shape, input, context)
    } catch (error) {
      new Exchange(req, res, connection, context, refusedEnviron(req, connection)).fail(error, true)
      return
    }
    new Exchange(req, res, connection, context, environ).run(app)
  }
}

/** What the connections of a server share, from its options. */
export function serverState(options: NodeHandlerOptions, owned: boolean): ServerState {
  const { stallTimeout = STALL_TIMEOUT, maxHeadersCount = MAX_HEADERS_COUNT } = options
  return { owned, stallTimeout, maxHeadersCount, closing: false }
}

/** Two minutes, in milliseconds. */
const STALL_TIMEOUT = 120_000

const MAX_HEADERS_COUNT = 100

/** Where failures are logged unless something else is said. */
export const standardError: ErrorLog = {
  write: (text) => void process.stderr.write(text),
  flush: () => {},
}

/** What an error page needs of a request that has no environ, because it is malformed. */
function refusedEnviron(req: IncomingMessage, connection: Connection): Environ {
  const known: Partial<Environ> = { 'wsgi.errors': connection.errors }
  if (req.headers.accept !== undefined) known.HTTP_ACCEPT = req.headers.accept
  return known as Environ
}
