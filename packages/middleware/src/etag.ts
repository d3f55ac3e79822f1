/**
 * Entity tags for answers that have none, so that a client that has the content already is not sent it again.
 *
 * The gain is the way to the client, not the work of the application, which makes the whole answer to know that it is not needed. Nothing is buffered for
 * it: a body that comes in steps is handed on as it is, without a tag. A tag tells whether content is the same to whoever sees it; where that is a
 * secret, say `Cache-Control: no-store`, and there is none.
 *
 * @module
 */
import * as crypto from 'node:crypto'
import {
  type Application,
  type Body,
  type Chunk,
  checkHeaders,
  dispose,
  type Environ,
  type HeaderList,
  isChunk,
  isPromise,
  type Middleware,
  PreconditionFailed,
  parseStatus,
  reportTo,
  type StartResponse,
  type Status,
  type Write,
} from '@stapel/core'
import { evaluatePreconditions, formatEntityTag, parseCacheControl, parseHttpDate } from '@stapel/core/http'
import { checkOptions, flag, integer, type OptionChecks } from './check-options.ts'
import { wholeSize } from './whole-size.ts'

export interface EtagOptions {
  /**
   * Whether the tags promise the same bytes, which `If-Match` asks for. Weak ones promise the same meaning, and stay true where something
   * outside compresses the answer.
   *
   * @default false
   */
  strong?: boolean | undefined
  /** The largest content that gets a tag, in bytes; a MiB takes some 3 ms on the event loop. @default 1048576 (1 MiB) */
  maxSize?: number | undefined
}

/**
 * Gives an `ETag` to answers to GET and HEAD with status 200 whose body is one chunk or a list of them, and answers 304 or 412 where the
 * preconditions of the request say so (RFC 9110 section 13).
 *
 * The tag is a SHA-256 of the content, however it is cut into chunks, and of `Content-Type`, `Content-Encoding` and `Content-Language`. Handed on as they are: what has an
 * `ETag` already, `Cache-Control: no-store`, no content or a `Content-Length` that is another, content above `maxSize`, and every body that
 * is iterated or written. A 304 keeps all headers but those of the content. Synchronous where the application is; throws `PreconditionFailed`. Throws a
 * TypeError for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { compress } from '@stapel/middleware/compress'
 * import { etag } from '@stapel/middleware/etag'
 *
 * export const app = stack(
 *   (_environ, startResponse) => {
 *     startResponse('200 OK', [['Content-Type', 'application/json'], ['Cache-Control', 'no-cache']])
 *     return JSON.stringify({ hello: 'world' })
 *   },
 *   compress(),
 *   etag(),
 * )
 * ```
 */
export function etag(options: EtagOptions = {}): Middleware {
  checkOptions('etag', options, checks)
  const { strong = false, maxSize = 1_048_576 } = options

  return function etag(app: Application): Application {
    return function etag(environ: Environ, startResponse: StartResponse) {
      const { REQUEST_METHOD: method } = environ
      if (method !== 'GET' && method !== 'HEAD') return app(environ, startResponse)
      const head = new HeldHead(startResponse)
      const settle = (body: Body): Body => {
        const held = head.take()
        if (held === undefined) return body
        const handOn = (headers: HeaderList): Body => {
          try {
            head.start(held.status, headers, held.error)
          } catch (failure) {
            dispose(body, undefined, reportTo(environ))
            throw failure
          }
          return body
        }
        const size = wholeSize(body)
        const taggable = size > 0 && size <= maxSize && size === (held.length ?? size)
        if (!taggable) return handOn(held.headers)
        const tag = { value: hash(body as Chunk | readonly Chunk[], held), weak: !strong }
        const verdict = evaluatePreconditions(environ, { etag: tag, lastModified: held.lastModified })
        if (verdict === 'proceed') {
          return handOn([...held.headers, ['ETag', formatEntityTag(tag)]])
        }
        dispose(body, undefined, reportTo(environ))
        if (verdict === 'failed') throw new PreconditionFailed()
        const kept = held.headers.filter(([name]) => !isAboutContent(name.toLowerCase()))
        head.start('304 Not Modified', [...kept, ['ETag', formatEntityTag(tag)]], held.error)
        return ''
      }
      const result = app(environ, head.startResponse)
      return isPromise(result) ? result.then(settle) : settle(result)
    }
  }
}

