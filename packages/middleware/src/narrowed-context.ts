import type { ConnectionContext, Context, ReadOptions, Trace } from '@stapel/core'

/**
 * A `stapel.context` for a copy of environ, which does what the one of the gateway does; a layer overrides what it narrows (clause 2).
 *
 * What a gateway offers besides the protocol is there where the gateway has it: adapters ask whether it is.
 */
export class NarrowedContext implements Context {
  protected readonly outer: ConnectionContext

  constructor(outer: Context) {
    this.outer = outer
  }

  get signal(): AbortSignal {
    return this.outer.signal
  }

  get trace(): Trace | undefined {
    return this.outer.trace
  }

  set trace(trace: Trace | undefined) {
    this.outer.trace = trace
  }

  read(options?: ReadOptions): Promise<Uint8Array> {
    return this.outer.read(options)
  }

  get gone(): boolean | undefined {
    return this.outer.gone
  }

  get onGone(): ConnectionContext['onGone'] {
    return this.outer.onGone?.bind(this.outer)
  }

  get peerAddress(): string | undefined {
    return this.outer.peerAddress
  }

  get closeConnection(): ConnectionContext['closeConnection'] {
    return this.outer.closeConnection?.bind(this.outer)
  }

  get abortConnection(): ConnectionContext['abortConnection'] {
    return this.outer.abortConnection?.bind(this.outer)
  }

  get inform(): ConnectionContext['inform'] {
    return this.outer.inform?.bind(this.outer)
  }

  get answerInformational(): ConnectionContext['answerInformational'] {
    return this.outer.answerInformational?.bind(this.outer)
  }
}
