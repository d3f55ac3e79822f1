import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'

/** An answer that is not whole after so many milliseconds is none. */
export const ANSWER_TIMEOUT_MS = 10_000
/** So much of a body is kept to be compared, in bytes; the rest is counted. */
const KEPT_BYTES = 65_536

export interface Asked {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** How many bytes the body has. */
  readonly size: number
  /** The beginning of the body. */
  readonly start: Buffer
}

/** Why there is no answer. */
export class NoAnswer extends Error {
  static {
    NoAnswer.prototype.name = 'NoAnswer'
  }
}

/** A client of a server on this machine, with one connection that it keeps. */
export class Asker {
  readonly #port: number
  readonly #agent: Agent = new Agent({ keepAlive: true, maxSockets: 1 })

  constructor(port: number) {
    this.#port = port
  }

  /** Asks, and waits for the whole answer; rejects with a {@link NoAnswer}. A connection that was closed meanwhile is opened anew. */
  async ask(asked: Asked): Promise<Answered> {
    try {
      return await this.#ask(asked)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw noAnswer(error)
    }
    return this.#ask(asked).catch((error) => {
      throw noAnswer(error)
    })
  }

  close(): void {
    this.#agent.destroy()
  }

  #ask({ method = 'GET', path, headers = {}, body }: Asked): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const asking = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          agent: this.#agent,
          method,
          path,
          headers: body === undefined ? headers : { 'Content-Length': body.byteLength, ...headers },
          signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        },
        (answer) => {
          const kept: Buffer[] = []
          let size = 0
          const { statusCode: status = 0, headers } = answer
          // A stream of events has no end to wait for.
          if (headers['content-type']?.startsWith('text/event-stream')) {
            resolve({ status, headers, size, start: Buffer.alloc(0) })
            answer.on('error', () => {})
            answer.destroy()
            return
          }
          answer.on('data', (chunk: Buffer) => {
            if (size < KEPT_BYTES) kept.push(chunk.subarray(0, KEPT_BYTES - size))
            size += chunk.byteLength
          })
          answer.on('error', reject)
          answer.on('end', () => {
            resolve({ status, headers, size, start: Buffer.concat(kept) })
          })
        },
      )
      asking.on('error', reject)
      asking.end(body)
    })
  }
}

/** Sends the beginning of a request and leaves. */
export function leave(port: number, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(text, () => socket.destroy())
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve())
  })
}

function noAnswer(cause: unknown): NoAnswer {
  const { name, message } = cause as Error
  return new NoAnswer(
    name === 'AbortError' || name === 'TimeoutError'
      ? `There was no whole answer after ${ANSWER_TIMEOUT_MS / 1000} s.`
      : `There was no whole answer: ${message}.`,
    { cause },
  )
}
