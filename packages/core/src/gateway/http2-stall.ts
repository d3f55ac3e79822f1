import type { ServerHttp2Stream } from 'node:http2'

/**
 * So many bytes count as one piece of an answer, of which a client has to take the whole within the limit as long as other streams of its
 * connection move: 256 KiB.
 */
const PIECE = 262_144

/**
 * Tells when the client of one stream takes nothing of its answer.
 *
 * The threat: Node's own timeout of a stream starts again whenever anything is sent on the connection. A client that keeps one stream moving,
 * or sends pings, could hold all others, each with a body that waits for it. Node does not say how much of a single write was sent, so a
 * large one gets more time while the connection moves, in proportion to its size.
 */
export class StreamStall {
  readonly #stream: ServerHttp2Stream
  readonly #stalled: () => void
  #milliseconds = 0
  #timer: NodeJS.Timeout | undefined
  /** As it was when it was looked at last. */
  #pending = 0
  #sent = 0
  /** How often the pending write was found unfinished while the connection moved. */
  #rounds = 0

  /** `stalled` is called once for each {@link StreamStall.watch}, at most. */
  constructor(stream: ServerHttp2Stream, stalled: () => void) {
    this.#stream = stream
    this.#stalled = stalled
    stream.once('close', () => this.rest())
  }

  /** The answer waits for its client from now on, at most so many milliseconds. */
  watch(milliseconds: number): void {
    this.rest()
    if (milliseconds === 0 || this.#stream.destroyed) return
    this.#milliseconds = milliseconds
    this.#rounds = 0
    this.#look()
    this.#timer = setTimeout(this.#check, milliseconds).unref()
  }

  /** The client has taken something. */
  rest(): void {
    clearTimeout(this.#timer)
  }

  readonly #check = (): void => {
    const { bufferSize, session } = this.#stream
    if (bufferSize === 0) return
    const moved = session !== undefined && session.socket.bytesWritten > this.#sent
    if (bufferSize < this.#pending) this.#rounds = 0
    else if (!moved || ++this.#rounds >= bufferSize / PIECE) {
      this.#stalled()
      return
    }
    this.#look()
    this.#timer = setTimeout(this.#check, this.#milliseconds).unref()
  }

  #look(): void {
    const { bufferSize, session } = this.#stream
    this.#pending = bufferSize
    this.#sent = session?.socket.bytesWritten ?? 0
  }
}
