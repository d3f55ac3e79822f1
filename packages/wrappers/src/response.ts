import type { Body, Environ, HeaderList, StartResponse, Status } from '@stapel/core'
import { dispose, parseStatus } from '@stapel/core'
import { statusLine } from '@stapel/core/http'
import { contentTypeOf, defaultContentType } from './content-type.ts'
import { copyList, Headers, type HeadersInit } from './headers.ts'
import { redirectAnswer } from './redirect.ts'
import { type CookieOptions, formatDeletedCookie, formatSetCookie } from './set-cookie.ts'

/** What a {@link Response} is made with besides its body. */
export interface ResponseInit {
  /** A code or a whole status line. @default 200 */
  status?: number | Status
  headers?: HeadersInit
  /** The media type; `charset=utf-8` is added to textual ones. Not together with `contentType`. */
  mimetype?: string
  /** The whole value of `Content-Type`; it and `mimetype` replace one among the `headers`. */
  contentType?: string
}

/**
 * An answer: status, headers, body. Return it from a handler of `Request.application`, or call {@link Response.respond} in an
 * application of your own.
 *
 * Without a type it is `text/plain; charset=utf-8`, but `application/octet-stream` for bytes and streams, and none for `null`. Names
 * and values given as `headers` are checked when the answer is started, those set through {@link Response.headers} at once. One with a
 * string or bytes for its body may answer any number of requests; it is never changed by that.
 *
 * @example
 * ```ts
 * import { Response } from '@stapel/wrappers'
 *
 * const response = new Response('<p>Gone.</p>', { status: 410, mimetype: 'text/html' })
 * response.headers.set('Cache-Control', 'no-store')
 * ```
 */
export class Response {
  /** The body as given; `null` is none. */
  body: Body | null
  #status: Status = OK
  /** The pairs of the answer but for a content type that was not set through them. */
  #list: HeaderList | undefined
  #contentType: string | undefined
  #headers: Headers | undefined

  constructor(body: Body | null = null, init?: ResponseInit) {
    this.body = body
    if (init === undefined) {
      this.#contentType = defaultContentType(body)
      return
    }
    const { status, headers, mimetype, contentType } = init
    if (status !== undefined && status !== 200) this.#status = toStatus(status)
    if (headers !== undefined) this.#list = copyList(headers)
    if (contentType !== undefined) this.#contentType = contentType
    else if (mimetype !== undefined) this.#contentType = contentTypeOf(mimetype)
    if (this.#contentType !== undefined) {
      if (this.#list !== undefined) Headers.from(this.#list).delete('content-type')
    } else if (this.#list === undefined || !hasContentType(this.#list)) {
      this.#contentType = defaultContentType(body)
    }
  }

  /** A response with a value as JSON; `init` may replace the media type. Throws a TypeError for what JSON cannot hold. */
  static json(value: unknown, init?: ResponseInit): Response {
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
   * A relative location is sent as it is. Throws a TypeError for a location with control characters, backslashes or a scheme that runs
   * scripts; whether the target may be trusted is not checked.
   */
  static redirect(location: string | URL, status: number = 303): Response {
    const answer = redirectAnswer(location, status)
    const response = new Response(answer.body, {
      status: answer.status,
      contentType: 'text/html; charset=utf-8',
    })
    response.#list = answer.headers
    response.#contentType = undefined
    return response
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

  /** The headers, to be changed at will. `Content-Type` is among them, `Content-Length` is the gateway's. */
  get headers(): Headers {
    if (this.#headers === undefined) {
      this.#list = this.#takeList()
      this.#contentType = undefined
      this.#headers = Headers.from(this.#list)
    }
    return this.#headers
  }

  /** Adds a cookie; the value is percent-encoded. Throws for a cookie that browsers would drop; see {@link formatSetCookie}. */
  setCookie(name: string, value: string, options?: CookieOptions): void {
    this.headers.append('Set-Cookie', formatSetCookie(name, value, options))
  }

  /** Removes a cookie from the client; `options` are those it was set with. */
  deleteCookie(name: string, options?: CookieOptions): void {
    this.headers.append('Set-Cookie', formatDeletedCookie(name, options))
  }

  /** Answers a request as an application does: starts the response and returns the body. */
  respond(_environ: Environ, startResponse: StartResponse): Body {
    const body = this.body ?? ''
    try {
      // A copy, as the layers outside may change the list and its pairs.
      startResponse(this.#status, this.#takeList())
    } catch (error) {
      dispose(body)
      throw error
    }
    return body
  }

  #takeList(): HeaderList {
    const type = this.#contentType
    if (this.#list === undefined) return type === undefined ? [] : [['Content-Type', type]]
    const list = copyList(this.#list)
    if (type !== undefined) list.push(['Content-Type', type])
    return list
  }
}

const OK: Status = '200 OK'

function toStatus(status: number | Status): Status {
  if (typeof status === 'number') return statusLine(status)
  parseStatus(status)
  return status
}

function hasContentType(list: HeaderList): boolean {
  return list.some(([name]) => name.length === 12 && name.toLowerCase() === 'content-type')
}

function choosesType({ mimetype, contentType, headers }: ResponseInit): boolean {
  return (
    mimetype !== undefined ||
    contentType !== undefined ||
    (headers !== undefined && hasContentType(copyList(headers)))
  )
}
