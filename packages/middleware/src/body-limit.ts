/**
 * Refuses request bodies that are too large.
 *
 * The threat: a body without end fills memory or a disk, or keeps a parser busy; a check of `Content-Length` alone is passed by whoever sends
 * the body in chunks, or says one length and sends another. Here the bytes are counted as they are read, whoever reads them and in whichever
 * way, and nothing beyond the limit reaches the application. What is not stopped: a body that comes slowly (`timeout`, and the
 * gateway's own times), many bodies at once, and a small compressed body that grows (put this layer inside `decompress`, too).
 *
 * @module
 */
import {
  type Application,
  type Context,
  type Environ,
  type Middleware,
  type ReadOptions,
  type StartResponse,
  wholeBody,
} from '@stapel/core'
import { parseContentLength } from '@stapel/core/http'
import { checkOptions, type OptionChecks, show } from './check-options.ts'
import { compileExcept, type Except, exceptCheck } from './except.ts'
import { NarrowedContext } from './narrowed-context.ts'

export type { Except } from './except.ts'

export interface BodyLimitOptions {
  /** Requests that are let through without a limit, such as uploads that have a limit of their own. @default none */
  except?: Except | undefined
}

/**
 * Lets no more than so many bytes of a request's body through.
 *
 * A `Content-Length` beyond the limit is answered 413 at once: nothing is read, `100 Continue` is not sent, and the application is not
 * called. Otherwise reading `wsgi.input` throws, and `stapel.context.read` rejects with, `ContentTooLarge` (413) as soon as there are more
 * bytes. The limit of a layer inside can be lower, not higher. The gateway keeps or closes the connection as for every body that is not
 * read (clause 6). Throws a TypeError for what is no number of bytes and for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { bodyLimit } from '@stapel/middleware/body-limit'
 *
 * export const app = stack(
 *   async (environ, startResponse) => {
 *     let size = 0
 *     for await (const chunk of environ['wsgi.input']) size += chunk.byteLength
 *     startResponse('200 OK', [['Content-Type', 'text/plain']])
 *     return `${size} bytes`
 *   },
 *   bodyLimit(64 * 1024, { except: ['/uploads'] }),
 * )
 * ```
 */
export function bodyLimit(bytes: number, options: BodyLimitOptions = {}): Middleware {
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw new TypeError(`bodyLimit: got ${show(bytes)} for the limit; expected bytes: an integer from 0 up.`)
  }
  checkOptions('bodyLimit', options, checks)
  const isExcepted = compileExcept('bodyLimit', options.except)

  return function bodyLimit(app: Application): Application {
    return function bodyLimit(environ: Environ, startResponse: StartResponse) {
      if (isEmpty(environ) || isExcepted(environ)) return app(environ, startResponse)
      if (environ.CONTENT_LENGTH !== undefined) {
        // What has more than 15 digits is no number that could be allowed.
        const declared = parseContentLength(environ.CONTENT_LENGTH)
        if (declared === undefined || declared > bytes) {
          return wholeBody.tooLarge(bytes).respond(environ, startResponse)
        }
      }
      const copy: Environ = {
        ...environ,
        'wsgi.input': new LimitedInput(environ['wsgi.input'], bytes),
        'stapel.context': new LimitedContext(environ['stapel.context'], bytes),
      }
      return app(copy, startResponse)
    }
  }
}

const checks: OptionChecks<BodyLimitOptions> = {
  except: exceptCheck,
}

/**
 * Whether nothing can be read: what the request says, or the gateway's own input knows, as that of Node does. A missing `Content-Length` says nothing: a
 * layer outside may have removed it.
 */
function isEmpty(environ: Environ): boolean {
  if (environ.CONTENT_LENGTH !== undefined) return environ.CONTENT_LENGTH === '0'
  return (environ['wsgi.input'] as { readonly hasBody?: boolean }).hasBody === false
}

class LimitedContext extends NarrowedContext {
  readonly #limit: number

  constructor(outer: Context, limit: number) {
    super(outer)
    this.#limit = limit
  }

  override read(options?: ReadOptions): Promise<Uint8Array> {
    return this.outer.read({ ...options, limit: Math.min(wholeBody.limitOf(options), this.#limit) })
  }
}

class LimitedInput implements AsyncIterable<Uint8Array> {
  readonly #input: AsyncIterable<Uint8Array>
  readonly #limit: number

  constructor(input: AsyncIterable<Uint8Array>, limit: number) {
    this.#input = input
    this.#limit = limit
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return new LimitedReader(this.#input[Symbol.asyncIterator](), this.#limit)
  }
}

type Step = IteratorResult<Uint8Array>

class LimitedReader implements AsyncIterator<Uint8Array> {
  readonly #reader: AsyncIterator<Uint8Array>
  readonly #limit: number
  #size = 0

  constructor(reader: AsyncIterator<Uint8Array>, limit: number) {
    this.#reader = reader
    this.#limit = limit
  }

  next(): Promise<Step> {
    // Whoever goes on after the refusal must not take what came before it for all.
    if (this.#size > this.#limit) return Promise.reject(wholeBody.tooLarge(this.#limit))
    return this.#reader.next().then((step) => this.#count(step))
  }

  async return(): Promise<Step> {
    await this.#reader.return?.()
    return { done: true, value: undefined }
  }

  #count(step: Step): Step {
    if (step.done) return step
    this.#size += step.value.byteLength
    if (this.#size <= this.#limit) return step
    // Not awaited: a body that still comes in is left to the gateway (clause 6).
    this.#reader.return?.().catch(() => {})
    throw wholeBody.tooLarge(this.#limit)
  }
}
