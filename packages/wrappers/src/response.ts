import type { Application, Body, Closeable, Environ, HeaderList, StartResponse, Status } from '@stapel/core'
import { capture, checkHeaders, dispose, isPromise, parseStatus, withClose } from '@stapel/core'
import {
  type EntityTag,
  formatContentLength,
  formatEntityTag,
  isFieldValue,
  parseContentLength,
  parseEntityTag,
  statusLine,
} from '@stapel/core/http'
import { checkContentType, contentTypeOf, defaultContentType } from './content-type.ts'
import { copyList, Headers, type HeadersInit } from './headers.ts'
import { checkOptionNames } from './option-names.ts'
import { type RedirectOptions, redirectAnswer } from './redirect.ts'
import {
  type CloseCallback,
  checkUnsent,
  closingBody,
  hashContent,
  isWhole,
  RESPONSE_READ_LIMIT,
  readBody,
  sizeOfBody,
} from './response-body.ts'
import { applyConditions, type ConditionalOptions } from './response-conditional.ts'
import { ResponseFields } from './response-fields.ts'
import { readField, writeField, writeText } from './response-values.ts'
import { BlobBody, isSeekable } from './seekable-body.ts'
import { type CookieOptions, formatDeletedCookie, formatSetCookie } from './set-cookie.ts'

/** What a {@link Response} is made with besides its body. */
export interface ResponseInit {
  /** A code or a whole status line. @default 200 */
  status?: number | Status | undefined
  /** Copied; what may not be sent throws at once (clause 3.4 of the protocol). @default none */
  headers?: HeadersInit | undefined
  /** The media type; `charset=utf-8` is added to textual ones. Not together with `contentType`. @default that of the body */
  mimetype?: string | undefined
  /** The whole value of `Content-Type`; it and `mimetype` replace one among the `headers`. @default as by `mimetype` */
  contentType?: string | undefined
}

/** How an entity tag is set. */
export interface EntityTagOptions {
  /** Whether it only promises that the content means the same, not that it has the same bytes. @default false */
  weak?: boolean | undefined
}

/** How the body of a response is read. */
export interface ResponseReadOptions {
  /** The most bytes that are read of a stream; a RangeError beyond them. @default 16777216 (16 MiB) */
  limit?: number | undefined
}

/**
 * An answer: status, headers, body. Return it from a handler of `Request.application`, or call {@link Response.respond} in an
 * application of your own.
 *
 * The body is any of the protocol's, or a Blob or File. Without a type it is `text/plain; charset=utf-8`, but `application/octet-stream`
 * for bytes and streams, that of a Blob for a Blob, and none for `null`. Names and values of headers are checked at once. One with a string or bytes for its
 * body may answer any number of requests; it is never changed by that.
 *
 * @example
 * ```ts
 * import { Response } from '@stapel/wrappers'
 *
 * const response = new Response('<p>Gone.</p>', { status: 410, mimetype: 'text/html' })
 * response.cacheControl = { public: true, maxAge: 3600 }
 * ```
 */
export class Response extends ResponseFields {
  /** The body; `null` is none. Whoever replaces one that is a stream disposes of it. */
  body: Body | null
  #status: Status = OK
  /** The pairs of the answer but for a content type that was not set through them. */
  #list: HeaderList | undefined
  #contentType: string | undefined
  /** What most responses do without. */
  #rest: Rest | undefined

  /**
   * `body` is any body of the protocol, a `Blob`, or `null` for none. Throws a RangeError for a number that is no status, a `ProtocolError` for a
   * text that is no status line and for headers that may not be sent, a TypeError for what headers cannot be made of and an unknown option;
   * the body is given up then.
   */
  constructor(body: Body | Blob | null = null, init?: ResponseInit) {
    super()
    const isBlob = typeof body === 'object' && body instanceof Blob
    const content = isBlob ? new BlobBody(body) : body
    this.body = content
    const ownType = isBlob ? body.type || BINARY : defaultContentType(content)
    if (init === undefined) {
      this.#contentType = ownType
      return
    }
    try {
      this.#contentType = this.#init(init) ?? (hasContentType(this.#list) ? undefined : ownType)
    } catch (error) {
      // Nobody else has it who would close it.
      if (content !== null) dispose(content)
      throw error
    }
  }

