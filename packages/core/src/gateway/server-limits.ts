import type { ServerOptions } from 'node:http'

/** What a client may take of a server; `docs/serving.md` has all limits in one table. */
export interface ServerLimits {
  /**
   * The most milliseconds for the headers of a request, no more than `requestTimeout`; 0 for no end. Then it is answered 408.
   * @default 60000, or `requestTimeout` where that is less
   */
  headersTimeout?: number | undefined
  /** The most milliseconds for a whole request; 0 for no end. Then it is answered 408. @default 300000 */
  requestTimeout?: number | undefined
  /** How many milliseconds an idle connection is kept; 0 keeps it until the client closes it. @default 5000 */
  keepAliveTimeout?: number | undefined
  /** The most bytes of all header fields of a request; more is answered 431. @default 16384 */
  maxHeaderSize?: number | undefined
  /** The most requests on one connection, which is closed after the last; 0 for no end. @default 0 */
  maxRequestsPerSocket?: number | undefined
  /** The most connections; more are closed when they come. @default Infinity */
  maxConnections?: number | undefined
}

/** The options of Node's server for our limits and ways. */
export function serverOptions(limits: ServerLimits): ServerOptions {
  const { requestTimeout = 300_000 } = limits
  return {
    headersTimeout: limits.headersTimeout ?? Math.min(60_000, requestTimeout || Infinity),
    requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout ?? 5_000,
    maxHeaderSize: limits.maxHeaderSize ?? 16_384,
    connectionsCheckingInterval: checkingInterval(limits),
    // The gateway answers a missing Host itself (clause 2), with the rest of its checks.
    requireHostHeader: false,
    // From Node 24.10 on: no stream is set up for a request without a body, which the gateway never reads.
    ...{ optimizeEmptyRequests: true },
  }
}

/** How late a timeout is noticed, in milliseconds: at most half of it again, and 5 s, where Node's default is 30 s. */
function checkingInterval({ headersTimeout, requestTimeout }: ServerLimits): number {
  const shortest = Math.min(headersTimeout || Infinity, requestTimeout || Infinity)
  return Math.max(20, Math.min(5_000, shortest / 2))
}
