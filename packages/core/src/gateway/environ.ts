import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { parseHost } from '../http/host.ts'
import { BadHost, BadRequest, HTTPVersionNotSupported, NotImplemented } from '../http-errors.ts'
import type { Context, Environ, ErrorLog } from '../protocol.ts'
import { type ConnectionParts, type EnvironShape, shapeOf, tooManyHeaders } from './environ-shape.ts'
import { plainAddress } from './plain-address.ts'
import { parseTarget } from './target.ts'

/** What the connections of one server share. */
export interface ServerState {
  /** Whether the server is ours, so that nobody has set headers on a response before us. */
  readonly owned: boolean
  /**
   * Whether a Host may be missing, and a malformed one is left out of environ instead of being refused: what hosts to answer for is then the
   * policy of whoever made the server, and nobody reads the malformed one.
   */
  readonly forgivesHost?: boolean
  /** How long a client may take nothing of an answer, in milliseconds; 0 for no end. */
  readonly stallTimeout: number
  /** The most header fields of a request. */
  readonly maxHeadersCount: number
  /** Set when the server stops: every answer that begins now is the last of its connection. */
  closing: boolean
}

/** What is known of a connection, made with its first request. Nothing of a request stays here. */
export interface Connection extends ConnectionParts {
  /** The header names of the last request: the next one on this connection mostly has the same. */
  shape: EnvironShape | undefined
  /** The last Host that was well-formed. */
  host: string | undefined
  readonly server: ServerState
  /** Set when the rest of a body was given up: what follows on the connection is no request. */
  closing: boolean
}

/** The connection of a request. */
export function connectionOf(req: IncomingMessage, errors: ErrorLog, server: ServerState): Connection {
  const socket = req.socket as Socket & { [connectionSymbol]?: Connection }
  socket[connectionSymbol] ??= describeConnection(socket, errors, server)
  return socket[connectionSymbol]
}

/** The shape of a request's headers: that of the request before, or looked up. */
export function shapeFor(req: IncomingMessage, connection: Connection): EnvironShape {
  const raw = req.rawHeaders
  const last = connection.shape
  if (last !== undefined && hasNames(raw, last.names)) return last
  if (raw.length > connection.server.maxHeadersCount * 2) return tooManyHeaders
  const shape = shapeOf(raw, connection.remoteAddress !== undefined)
  connection.shape = shape
  return shape
}

/** The environ of a request (clause 2); throws an HTTPError for a request that may not reach an application. */
export function createEnviron(
  req: IncomingMessage,
  connection: Connection,
  shape: EnvironShape,
  input: AsyncIterable<Uint8Array>,
  context: Context,
): Environ {
  const raw = req.rawHeaders
  const method = req.method as string
  const url = req.url as string
  let hasHost = true
  if (shape.refused !== undefined) throw shape.refused()
  if (shape.host === -1) {
    if (req.httpVersion !== '1.0' && connection.server.forgivesHost !== true) {
      throw new BadHost('The request has no Host header.')
    }
  } else if (raw[shape.host] !== connection.host) {
    hasHost = checkHost(raw[shape.host] as string, connection)
  }
  if (shape.codings !== undefined) checkCodings(shape.codings.map((place) => raw[place]).join(','))
  const target = parseTarget(url, method)
  const environ = shape.make(
    raw,
    {
      method,
      pathInfo: target.path,
      requestUri: url,
      queryString: target.query,
      protocol: req.httpVersion === '1.1' ? 'HTTP/1.1' : protocolOf(req),
      input,
      context,
    },
    connection,
  )
  if (!hasHost) delete environ.HTTP_HOST
  if (target.authority !== undefined) environ.HTTP_HOST = target.authority
  return environ
}

/**
 * Node undoes `chunked` and hands over the rest as it came: the bytes of another coding before it would be taken for the content (RFC 9112
 * section 6.1). Where `chunked` is not the last coding, the parser refuses the request.
 */
function checkCodings(value: string): void {
  if (value === 'chunked' || !otherThanChunked.test(value)) return
  throw new NotImplemented('The transfer coding of the request is not supported; it is chunked alone.')
}

const otherThanChunked = /[^\t ,][\t ]*,[\t ,]*chunked[\t ,]*$/i

/** HTTP/2 has servers of its own; in the words of HTTP/1 neither it nor HTTP/0.9 is spoken, which Node's parser lets through. */
function protocolOf(req: IncomingMessage): string {
  const version = req.httpVersion
  if (version === '1.0' || 'stream' in req) return `HTTP/${version}`
  if (version === '0.9') throw new BadRequest('The request line has no version.')
  throw new HTTPVersionNotSupported(`HTTP/${version} is not spoken here.`)
}

const connectionSymbol: unique symbol = Symbol('stapel.connection')

function describeConnection(socket: Socket, errors: ErrorLog, server: ServerState): Connection {
  const encrypted = 'encrypted' in socket && socket.encrypted === true
  return {
    serverName: plainAddress(socket.localAddress ?? 'localhost'),
    serverPort: String(socket.localPort ?? (encrypted ? 443 : 80)),
    remoteAddress: socket.remoteAddress && plainAddress(socket.remoteAddress),
    remotePort: socket.remotePort === undefined ? undefined : String(socket.remotePort),
    scheme: encrypted ? 'https' : 'http',
    errors,
    server,
    shape: undefined,
    host: undefined,
    closing: false,
  }
}

function hasNames(raw: readonly string[], names: readonly string[]): boolean {
  if (raw.length !== names.length * 2) return false
  for (let i = 0; i < names.length; i++) {
    if (raw[i * 2] !== names[i]) return false
  }
  return true
}

/** `false` for a malformed Host that is to be left out. */
function checkHost(host: string, connection: Connection): boolean {
  if (parseHost(host) === undefined) {
    if (connection.server.forgivesHost === true) return false
    throw new BadHost('The Host header is malformed.')
  }
  connection.host = host
  return true
}