const checks: OptionChecks<EtagOptions> = {
  strong: flag,
  maxSize: integer(0, Number.MAX_SAFE_INTEGER, 'a number of bytes'),
}

/** What of the head of an answer decides about its tag. */
interface Held {
  readonly status: Status
  readonly headers: HeaderList
  readonly error: unknown
  readonly length: number | undefined
  readonly lastModified: Date | undefined
  /** What of the head is hashed with the content: a 304 would leave a client with the old values. */
  readonly described: string
}

/** Keeps back the head of an answer that may get a tag until the application has returned its body; any other goes through at once. */
class HeldHead {
  readonly #startResponse: StartResponse
  #held: Held | undefined
  #write: Write | undefined
  #returned = false

  constructor(startResponse: StartResponse) {
    this.#startResponse = startResponse
  }

  /** What the application gets. */
  readonly startResponse: StartResponse = (status, headers, error) => {
    // The second call is refused further outside, where the first is known then.
    if (this.#held !== undefined && error === undefined) this.#flush()
    this.#held = this.#returned ? undefined : read(status, headers, error)
    if (this.#held === undefined) return this.start(status, headers, error)
    return (chunk) => {
      if (this.#held !== undefined) this.#flush()
      return (this.#write as Write)(chunk)
    }
  }

  start(status: Status, headers: HeaderList, error: unknown): Write {
    this.#write = this.#startResponse(status, headers, error)
    return this.#write
  }

  /** The application has returned: what is started from now on is that of a body which is iterated. */
  take(): Held | undefined {
    this.#returned = true
    const held = this.#held
    this.#held = undefined
    return held
  }

  /** Nothing is kept back any more. */
  #flush(): void {
    const held = this.take() as Held
    this.start(held.status, held.headers, held.error)
  }
}

/** `undefined` for an answer that gets no tag; throws for a head that may not be sent, at the place where it was said. */
function read(status: Status, headers: HeaderList, error: unknown): Held | undefined {
  if (typeof status !== 'string' || !status.startsWith('200')) return undefined
  parseStatus(status)
  checkHeaders(headers)
  let length: number | undefined
  let lastModified: Date | undefined
  let described = ''
  for (const [name, value] of headers) {
    switch (name.toLowerCase()) {
      case 'etag':
        return undefined
      case 'cache-control':
        if (parseCacheControl(value).noStore) return undefined
        break
      case 'content-length':
        length = Number(value)
        break
      case 'last-modified':
        lastModified = parseHttpDate(value)
        break
      case 'content-type':
      case 'content-encoding':
      case 'content-language':
        described += `${name.toLowerCase()}:${value}\n`
        break
    }
  }
  return { status, headers, error, length, lastModified, described }
}

/** Each chunk is hashed as it is sent: a string by itself as UTF-8. */
function hash(body: Chunk | readonly Chunk[], { described }: Held): string {
  // In one call, without an object for it, which takes 0.5 µs; not every host has it.
  if (typeof body === 'string' && typeof crypto.hash === 'function')
    return crypto.hash('sha256', `${described}\n${body}`, 'base64url')
  const sha256 = crypto.createHash('sha256').update(`${described}\n`)
  if (isChunk(body)) sha256.update(body)
  else for (const chunk of body) sha256.update(chunk)
  return sha256.digest('base64url')
}

/** RFC 9110 section 15.4.5: a 304 says of the content only what helps to choose a stored answer. */
function isAboutContent(name: string): boolean {
  if (name === 'content-location' || name.startsWith('content-security-policy')) return false
  return name.startsWith('content-')
}
