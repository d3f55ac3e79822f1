import {
  type Body,
  type Chunk,
  type ChunkIterator,
  ClientDisconnected,
  type ConnectionContext,
  type Context,
  dispose,
  type Environ,
  type HeaderList,
  isChunk,
  isHTTPError,
  iterate,
  parseStatus,
  reportTo,
  type StartResponse,
  type Status,
  type Write,
} from '@stapel/core'
import { isEmptyStatus, parseContentLength } from '@stapel/core/http'

/** One request and what became of it. What is `undefined` is not known. */
export interface AccessEntry {
  /** When the request came. */
  readonly time: Date
  /** What `requestId` calls it. */
  readonly id: string | undefined
  /** `REMOTE_ADDR`; `undefined` on a unix socket. */
  readonly address: string | undefined
  /** Who was authenticated, as `basicAuth` does: `REMOTE_USER`, or else what stands in `stapel.authenticated`. */
  readonly user: string | undefined
  readonly method: string
  readonly scheme: string
  readonly host: string | undefined
  /** The request target as it was sent, with its query. */
  readonly target: string
  /** The path that was asked for, in normal form and without query. */
  readonly path: string
  readonly protocol: string
  /** `Content-Length` of the request, in bytes. */
  readonly requestSize: number | undefined
  /** What was answered; `undefined` when the client left before. */
  readonly status: number | undefined
  /** Bytes of content that the application gave, without headers; 0 for HEAD. */
  readonly size: number | undefined
  /** Milliseconds until the application named status and headers. */
  readonly wait: number | undefined
  /** Milliseconds until the gateway had the last byte, or the client left. */
  readonly duration: number
  /** `'complete'`; `'disconnected'` when the client left before the end; `'failed'` when the application broke in the middle, or by what is no `HTTPError`. */
  readonly outcome: 'complete' | 'disconnected' | 'failed'
  readonly referer: string | undefined
  readonly agent: string | undefined
  /** The request. */
  readonly environ: Environ
  /** The headers of the answer. */
  readonly headers: HeaderList
}

/** Follows one request from startResponse to the end of its body, and gives its entry to `log`, once. */
export class Recording {
  readonly #environ: Environ
  readonly #startResponse: StartResponse
  readonly #log: (entry: AccessEntry) => void
  readonly #time: Date = new Date()
  readonly #begin: number = performance.now()
  readonly #authenticated: { user: string | undefined }
  #wait: number | undefined
  #status: number | undefined
  #headers: HeaderList = []
  #size: number | undefined = 0
  /** Whether bytes were given, so that the status stays what it is. */
  #sent = false
  #failure: { readonly error: unknown } | undefined
  /** Whether the body was read to its end. */
  #ended = false
  #over = false
  /** Whether the application has not answered yet. */
  #waits = false
  #leave: (() => void) | undefined

  constructor(environ: Environ, startResponse: StartResponse, log: (entry: AccessEntry) => void) {
    this.#environ = environ
    this.#authenticated = environ['stapel.authenticated'] ??= { user: undefined }
    this.#startResponse = startResponse
    this.#log = log
  }

  readonly start: StartResponse = (status: Status, headers: HeaderList, error?: unknown): Write => {
    const write = this.#startResponse(status, headers, error)
    this.#status = parseStatus(status).code
    this.#headers = headers
    this.#wait = performance.now() - this.#begin
    return (chunk) => {
      this.#count(chunk)
      this.#sent = true
      return write(chunk)
    }
  }

