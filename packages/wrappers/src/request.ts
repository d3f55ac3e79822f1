import { type ApplicationWith, type Environ, type ReadOptions, UnsupportedMediaType } from '@stapel/core'
import { essenceOf, isJsonType, parseMediaType, valuesOf } from '@stapel/core/http'
import { type HandlerResult, handlerApplication } from './application.ts'
import { decodeText, decodeUtf8 } from './decode.ts'
import { checkLimit, type FormLimits } from './form/form-limits.ts'
import { RequestForm } from './form/request-form.ts'
import type { ReadonlyHeaders } from './headers.ts'
import { type JsonOptions, parseJson } from './json.ts'
import { RequestCookies } from './request-cookies.ts'
import { RequestHeaders } from './request-headers.ts'
import { formatUrl } from './request-url.ts'

/** What a router captured, where nothing more is known of it. */
export type AnyParams = Readonly<Record<string, unknown>>

/** How {@link Request.json} reads. */
export interface JsonRequestOptions extends ReadOptions, JsonOptions {
  /**
   * Whether the content type must be JSON. A page of another site can send any bytes without a preflight as long as the type is not
   * JSON or is left out, so that this is also a guard against forged requests.
   * @default true
   */
  checkType?: boolean
}

/** A class of requests, as `Request.application` is called on. */
export type RequestClass = new (environ: Environ) => Request<unknown>

/** What a handler of a request class gets: {@link Request} with the params of its route, or the subclass with them. */
export type RequestOf<C extends RequestClass, P> = typeof Request extends C
  ? Request<P>
  : InstanceType<C> & { readonly params: P }

/**
 * A request: a reading view over environ, with fetch's names where fetch has them. Every value is computed when it is asked for.
 *
 * All of it is what a client sent, and data to be checked. The body can be read by one of `bytes`, `text`, `json`, `formData` after
 * another, as its bytes are kept (a multipart form is not, it is read as it arrives). A request that was made by hand and had a form
 * is closed by hand; one that {@link Request.application} made is closed at the end of the answer.
 *
 * @example
 * ```ts
 * import { Request, Response } from '@stapel/wrappers'
 *
 * export const app = Request.application((request) => new Response(`Hello ${request.args.get('name') ?? 'World'}`))
 * ```
 */
export class Request<P = AnyParams> {
  readonly environ: Environ
  #url: string | undefined
  #args: URLSearchParams | undefined
  #headers: RequestHeaders | undefined
  #cookies: RequestCookies | undefined
  #form: RequestForm | undefined

  constructor(environ: Environ) {
    this.environ = environ
  }

  /**
   * An application of a function that gets a request and gives the answer: a {@link Response}, a fetch `Response`, an HTTPError, any
   * Application, or a promise of one. Called on a subclass, the function gets that subclass.
   *
   * An HTTPError that the function throws answers here, so that the layers outside add to its answer as to any other; one of 500 and above
   * is logged. Anything else it throws goes on to them. A function that is not async makes an application without a promise.
   */
  static application<P = AnyParams, C extends RequestClass = typeof Request>(
    this: C,
    handler: (request: RequestOf<C, P>) => HandlerResult | Promise<HandlerResult>,
  ): ApplicationWith<P> {
    // biome-ignore lint/complexity/noThisInStatic: the subclass that it is called on.
    return handlerApplication(this, handler as (request: Request<unknown>) => HandlerResult)
  }

  /** `'GET'`; as sent, upper case for the standard methods. */
  get method(): string {
    return this.environ.REQUEST_METHOD
  }

  /** Where the application is mounted: `''`, or a percent-encoded path that does not end in `/`. */
  get scriptName(): string {
    return this.environ.SCRIPT_NAME
  }

  /** The path below {@link scriptName}: `PATH_INFO`, percent-encoded in normal form; decode a segment only after splitting. */
  get path(): string {
    return this.environ.PATH_INFO
  }

  /** The whole URL; its host is the client's word. See {@link formatUrl}. */
  get url(): string {
    this.#url ??= formatUrl(this.environ)
    return this.#url
  }

  /** The query, decoded as forms are; never throws. The object is the request's own, changes stay in it. */
  get args(): URLSearchParams {
    this.#args ??= new URLSearchParams(this.environ.QUERY_STRING)
    return this.#args
  }

  /** The headers, read-only. */
  get headers(): ReadonlyHeaders {
    this.#headers ??= new RequestHeaders(this.environ)
    return this.#headers
  }

  /** The cookies; the first of several of one name. */
  get cookies(): RequestCookies {
    this.#cookies ??= new RequestCookies(this.environ.HTTP_COOKIE)
    return this.#cookies
  }