  /** A response with a value as JSON; `init` may replace the media type. Throws a TypeError for what JSON cannot hold, and for a promise. */
  static json(value: unknown, init?: ResponseInit): Response {
    if (isPromise(value)) {
      throw new TypeError(
        'Got a promise for a JSON response, of which nothing would be sent; await it first.',
      )
    }
    const text = JSON.stringify(value)
    if (text === undefined) {
      throw new TypeError(`Got ${String(value)} for a JSON response; expected a value that JSON can hold.`)
    }
    const response = new Response(text, init)
    if (init === undefined || !choosesType(init)) response.#contentType = 'application/json'
    return response
  }

  /**
   * A redirect with a short HTML page for clients that do not follow it. `status` is 301, 302, 303 (go and GET), 307 or 308 (repeat the
   * request there).
   *
   * A relative location is sent as it is, unless `options.base` makes it absolute. Throws a TypeError for a location with control
   * characters, backslashes or a scheme that runs scripts; whether the target may be trusted is not checked.
   */
  static redirect(location: string | URL, status: number = 303, options?: RedirectOptions): Response {
    const { status: line, headers, body } = redirectAnswer(location, status, options)
    return Response.#of(line, headers, body)
  }

  /**
   * What an application answers to a request, to be looked at, changed and sent on. Its body is unread; a response that is not sent on is
   * closed by whoever got it. Rejects with what the application fails with before its first chunk.
   *
   * @example
   * ```ts
   * import { Request, Response } from '@stapel/wrappers'
   *
   * const inner = Request.application(() => new Response('Hello'))
   * export const app = Request.application(async ({ environ }) => {
   *   const response = await Response.from(inner, environ)
   *   response.cacheControl = { private: true }
   *   return response
   * })
   * ```
   */
  static async from(app: Application, environ: Environ): Promise<Response> {
    const { status, headers, body } = await capture(app, environ)
    return Response.#of(status, copyList(headers), body)
  }

