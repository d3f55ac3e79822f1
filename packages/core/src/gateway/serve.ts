import { checkOptionNames, type OptionNames } from '../option-names.ts'
import type { Application } from '../protocol.ts'
import { type AttachOptions, attachOptionNames, wire } from './attach.ts'
import type { CloseOptions, NodeServer } from './close-server.ts'
import { type ListenOptions, listen, portOf, urlOf } from './listen.ts'
import { createNodeServer, type TransportOptions } from './node-server.ts'
import { closeOnSignals } from './signals.ts'

export interface ServeOptions extends AttachOptions, ListenOptions, TransportOptions {
  /**
   * Closes the server on SIGTERM and SIGINT, as `close()` does; a second signal cuts what is left at once. The process then ends by itself
   * when nothing else keeps it. @default false
   */
  signals?: boolean | undefined
  /**
   * Whether it listens. A server that does not is handed its connections, as by a parent process that accepts them:
   * `running.server.emit('connection', socket)`. @default true
   */
  listen?: boolean | undefined
}

/** A server that listens. */
export interface RunningServer {
  /** `'http://127.0.0.1:8000'`; on a unix socket its path, empty when it does not listen. */
  readonly url: string
  /** The port it listens on; 0 on a unix socket, and when it does not listen. */
  readonly port: number
  readonly server: NodeServer
  /** Settles when the server was closed, by `close()` or by a signal. */
  readonly closed: Promise<void>
  /**
   * Stops accepting, closes idle connections, says `Connection: close` on the last answers, waits for requests in flight, and cuts them after
   * `timeout` milliseconds. The same promise for every call.
   */
  close(options?: CloseOptions): Promise<void>
}

/**
 * Serves an application over HTTP/1.1, or over HTTPS and HTTP/2 with `tls` and `http2`, obeying every clause of the protocol.
 *
 * Rejects with Node's error when the address cannot be had (`EADDRINUSE`, `EACCES` …), with a TypeError or RangeError for an option that
 * is unknown or cannot be.
 *
 * @example
 * ```ts
 * import { serve } from '@stapel/core/node'
 *
 * const running = await serve(
 *   (environ, startResponse) => {
 *     startResponse('200 OK', [['Content-Type', 'text/plain']])
 *     return `Hello from ${environ.PATH_INFO}`
 *   },
 *   { port: 0 },
 * )
 * console.log(running.url)
 * await running.close()
 * ```
 */
export async function serve(app: Application, options: ServeOptions = {}): Promise<RunningServer> {
  checkOptionNames(options, optionNames, 'serve()')
  const server = createNodeServer(options)
  const wired = wire(server, app, options, true)
  const { closed } = wired
  if (options.listen !== false) await listen(server, options)
  // Node prepares its timeouts for a server that listens.
  else server.emit('listening')
  if (options.signals === true) void closed.then(closeOnSignals(wired))
  return {
    url: urlOf(server, options.tls === undefined ? 'http' : 'https'),
    port: portOf(server),
    server,
    closed,
    close: wired.close,
  }
}

const optionNames: OptionNames<ServeOptions> = {
  port: true,
  host: true,
  path: true,
  mode: true,
  fd: true,
  backlog: true,
  listen: true,
  signals: true,
  tls: true,
  http2: true,
  headersTimeout: true,
  requestTimeout: true,
  keepAliveTimeout: true,
  maxHeaderSize: true,
  maxRequestsPerSocket: true,
  maxConnections: true,
  ...attachOptionNames,
}