  /** What the router captured from the path, converted; an empty object without a router. */
  get params(): P {
    return (this.environ['stapel.params'] ?? noParams) as P
  }

  /** `Content-Type` as sent. */
  get contentType(): string | undefined {
    return this.environ.CONTENT_TYPE
  }

  /** The media type in lower case without parameters, as in `'text/html'`; `''` when none was sent. */
  get mimetype(): string {
    return essenceOf(this.environ.CONTENT_TYPE ?? '')
  }

  /** `Content-Length` in bytes; `undefined` when absent or no plain number. */
  get contentLength(): number | undefined {
    const text = this.environ.CONTENT_LENGTH
    return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined
  }

  /** The peer's address, which behind a proxy is the proxy's (see `proxyFix`); `undefined` on a unix socket. */
  get remoteAddr(): string | undefined {
    return this.environ.REMOTE_ADDR
  }

  /** Aborted when the client has gone before the answer was complete. */
  get signal(): AbortSignal {
    return this.environ['stapel.context'].signal
  }

  /**
   * The body; shared by all who ask, so do not change it. Rejects with `ContentTooLarge` above `limit` (1 MiB), with
   * `ClientDisconnected` when the client left.
   */
  bytes(options?: ReadOptions): Promise<Uint8Array> {
    return this.#read(options)
  }

  /** The body as text in the charset of its content type, by default UTF-8; invalid bytes become U+FFFD. Besides what {@link bytes}
   * rejects with: `UnsupportedMediaType` for an unknown charset or a content coding. */
  text(options?: ReadOptions): Promise<string> {
    if (this.#isCoded()) return Promise.reject(coded())
    return this.#read(options).then((bytes) => decodeText(bytes, this.#charset()))
  }

  /**
   * The body parsed as JSON, anew for each call. Besides what {@link bytes} rejects with: `UnsupportedMediaType` when the content type
   * is absent or is not JSON (`application/json`, `…+json`), `BadRequest` with the position for JSON that is invalid, too deep, or has
   * keys that change prototypes.
   */
  json<T = unknown>(options: JsonRequestOptions = {}): Promise<T> {
    if (options.checkType !== false && !isJson(this.environ.CONTENT_TYPE)) {
      return Promise.reject(
        new UnsupportedMediaType(
          'The request needs a Content-Type of application/json, or another that ends in +json.',
        ),
      )
    }
    if (this.#isCoded()) return Promise.reject(coded())
    return this.#read(options).then((bytes) => parseJson(decodeUtf8(bytes), options) as T)
  }

  /**
   * The body parsed as a form, urlencoded or multipart, in order and with repeats; read once, with the limits of the first call. Needs
   * Node. A file of more than 500 kB lies in a temporary file until the request ends; keep one by reading it before.
   *
   * Rejects with `UnsupportedMediaType` for another content type or a content coding, `BadRequest` for a broken or cut-off form, `ContentTooLarge` above a
   * limit, `ClientDisconnected` when the client left, `ServiceUnavailable` when a file cannot be stored.
   */
  formData(limits?: Partial<FormLimits>): Promise<FormData> {
    if (this.#isCoded()) return Promise.reject(coded())
    this.#form ??= new RequestForm(this.environ, limits)
    return this.#form.data
  }

  /** Whether there is a form, for {@link close} to end. */
  get hasForm(): boolean {
    return this.#form !== undefined
  }

  /** Ends the request: a form that is still being read rejects, temporary files are removed. May be called again. */
  async close(): Promise<void> {
    await this.#form?.close()
  }

  #read(options?: ReadOptions): Promise<Uint8Array> {
    if (options?.limit !== undefined) checkLimit('limit', options.limit)
    return this.environ['stapel.context'].read(options)
  }

  /** What is compressed would have to be inflated first, within a limit of its own; `bytes` gives it as it came. */
  #isCoded(): boolean {
    const coding = this.environ.HTTP_CONTENT_ENCODING
    return coding !== undefined && coding.toLowerCase() !== 'identity'
  }

  #charset(): string | undefined {
    const type = this.environ.CONTENT_TYPE
    const parameters = type === undefined ? undefined : parseMediaType(type)?.parameters
    return parameters === undefined ? undefined : valuesOf(parameters, 'charset')[0]
  }
}

const noParams: AnyParams = Object.freeze(Object.create(null))

function coded(): UnsupportedMediaType {
  return new UnsupportedMediaType(
    'The content of the request has a content coding, which is not accepted; send it plain.',
    { headers: [['Accept-Encoding', 'identity']] },
  )
}

function isJson(contentType: string | undefined): boolean {
  if (contentType === 'application/json') return true
  return isJsonType(essenceOf(contentType ?? ''))
}
