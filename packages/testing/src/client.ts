import { type Application, type Environ, type ErrorLog, validate } from '@stapel/core'
import { ClientAnswer } from './client-answer.ts'
import { createEnviron } from './environ.ts'
import { exchange, exchangeWith } from './exchange.ts'
import type { RequestInit } from './request-init.ts'
import { AnswerStream, StreamedAnswer } from './streamed-answer.ts'

export interface ClientOptions {
  /** Whether the application is wrapped in `validate()`. @default true */
  validate?: boolean
  /** Keys of environ for every request. */
  environ?: Partial<Environ>
}

/**
 * Calls an application without a socket: a gateway in memory that obeys clauses 3 to 5 of the protocol and checks that the application does.
 *
 * An HTTPError that is thrown becomes its answer, as with any gateway. Any other error rejects the call, and so does an answer that breaks the
 * protocol or fails half way. Throws a TypeError when `app` is no function.
 *
 * @example
 * ```ts
 * import { Client } from '@stapel/testing'
 *
 * const client = new Client((_environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']])
 *   return 'Hello'
 * })
 * const answer = await client.get('/')
 * console.log(answer.status, answer.text())
 * ```
 */
export class Client {
  readonly #app: Application
  readonly #environ: Partial<Environ>

  constructor(app: Application, options: ClientOptions = {}) {
    if (typeof app !== 'function') throw new TypeError(`Got ${String(app)}; expected an application.`)
    this.#app = options.validate === false ? app : validate(app)
    this.#environ = options.environ ?? {}
  }

  /** Sends a request and gives its answer, read whole; `target` and `init` are those of `createEnviron`. */
  async request(target: string, init: RequestInit = {}): Promise<ClientAnswer> {
    const log: string[] = []
    const environ = this.#createEnviron(target, init, log)
    const { status, headers, chunks } = await exchange(this.#app, environ, init.signal)
    return new ClientAnswer(status, headers, chunks, log.join(''))
  }

  /**
   * Sends a request and gives its answer as soon as it is committed; the chunks are read from the answer, one at a time. Whoever does not read
   * to the end leaves.
   *
   * @example
   * ```ts
   * import { Client } from '@stapel/testing'
   *
   * const client = new Client(async function* (_environ, startResponse) {
   *   startResponse('200 OK', [['Content-Type', 'text/event-stream']])
   *   for (let i = 1; ; i++) yield `data: ${i}\n\n`
   * })
   * const answer = await client.stream('/events')
   * for await (const event of answer) {
   *   console.log(answer.status, new TextDecoder().decode(event))
   *   break
   * }
   * ```
   */
  async stream(target: string, init: RequestInit = {}): Promise<StreamedAnswer> {
    const log: string[] = []
    const stream = new AnswerStream()
    const signal = init.signal === undefined ? stream.left : AbortSignal.any([stream.left, init.signal])
    const environ = this.#createEnviron(target, { ...init, signal }, log)
    stream.follow(exchangeWith(stream, this.#app, environ, signal))
    const [status, headers] = await stream.started
    return new StreamedAnswer(status, headers, stream, log)
  }

  get(target: string, init?: RequestInit): Promise<ClientAnswer> {
    return this.request(target, { ...init, method: 'GET' })
  }

  head(target: string, init?: RequestInit): Promise<ClientAnswer> {
    return this.request(target, { ...init, method: 'HEAD' })
  }

  post(target: string, init?: RequestInit): Promise<ClientAnswer> {
    return this.request(target, { ...init, method: 'POST' })
  }

  put(target: string, init?: RequestInit): Promise<ClientAnswer> {
    return this.request(target, { ...init, method: 'PUT' })
  }

  patch(target: string, init?: RequestInit): Promise<ClientAnswer> {
    return this.request(target, { ...init, method: 'PATCH' })
  }

  delete(target: string, init?: RequestInit): Promise<ClientAnswer> {
    return this.request(target, { ...init, method: 'DELETE' })
  }

  options(target: string, init?: RequestInit): Promise<ClientAnswer> {
    return this.request(target, { ...init, method: 'OPTIONS' })
  }

  #createEnviron(target: string, init: RequestInit, log: string[]): Environ {
    const given = { ...this.#environ, ...init.environ }
    return createEnviron(target, {
      ...init,
      environ: { ...given, 'wsgi.errors': collector(log, given['wsgi.errors']) },
    })
  }
}

function collector(lines: string[], given: ErrorLog | undefined): ErrorLog {
  return {
    write(text) {
      lines.push(text)
      given?.write(text)
    },
    flush() {
      given?.flush()
    },
  }
}
