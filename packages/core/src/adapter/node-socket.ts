import type { Environ } from '../protocol.ts'
import type { NodeAnswer } from './node-answer.ts'
import type { ConnectionContext } from './node-connection.ts'
import { SOCKET_HIGH_WATER_MARK, type Written, WrittenSocket } from './written-socket.ts'

/**
 * What a framework sees as `req.socket` and `res.socket`: the peer and the scheme as environ has them, and where the bytes of the answer's
 * body go. One per request: the connection itself belongs to the gateway.
 *
 * Node's own request resumes its socket when it wants more of the body, and its own response writes to it as to any stream. Nothing can be read
 * from it: the body of the request is read from the request.
 */
export class AdapterSocket extends WrittenSocket {
  /** `true` for https and absent otherwise, as on the sockets of Node. */
  declare encrypted?: true
  /** As on a `net.Socket`: the milliseconds of {@link AdapterSocket.setTimeout}. */
  timeout: number = 0
  /** What Node's response asks before it tells of its end: set when the connection was cut. */
  _hadError = false
  readonly #environ: Environ
  readonly #answer: NodeAnswer
  #timer: NodeJS.Timeout | undefined

  constructor(environ: Environ, answer: NodeAnswer) {
    super()
    this.#environ = environ
    this.#answer = answer
    if (environ['wsgi.url_scheme'] === 'https') this.encrypted = true
  }

  get remoteAddress(): string | undefined {
    const address = this.#environ.REMOTE_ADDR
    const native = this.#context.peerAddress
    // Nobody has changed it, and who compares it with what Node gives finds the same.
    return native !== undefined && native === `::ffff:${address}` ? native : address
  }

  get remotePort(): number | undefined {
    return portOf(this.#environ.REMOTE_PORT)
  }

  get remoteFamily(): string | undefined {
    return familyOf(this.remoteAddress)
  }

  get localAddress(): string {
    return this.#environ.SERVER_NAME
  }

  get localPort(): number | undefined {
    return portOf(this.#environ.SERVER_PORT)
  }

  get localFamily(): string | undefined {
    return familyOf(this.#environ.SERVER_NAME)
  }

  /** As on the sockets of a Node server, on its gateway: proxies for WebSockets and Next's API routes look for it. */
  get server(): unknown {
    return this.#context.server
  }

  get connecting(): boolean {
    return false
  }

  get pending(): boolean {
    return false
  }

  get readyState(): string {
    return this.destroyed ? 'closed' : 'open'
  }

  /** The listening side, as `net.Socket` gives it. */
  address(): { address: string; port: number | undefined; family: string | undefined } {
    return { address: this.localAddress, port: this.localPort, family: this.localFamily }
  }

  setTimeout(milliseconds: number, listener?: () => void): this {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.timeout = milliseconds
    if (milliseconds === 0) {
      if (listener !== undefined) this.off('timeout', listener)
      return this
    }
    if (listener !== undefined) this.once('timeout', listener)
    this.#timer = setTimeout(() => this.#timedOut(), milliseconds).unref()
    return this
  }

  setKeepAlive(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  get readable(): boolean {
    return !this.destroyed
  }

  get readableHighWaterMark(): number {
    return SOCKET_HIGH_WATER_MARK
  }

  setEncoding(): this {
    return this
  }

  read(): null {
    return null
  }

  /** The request wants more of its body. */
  resume(): this {
    this.#timer?.refresh()
    this.#answer.input.resume()
    return this
  }

  /** The request's own buffer says when it has enough. */
  pause(): this {
    return this
  }

  protected override take(batch: readonly Written[], taken: () => void): void {
    this.#timer?.refresh()
    this.#answer.take(batch, taken)
  }

  protected override left(error: Error | null): void {
    clearTimeout(this.#timer)
    this._hadError = true
    this.#answer.closed(error)
  }

  get #context(): ConnectionContext {
    return this.#environ['stapel.context']
  }

  #timedOut(): void {
    const { req, res } = this.#answer
    this.emit('timeout')
    // As Node's server: request and response are told, and a timeout that neither handles closes the connection.
    const requestTold = !req.complete && req.emit('timeout', this)
    const responseTold = res.emit('timeout', this)
    if (!requestTold && !responseTold) this.destroy()
  }
}

function portOf(port: string | undefined): number | undefined {
  return port === undefined || port === '' ? undefined : Number(port)
}

function familyOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  return address.includes(':') ? 'IPv6' : 'IPv4'
}