  /** The application answers later: a client that leaves meanwhile is noted when it leaves. */
  watchClient(): void {
    const context: ConnectionContext = this.#environ['stapel.context']
    const leave = (): void => {
      if (this.#waits) this.#finish('disconnected')
    }
    this.#waits = true
    // A signal with a listener takes 3 µs.
    if (context.onGone !== undefined) {
      context.onGone(leave)
      return
    }
    const { signal } = context
    this.#leave = leave
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  }

  /** The application threw. */
  fail(error: unknown): void {
    this.#failure = { error }
    this.#finish()
  }

  /** The same body, watched to its end. */
  watch(body: Body): Body {
    this.#unwatchClient()
    if (this.#over || (typeof body !== 'object' && typeof body !== 'string') || body === null) return body
    // A list stays a list, so that the gateway still knows its length.
    if (isChunk(body) || Array.isArray(body)) return this.#watchList(body)
    if ('pooled' in body) return this.#watchFile(body)
    return Symbol.asyncIterator in body ? this.#watchLater(body) : this.#watchNow(body)
  }

  #watchList(body: Chunk | Chunk[]): Body {
    const list = isChunk(body) ? [body] : [...body]
    return Object.assign(list, {
      close: (): void | Promise<void> => {
        for (const chunk of list) if (isChunk(chunk)) this.#count(chunk)
        // How much of it went out is known to the gateway alone.
        if (hasGone(this.#environ['stapel.context'])) this.#size = undefined
        return this.#close(body, true)
      },
    })
  }

  /** A file of the gateway is sent in a way of its own, which goes by what it is: only its end is watched. */
  #watchFile(body: Exclude<Body, Chunk>): Body {
    const close = body.close?.bind(body)
    body.close = () => {
      const length = this.#headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1]
      this.#size = length === undefined ? undefined : parseContentLength(length)
      this.#finish()
      return close?.()
    }
    return body
  }

  #watchNow(body: Body): Body {
    let iterator: Iterator<Chunk> | undefined
    return {
      [Symbol.iterator]: () => {
        iterator = this.#begun(() => iterate(body) as Iterator<Chunk>)
        const source = iterator
        return {
          next: () => this.#step(this.#begun(() => source.next())),
          return: () => source.return?.() ?? done,
        }
      },
      close: () => this.#close(body, iterator !== undefined),
    }
  }

  #watchLater(body: Body): Body {
    let iterator: ChunkIterator | undefined
    return {
      [Symbol.asyncIterator]: () => {
        iterator = this.#begun(() => iterate(body))
        const source = iterator as AsyncIterator<Chunk>
        return {
          next: () =>
            this.#begun(() => source.next()).then(
              (step) => this.#step(step),
              (error) => this.#failed(error),
            ),
          return: async () => (await source.return?.()) ?? done,
        }
      },
      close: () => this.#close(body, iterator !== undefined),
    }
  }

  #begun<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      return this.#failed(error)
    }
  }

  #failed(error: unknown): never {
    this.#failure = { error }
    throw error
  }

  #step(step: IteratorResult<Chunk>): IteratorResult<Chunk> {
    if (step.done) this.#ended = true
    else if (isChunk(step.value)) this.#count(step.value)
    return step
  }

  #count(chunk: Chunk): void {
    const size = typeof chunk === 'string' ? byteLength(chunk) : chunk.byteLength
    if (size > 0) this.#sent = true
    if (this.#size !== undefined) this.#size += size
  }

  #close(body: Body, begun: boolean): void | Promise<void> {
    this.#finish()
    if (begun) return (body as { close?(): void | Promise<void> }).close?.()
    dispose(body, undefined, reportTo(this.#environ))
  }

  #unwatchClient(): void {
    this.#waits = false
    if (this.#leave === undefined) return
    this.#environ['stapel.context'].signal.removeEventListener('abort', this.#leave)
    this.#leave = undefined
  }

  #finish(outcome: AccessEntry['outcome'] = this.#outcome()): void {
    if (this.#over) return
    this.#over = true
    this.#unwatchClient()
    const environ = this.#environ
    const status = this.#answered(outcome)
    const bodiless = environ.REQUEST_METHOD === 'HEAD' || (status !== undefined && isEmptyStatus(status))
    this.#log({
      time: this.#time,
      id: environ['stapel.request_id'],
      address: environ.REMOTE_ADDR,
      user: environ.REMOTE_USER ?? this.#authenticated.user,
      method: environ.REQUEST_METHOD,
      scheme: environ['wsgi.url_scheme'],
      host: environ.HTTP_HOST,
      target: environ.REQUEST_URI,
      path: environ.SCRIPT_NAME + environ.PATH_INFO,
      protocol: environ.SERVER_PROTOCOL,
      requestSize: parseContentLength(environ.CONTENT_LENGTH ?? ''),
      status,
      size: bodiless ? 0 : this.#sizeOf(outcome),
      wait: this.#wait,
      duration: performance.now() - this.#begin,
      outcome,
      referer: environ.HTTP_REFERER,
      agent: environ.HTTP_USER_AGENT,
      environ,
      headers: this.#headers,
    })
  }

  #outcome(): AccessEntry['outcome'] {
    if (this.#failure !== undefined) {
      const { error } = this.#failure
      if (error instanceof ClientDisconnected) return 'disconnected'
      return isHTTPError(error) && !this.#sent ? 'complete' : 'failed'
    }
    return !this.#ended && hasGone(this.#environ['stapel.context']) ? 'disconnected' : 'complete'
  }

  /** An error before the first byte is answered further outside, with the status that it has there. */
  #answered(outcome: AccessEntry['outcome']): number | undefined {
    if (this.#failure === undefined || this.#sent || outcome === 'disconnected') return this.#status
    const { error } = this.#failure
    return isHTTPError(error) ? error.status : 500
  }

  #sizeOf(outcome: AccessEntry['outcome']): number | undefined {
    return this.#failure !== undefined && !this.#sent && outcome !== 'disconnected' ? undefined : this.#size
  }
}

function hasGone(context: Context): boolean {
  return (context as ConnectionContext).gone ?? context.signal.aborted
}

const done: IteratorResult<Chunk> = { done: true, value: undefined }

const byteLength: (text: string) => number =
  typeof Buffer === 'undefined'
    ? (text) => new TextEncoder().encode(text).byteLength
    : (text) => Buffer.byteLength(text)
