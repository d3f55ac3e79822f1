import type { ServerResponse } from 'node:http'
import type { ConnectionContext } from '../adapter/node-connection.ts'
import type { HeaderList, ReadOptions } from '../protocol.ts'
import type { Trace } from '../trace.ts'
import { clientGone } from './client-gone.ts'
import type { RequestInput } from './request-input.ts'

/** `stapel.context` of the Node gateway: everything costly is made when it is asked for. */
export class RequestContext implements ConnectionContext {
  trace: Trace | undefined = undefined
  readonly input: RequestInput
  readonly #res: ServerResponse
  #controller: AbortController | undefined

  constructor(res: ServerResponse, input: RequestInput) {
    this.#res = res
    this.input = input
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      const res = this.#res
      const onClose = (): void => this.clientGone()
      if (res.closed || res.destroyed) onClose()
      else res.once('close', onClose)
    }
    return this.#controller.signal
  }

  /** The connection has closed: aborts the signal, where there is one and the answer is not complete. */
  clientGone(): void {
    if (!this.#res.writableFinished) this.#controller?.abort(clientGone())
  }

  read(options?: ReadOptions): Promise<Uint8Array> {
    return this.input.read(options)
  }

  get gone(): boolean {
    if (this.#controller !== undefined) return this.#controller.signal.aborted
    const res = this.#res
    return (res.closed || res.destroyed) && !res.writableFinished
  }

  onGone(listener: () => void): void {
    const res = this.#res
    const onClose = (): void => {
      if (!res.writableFinished) listener()
    }
    if (res.closed || res.destroyed) onClose()
    else res.once('close', onClose)
  }

  closeConnection(): void {
    this.#res.shouldKeepAlive = false
  }

  abortConnection(): void {
    this.#res.destroy()
  }

  /** As Node has it: a dual-stack server gives IPv4 peers as `::ffff:192.0.2.1`. */
  get peerAddress(): string | undefined {
    return this.#res.req.socket.remoteAddress
  }

  get server(): unknown {
    return (this.#res.req.socket as { server?: unknown }).server
  }

  answerInformational(code: number, reason: string, headers: HeaderList, done: () => void): void {
    const res = this.#res
    res.once('close', done)
    res.writeHead(code, reason, headers.flat())
    res.end()
  }

  inform(code: number, headers: HeaderList): void {
    const res = this.#res
    if (res.headersSent) return
    if (code === 100) this.input.invite()
    else if (code === 102) res.writeProcessing()
    else if (code === 103) res.writeEarlyHints(hintsOf(headers))
  }
}

/** Node takes the links of early hints as a list, and other fields one by one. */
function hintsOf(headers: HeaderList): Record<string, string | string[]> {
  const hints: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of headers) {
    if (name.toLowerCase() === 'link') hints.link = value.split(/,(?=\s*<)/).map((link) => link.trim())
    else hints[name] = value
  }
  return hints
}
