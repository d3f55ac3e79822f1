import { createServer, type ServerOptions } from 'node:http'
import type { Http2SecureServer } from 'node:http2'
import type { TlsOptions } from 'node:tls'
import type { NodeServer } from './close-server.ts'
import { limitSessions } from './http2-sessions.ts'
import { asksForWebSocket } from './serve-as-request.ts'
import { type ServerLimits, serverOptions } from './server-limits.ts'
import type { UpgradeOptions } from './upgrade.ts'

/** By which protocols a server of ours is reached, and what its clients may take. */
export interface TransportOptions extends ServerLimits, Pick<UpgradeOptions, 'webSocket'> {
  /**
   * Serves over TLS: `key` and `cert`, or any other options of Node's `tls.createServer`; `handshakeTimeout` is 10000 milliseconds unless
   * it says otherwise. @default none, in the clear
   */
  tls?: TlsOptions | undefined
  /** Speaks HTTP/2 with clients that can, HTTP/1.1 with the others; needs `tls`. @default false */
  http2?: boolean | undefined
}

/** So long the handshake of TLS may take, in milliseconds; Node's default is two minutes. */
const HANDSHAKE_TIMEOUT = 10_000

/**
 * Makes Node's server for the way that requests are to come. Throws a TypeError for HTTP/2 without TLS.
 *
 * The modules for TLS and HTTP/2 are loaded when a server needs them: they take a tenth of the time that core takes to load.
 */
export function createNodeServer(options: TransportOptions): NodeServer {
  const { http2 = false } = options
  const { handshakeTimeout = HANDSHAKE_TIMEOUT } = options.tls ?? {}
  const tls = options.tls && { ...options.tls, handshakeTimeout }
  if (tls === undefined && http2) {
    throw new TypeError(
      'Got http2 without tls; browsers speak HTTP/2 over TLS only: give tls a key and a cert.',
    )
  }
  const limits: ServerOptions = {
    ...serverOptions(options),
    // From Node 24.9 on: requests for another protocol stay ordinary requests. Before, `serveAsRequest` makes them so.
    ...(options.webSocket === false ? {} : { shouldUpgradeCallback: asksForWebSocket }),
  }
  const server = create()
  server.maxConnections = options.maxConnections ?? Number.POSITIVE_INFINITY
  return server

  function create(): NodeServer {
    if (tls === undefined) return withCounts(createServer(limits))
    if (!http2) return withCounts(process.getBuiltinModule('node:https').createServer({ ...limits, ...tls }))
    return createHttp2Server(limits, tls, options.maxRequestsPerSocket ?? 0)
  }

  function withCounts<T extends { maxHeadersCount: number | null; maxRequestsPerSocket: number | null }>(
    made: T,
  ): T {
    // One more than are allowed, so that a request with too many is seen to have them; Node drops what is beyond.
    made.maxHeadersCount = 1001
    made.maxRequestsPerSocket = options.maxRequestsPerSocket ?? 0
    return made
  }
}

/** The most requests of one HTTP/2 connection at the same time; more are refused, and the client waits. */
export const MAX_CONCURRENT_STREAMS = 128

function createHttp2Server(limits: ServerOptions, tls: TlsOptions, maxRequests: number): Http2SecureServer {
  const { headersTimeout = 0, requestTimeout, keepAliveTimeout = 0, maxHeaderSize } = limits
  const { connectionsCheckingInterval } = limits
  const { createSecureServer } = process.getBuiltinModule('node:http2')
  const server = createSecureServer({
    ...limits,
    ...tls,
    allowHTTP1: true,
    settings: {
      maxConcurrentStreams: MAX_CONCURRENT_STREAMS,
      maxHeaderListSize: maxHeaderSize,
      enablePush: false,
    },
  } as Parameters<typeof createSecureServer>[0])
  // For clients that speak HTTP/1.1, and for our own checks; the constructor takes no notice of them.
  Object.assign(server, {
    maxHeaderSize,
    headersTimeout,
    requestTimeout,
    keepAliveTimeout,
    connectionsCheckingInterval,
    maxHeadersCount: 1001,
    maxRequestsPerSocket: maxRequests,
  })
  limitSessions(server, { headersTimeout, keepAliveTimeout, maxRequests })
  return server
}
