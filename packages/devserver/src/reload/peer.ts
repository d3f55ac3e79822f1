/**
 * How the application's process learns who the client is.
 *
 * The parent process has the client's connection, the application's process only a unix socket. The client's address and the listening side
 * travel in one header of each request. The threat: a client that sends such a header itself could pose as any address. Its name is random,
 * made anew for each run and told to nobody but the two processes; the parent drops the header from what clients send, and the child
 * takes it out of environ before the application runs. Whoever can read the memory of either process is not kept out.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Application, Environ } from '@stapel/core'

/** The name of the header, known to the two processes of one run. */
export function createPeerHeader(): string {
  return `Stapel-Peer-${randomBytes(16).toString('hex')}`
}

/** What the parent had to add so that the request could be passed on; the child takes it away again. */
export interface Additions {
  /** `Transfer-Encoding: chunked`, for a body that came over HTTP/2. */
  readonly chunked: boolean
  /** `Content-Length: 0`, for a method that usually has a body and came without one. */
  readonly contentLength: boolean
  /** `Host`, which HTTP/1.0 does not need. */
  readonly host: boolean
}

/** The value of the header for a request. */
export function formatPeer(req: IncomingMessage, additions: Additions): string {
  const { socket } = req
  const secure = 'encrypted' in socket && socket.encrypted === true
  const flags = `${additions.chunked ? 'c' : ''}${additions.contentLength ? 'l' : ''}${additions.host ? 'h' : ''}${secure ? 's' : ''}`
  return [
    plainAddress(socket.remoteAddress),
    socket.remotePort,
    plainAddress(socket.localAddress),
    socket.localPort,
    req.httpVersion,
    flags === '' ? undefined : flags,
  ]
    .map((part) => part ?? '-')
    .join(' ')
}

/** The application with the client's address in environ, as if it had the connection itself. */
export function restorePeer(app: Application, header: string): Application {
  const key = `HTTP_${header.toUpperCase().replaceAll('-', '_')}` as `HTTP_${string}`
  return function restoredPeer(environ, startResponse) {
    const value = environ[key]
    if (value !== undefined) {
      delete environ[key]
      // What Node wrote about the connection between the two processes.
      delete environ.HTTP_CONNECTION
      restore(environ, value)
    }
    return app(environ, startResponse)
  }
}

function restore(environ: Environ, value: string): void {
  const [address, port, serverName, serverPort, version, flags] = value.split(' ')
  if (present(address)) environ.REMOTE_ADDR = address
  if (present(port)) environ.REMOTE_PORT = port
  if (present(serverName)) environ.SERVER_NAME = serverName
  if (present(serverPort)) environ.SERVER_PORT = serverPort
  if (present(version)) environ.SERVER_PROTOCOL = `HTTP/${version}`
  if (!present(flags)) return
  if (flags.includes('s')) environ['wsgi.url_scheme'] = 'https'
  if (flags.includes('c')) delete environ.HTTP_TRANSFER_ENCODING
  if (flags.includes('l')) delete environ.CONTENT_LENGTH
  // An absolute-form target has put its own authority there.
  if (flags.includes('h') && environ.REQUEST_URI.startsWith('/')) delete environ.HTTP_HOST
}

function present(part: string | undefined): part is string {
  return part !== undefined && part !== '-'
}

/** A server that listens on `::` gives IPv4 peers as `::ffff:192.0.2.1`; the gateway of core writes them plain, too. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
