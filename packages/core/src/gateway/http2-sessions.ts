/**
 * Ends connections of HTTP/2 that nobody uses, by the limits that Node keeps for HTTP/1 only.
 *
 * The threat: a client that opens connections and sends nothing, half a preface, half the headers of a request, or a ping now and then, and so
 * holds a file descriptor and the state of a session for as long as it likes. A connection counts as used while one of its streams is open,
 * whatever other frames come; how long a stream may be open is for those who watch its body and its answer.
 *
 * @module
 */
import type { Http2SecureServer, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'

/** As {@link ServerLimits}; 0 for no end. */
export interface SessionLimits {
  /** The most milliseconds until the headers of the first request are there. */
  readonly headersTimeout: number
  /** How many milliseconds a connection is kept on which no stream is open. */
  readonly keepAliveTimeout: number
  /** The most requests on one connection. */
  readonly maxRequests: number
}

/** Keeps the limits on every HTTP/2 connection of a server. */
export function limitSessions(server: Http2SecureServer, limits: SessionLimits): void {
  let socket: Socket
  // Node makes the session in its own listener for this event, and afterwards lets nobody at the socket.
  server.prependListener('secureConnection', (secured: Socket) => {
    socket = secured
  })
  server.on('session', (session: ServerHttp2Session) => {
    limitSession(session, socket, limits)
  })
}

/** So long a client has to close its side, in milliseconds. */
const LINGER_TIMEOUT = 5_000

function limitSession(session: ServerHttp2Session, socket: Socket, limits: SessionLimits): void {
  let streams = 0
  let requests = 0
  let timer: NodeJS.Timeout | undefined
  const arm = (milliseconds: number, action: () => void): void => {
    clearTimeout(timer)
    timer = milliseconds === 0 ? undefined : setTimeout(action, milliseconds).unref()
  }
  // Node ends its own side only, and waits for the client to do the same.
  const linger = (): void => arm(LINGER_TIMEOUT, () => socket.destroy())
  const end = (): void => {
    session.close()
    // A stream of which only half the headers came is none that we know, and keeps the session.
    setImmediate(() => session.destroy())
    linger()
  }
  arm(limits.headersTimeout, end)
  socket.once('close', () => clearTimeout(timer))
  session.on('stream', (stream: ServerHttp2Stream) => {
    streams++
    clearTimeout(timer)
    stream.once('close', () => {
      streams--
      if (streams > 0) return
      if (session.closed) linger()
      else arm(limits.keepAliveTimeout, end)
    })
    if (++requests === limits.maxRequests) session.close()
  })
}
