import { anyObject, checkOptions, flag, integer, type OptionChecks, text } from '../check-options.ts'
import type { Application } from '../protocol.ts'
import { type AttachOptions, attachChecks, wire } from './attach.ts'
import type { CloseOptions, NodeServer } from './close-server.ts'
import { type ListenOptions, listen, portOf, urlOf } from './listen.ts'
import { createNodeServer, type TransportOptions } from './node-server.ts'
import { closeOnSignals } from './signals.ts'

/** How {@link serve} serves, and where. */
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
  /** Node's own server. */
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
  checkOptions(options, checks, 'serve()')
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

const milliseconds = integer('whole milliseconds from 0 up')

const checks: OptionChecks<ServeOptions> = {
  // A number in a text, as a variable of the environment has it, is good for Node.
  port: ['a port from 0 to 65535', (value) => /^[0-9]{1,5}$/.test(String(value)) && Number(value) <= 65_535],
  host: text,
  path: text,
  mode: integer('permissions, as in 0o660', 0, 0o7777),
  fd: integer('the number of a file descriptor'),
  backlog: integer('how many connections may wait, from 1 up', 1),
  listen: flag,
  signals: flag,
  tls: anyObject,
  http2: flag,
  headersTimeout: milliseconds,
  requestTimeout: milliseconds,
  keepAliveTimeout: milliseconds,
  maxHeaderSize: integer('a number of bytes from 1 up', 1),
  maxRequestsPerSocket: integer('an integer from 0 up'),
  maxConnections: [
    'an integer from 1 up, or Infinity',
    (value) => value === Infinity || (Number.isSafeInteger(value) && (value as number) > 0),
  ],
  ...attachChecks,
}