  /** The code: `404`. May be set to a code or a whole status line; throws a RangeError or ProtocolError for what is none. */
  get status(): number {
    return parseStatus(this.#status).code
  }

  set status(status: number | Status) {
    this.#status = toStatus(status)
  }

  /** The reason phrase: `'Not Found'`. */
  get statusText(): string {
    return parseStatus(this.#status).reason
  }

  /** The headers, to be changed at will. `Content-Type` is among them, `Content-Length` is the gateway's unless it is set. */
  get headers(): Headers {
    const rest = this.#more()
    if (rest.headers === undefined) {
      this.#list = this.#takeList()
      this.#contentType = undefined
      rest.headers = Headers.from(this.#list)
    }
    return rest.headers
  }

  /** The size of the body in bytes: `Content-Length` where it is set, else the size of a body that is there whole, else `undefined`. */
  get contentLength(): number | undefined {
    return readField(this.headers, 'Content-Length', parseContentLength) ?? sizeOfBody(this.body)
  }

  set contentLength(size: number | undefined) {
    writeField(this.headers, 'Content-Length', size, formatContentLength)
  }

  /** Whether the body is made while it is sent: it is neither one chunk nor a list of chunks. */
  get isStreamed(): boolean {
    return !isWhole(this.body)
  }

  /** Adds a cookie; the value is percent-encoded. Throws for a cookie that browsers would drop; see {@link formatSetCookie}. */
  setCookie(name: string, value: string, options?: CookieOptions): void {
    this.headers.append('Set-Cookie', formatSetCookie(name, value, options))
  }

  /** Removes a cookie from the client; `options` are those it was set with. */
  deleteCookie(name: string, options?: CookieOptions): void {
    this.headers.append('Set-Cookie', formatDeletedCookie(name, options))
  }

  /** The entity tag (RFC 9110 section 8.8.3); `undefined` when there is none or it is malformed. */
  getEtag(): EntityTag | undefined {
    return readField(this.headers, 'ETag', parseEntityTag)
  }

  /** Sets the entity tag, without its quotes, or removes it. Throws a RangeError for a character that a tag cannot hold. */
  setEtag(value: string | undefined, options: EntityTagOptions = {}): void {
    checkOptionNames(options, tagNames, 'an entity tag')
    const { weak = false } = options
    writeText(this.headers, 'ETag', value === undefined ? undefined : formatEntityTag({ value, weak }))
  }

  /**
   * Sets the entity tag to the SHA-256 of the body, unless there is a tag already. Rejects with a TypeError for a body that is a
   * stream: {@link freeze} it first.
   */
  async addEtag(options: EntityTagOptions = {}): Promise<void> {
    checkOptionNames(options, tagNames, 'an entity tag')
    if (this.headers.has('ETag')) return
    if (this.isStreamed) {
      throw new TypeError(
        'The body is a stream, whose content is not known yet; await response.freeze() first.',
      )
    }
    this.setEtag(await hashContent(await readBody(this.body, Number.POSITIVE_INFINITY)), options)
  }

  /**
   * Makes this the answer to a conditional request, once `ETag` and `Last-Modified` are set: to GET and HEAD, where it is a success. It
   * becomes a 304 without body where the client has it already, and with `acceptRanges` a 206 with the parts that `Range` asks for.
   * What is not sent of the body is given up. It is then the answer to that one request.
   *
   * Throws {@link PreconditionFailed} (412) and {@link RangeNotSatisfiable} (416). Before something is changed, as by PUT, ask
   * `evaluatePreconditions` of `@stapel/core/http` instead (RFC 9110 sections 13 and 14).
   *
   * @example
   * ```ts
   * import { Request, Response } from '@stapel/wrappers'
   *
   * export const app = Request.application((request) => {
   *   const response = new Response('a,b\n1,2\n', { mimetype: 'text/csv' })
   *   response.setEtag('v1')
   *   return response.makeConditional(request, { acceptRanges: true })
   * })
   * ```
   */
  makeConditional(request: Environ | { readonly environ: Environ }, options: ConditionalOptions = {}): this {
    applyConditions(this, 'environ' in request ? (request.environ as Environ) : request, options)
    return this
  }

  /** The body as bytes. A stream is read to its end and replaced by what it gave, so that it can still be sent. */
  async bytes(options: ResponseReadOptions = {}): Promise<Uint8Array> {
    checkOptionNames(options, readNames, 'reading a Response')
    const { limit = RESPONSE_READ_LIMIT } = options
    const bytes = await readBody(this.body, limit)
    if (this.isStreamed) this.body = bytes
    return bytes
  }

  /** The body as UTF-8; see {@link bytes}. */
  async text(options?: ResponseReadOptions): Promise<string> {
    return new TextDecoder().decode(await this.bytes(options))
  }

  /** Makes an answer for any number of requests of this one: reads the body into memory, and adds an entity tag of it. */
  async freeze(options?: ResponseReadOptions): Promise<this> {
    await this.bytes(options)
    await this.addEtag()
    return this
  }

  /**
   * Has something called once the body has been sent or given up, after what was added before it and after `close()` of the body. It
   * belongs to the first request that this answers.
   */
  onClose(callback: CloseCallback): void {
    const rest = this.#more()
    rest.callbacks ??= []
    rest.callbacks.push(callback)
  }

  /** Gives up a response that is not sent: disposes of the body, and calls what {@link onClose} was given. Rejects with what that throws. */
  async close(): Promise<void> {
    const closing = withClose(this.#takeBody(), () => {}) as Closeable
    this.body = null
    await closing.close?.()
  }

  /**
   * Answers a request as an application does: starts the response and returns the body. Throws a TypeError for a body that can be read
   * only once, a generator or a stream, and was sent already.
   */
  respond(_environ: Environ, startResponse: StartResponse): Body {
    if (this.body !== null && typeof this.body === 'object') checkUnsent(this.body)
    const body = this.#rest === undefined ? (this.body ?? '') : this.#takeBody()
    // A copy, as the layers outside may change the list and its pairs.
    const list = this.#takeList()
    if (typeof body !== 'string') addLength(list, this.body)
    try {
      startResponse(this.#status, list)
    } catch (error) {
      dispose(body)
      throw error
    }
    return body
  }

  static #of(status: Status, headers: HeaderList, body: Body): Response {
    const response = new Response()
    response.body = body
    response.#status = status
    response.#list = headers
    return response
  }

  /** Takes what a response is made with; gives the type that it names besides its headers. */
  #init(init: ResponseInit): string | undefined {
    checkOptionNames(init, initNames, 'a Response')
    const { status, headers, mimetype, contentType } = init
    if (status !== undefined && status !== 200) this.#status = toStatus(status)
    if (headers !== undefined) this.#list = checkedList(headers)
    if (contentType === undefined && mimetype === undefined) return undefined
    if (this.#list !== undefined) Headers.from(this.#list).delete('content-type')
    return contentType === undefined ? contentTypeOf(mimetype as string) : checkContentType(contentType)
  }

  #more(): Rest {
    this.#rest ??= { headers: undefined, callbacks: undefined }
    return this.#rest
  }

  #takeBody(): Body {
    const body = this.body ?? ''
    const callbacks = this.#rest?.callbacks
    if (this.#rest === undefined || callbacks === undefined) return body
    this.#rest.callbacks = undefined
    return closingBody(body, callbacks)
  }

  #takeList(): HeaderList {
    const type = this.#contentType
    if (this.#list === undefined) return type === undefined ? [] : [['Content-Type', type]]
    const list = copyList(this.#list)
    if (type !== undefined) list.push(['Content-Type', type])
    return list
  }
}

interface Rest {
  headers: Headers | undefined
  callbacks: CloseCallback[] | undefined
}

const initNames: ReadonlySet<string> = new Set<keyof ResponseInit>([
  'status',
  'headers',
  'mimetype',
  'contentType',
])
const tagNames: ReadonlySet<string> = new Set<keyof EntityTagOptions>(['weak'])
const readNames: ReadonlySet<string> = new Set<keyof ResponseReadOptions>(['limit'])

const OK: Status = '200 OK'
const BINARY = 'application/octet-stream'

function toStatus(status: number | Status): Status {
  if (typeof status === 'number') return statusLine(status)
  parseStatus(status)
  return status
}

function checkedList(headers: HeadersInit): HeaderList {
  const list = copyList(headers)
  if (!isChecked(list)) {
    checkHeaders(list)
    for (const [name] of list) if (checkedNames.size < CACHE_LIMIT) checkedNames.add(name)
  }
  return list
}

/** Whether a list needs no closer look, at the price of little more than one at each character. */
function isChecked(list: HeaderList): boolean {
  for (let i = 0; i < list.length; i++) {
    const header = list[i] as [string, string]
    const value = header[1]
    if (!checkedNames.has(header[0]) || typeof value !== 'string' || !isFieldValue(value)) return false
  }
  return true
}

/** Names that were checked once, as programs use few; beyond this many they are checked each time. */
const CACHE_LIMIT = 1024
const checkedNames = new Set<string>()

/** Of a file the gateway cannot tell the size. */
function addLength(list: HeaderList, body: Body | null): void {
  if (!isSeekable(body) || Headers.from(list).has('Content-Length')) return
  list.push(['Content-Length', String(body.size)])
}

function hasContentType(list: HeaderList | undefined): boolean {
  return list?.some(([name]) => name.length === 12 && name.toLowerCase() === 'content-type') ?? false
}

function choosesType({ mimetype, contentType, headers }: ResponseInit): boolean {
  return (
    mimetype !== undefined ||
    contentType !== undefined ||
    (headers !== undefined && hasContentType(copyList(headers)))
  )
}
