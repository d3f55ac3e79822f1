import { type ApplicationWith, type Environ, type ReadOptions, readableInput } from '@stapel/core'
import {
  type Authorization,
  type ByteRangeSpec,
  type CacheControl,
  type EntityTag,
  essenceOf,
  evaluatePreconditions,
  type FetchMetadata,
  type MediaType,
  type PreconditionResult,
  type Validators,
} from '@stapel/core/http'
import type { Accept, AcceptEncodings, AcceptLanguages, AcceptMimetypes } from './accept.ts'
import { type HandlerResult, handlerApplication } from './application.ts'
import { decodeText, decodeUtf8 } from './decode.ts'
import { checkLimit, type FormLimitsInit } from './form/form-limits.ts'
import type { FormPart } from './form/form-part.ts'
import { RequestForm } from './form/request-form.ts'
import type { ReadonlyHeaders } from './headers.ts'
import { parseJson } from './json.ts'
import { parseArgs } from './request-args.ts'
import * as content from './request-body.ts'
import * as conditions from './request-conditions.ts'
import { RequestCookies } from './request-cookies.ts'
import { RequestHeaders } from './request-headers.ts'
import * as negotiation from './request-negotiation.ts'
import * as origins from './request-origin.ts'
import type { AnyParams, JsonRequestOptions, RequestClass, RequestOf } from './request-types.ts'
import * as urls from './request-url.ts'
import { schemaOf, validateWith } from './standard-schema.ts'

/**
 * A request: a reading view over environ, with fetch's names where fetch has them. Every value is computed when it is first asked for, and
 * once; `headers` alone sees what is changed in environ afterwards.
 *
 * All of it is what a client sent, and data to be checked. The body can be read by one of `bytes`, `text`, `json`, `formData` after
 * another, as its bytes are kept (a multipart form is not, nor what `stream` and `body` give: those are read as they arrive). A request that
 * was made by hand and had a form is closed by hand; one that {@link Request.application} made is closed at the end of the answer.
 *
 * A subclass adds what an application needs and sets what holds for all of its requests:
 *
 * @example
 * ```ts
 * import { Request, Response } from '@stapel/wrappers'
 *
 * class AppRequest extends Request {
 *   static override trustedHosts = ['example.org', '.example.org']
 *
 *   get isMobile(): boolean {
 *     return this.userAgent?.includes('Mobile') ?? false
 *   }
 * }
 *
 * export const app = AppRequest.application((request) => new Response(request.isMobile ? 'Hello' : 'Hello, World!'))
 * ```
 */
export class Request<P = AnyParams> {
  /**
   * The hosts that a subclass answers for: a name, all below it (`'*.example.org'`), or both (`'.example.org'`), with any port or one
   * (`'example.org:8080'`); see `checkTrustedHost`. A request for another is answered 400 before the handler is called, and makes `host` and the URLs throw `BadHost`.
   * @default undefined, which is any host
   */
  static trustedHosts: readonly string[] | undefined = undefined
  /** The most bytes that are read into memory where a call names no `limit` of its own. @default 1048576 (1 MiB) */
  static bodyLimit: number = 1_048_576
  /** The limits of forms where a call names none of its own. @default defaultFormLimits */
  static formLimits: FormLimitsInit | undefined = undefined

  /** What the request is a view of (clause 2 of the protocol). */
  readonly environ: Environ
  #args: URLSearchParams | undefined
  #headers: RequestHeaders | undefined
  #cookies: RequestCookies | undefined
  #form: RequestForm | undefined
  /** What is asked for seldom, by the function that computes it. */
  #values: Map<unknown, unknown> | undefined

  /** A view of `environ` (clause 2 of the protocol), which is not copied; nothing is read or checked before it is asked for. */
  constructor(environ: Environ) {
    this.environ = environ
  }

  /**
   * An application of a function that gets a request and gives the answer: a {@link Response}, a fetch `Response`, an HTTPError, any
   * Application, or a promise of one. Called on a subclass, the function gets that subclass.
   *
   * An HTTPError that the function throws answers here, so that the layers outside add to its answer as to any other; one of 500 and above
   * is logged. Anything else it throws goes on to them. A function that is not async makes an application without a promise. Throws a
   * TypeError or RangeError for `trustedHosts` and limits of the class that are none.
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

  /** `'http'` or `'https'`, as the gateway or `proxyFix` knows it. */
  get scheme(): 'http' | 'https' {
    return this.environ['wsgi.url_scheme']
  }

  /** Whether the scheme is `https`. */
  get isSecure(): boolean {
    return this.scheme === 'https'
  }

  /** Where the application is mounted: `''`, or a percent-encoded path that does not end in `/`. */
  get scriptName(): string {
    return this.environ.SCRIPT_NAME
  }

  /** The path below {@link scriptName}: `PATH_INFO`, percent-encoded in normal form; decode a segment only after splitting. */
  get path(): string {
    return this.environ.PATH_INFO
  }

  /** {@link path} with the query: `'/users?page=2'`; no `?` without one. */
  get fullPath(): string {
    return urls.fullPathOf(this.environ)
  }

  /** What follows the first `?`, percent-encoded; `''` when there is none. See {@link args}. */
  get queryString(): string {
    return this.environ.QUERY_STRING
  }

  /**
   * `'example.org:8080'`: `Host`, or the listening address where there is none; in lower case, without the port that is usual for the scheme.
   * The client's word unless there are {@link Request.trustedHosts}. Throws `BadHost` for one that is malformed or not trusted, and so do the URLs.
   */
  get host(): string {
    return this.#once(urls.hostOf)
  }

  /** The listening side, never from a header; no port on a unix socket. */
  get server(): { readonly name: string; readonly port: number | undefined } {
    return this.#once(urls.serverOf)
  }

  /** Scheme and host: `'https://example.org'`. */
  get hostUrl(): string {
    return this.#once(urls.hostUrlOf)
  }

  /** Where the application is mounted: `'https://example.org/admin/'`; ends in `/`. */
  get rootUrl(): string {
    return this.#once(urls.rootUrlOf)
  }

  /** The URL without its query. */
  get baseUrl(): string {
    return this.#once(urls.baseUrlOf)
  }

  /** The whole URL, percent-encoded. */
  get url(): string {
    return this.#once(urls.urlOf)
  }

  /**
   * The query, decoded as forms are; what cannot be decoded becomes U+FFFD. The object is the request's own, changes stay in it. Throws
   * `URITooLong` for more than 1000 values.
   */
  get args(): URLSearchParams {
    this.#args ??= parseArgs(this.environ.QUERY_STRING)
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

  /** `Authorization`: scheme with user and password, token or parameters; `undefined` when absent or malformed. Nothing of it is checked. */
  get authorization(): Authorization | undefined {
    return this.#once(negotiation.authorizationOf)
  }

  /** `Content-Type` as sent. */
  get contentType(): string | undefined {
    return this.environ.CONTENT_TYPE
  }

  /** `Content-Type` taken apart, with its parameters; `undefined` when absent or malformed. */
  get mediaType(): MediaType | undefined {
    return this.#once(negotiation.mediaTypeOf)
  }

  /** The media type in lower case without parameters, as in `'text/html'`; `''` when none was sent. */
  get mimetype(): string {
    return essenceOf(this.environ.CONTENT_TYPE ?? '')
  }

  /** Whether the content type is JSON: `application/json`, `text/json`, `…+json`. */
  get isJson(): boolean {
    return content.hasJsonType(this.environ)
  }

  /** `Content-Length` in bytes; `undefined` when absent or no plain number. */
  get contentLength(): number | undefined {
    return content.contentLengthOf(this.environ)
  }

  /** `Content-Encoding` as sent: the codings of the body, which are not undone. */
  get contentEncoding(): string | undefined {
    return this.environ.HTTP_CONTENT_ENCODING
  }

  /** `Accept`: the media types that the client takes, with `bestMatch` (RFC 9110 section 12.5.1). */
  get acceptMimetypes(): AcceptMimetypes {
    return this.#once(negotiation.acceptMimetypesOf)
  }

  /** `Accept-Language`, with `bestMatch` by RFC 4647 (RFC 9110 section 12.5.4). */
  get acceptLanguages(): AcceptLanguages {
    return this.#once(negotiation.acceptLanguagesOf)
  }

  /** `Accept-Encoding`, with `bestMatch` (RFC 9110 section 12.5.3). */
  get acceptEncodings(): AcceptEncodings {
    return this.#once(negotiation.acceptEncodingsOf)
  }

  /** `Accept-Charset`, which browsers do not send and servers may disregard (RFC 9110 section 12.5.2). */
  get acceptCharsets(): Accept {
    return this.#once(negotiation.acceptCharsetsOf)
  }

  /** `Cache-Control`; without directives when absent (RFC 9111 section 5.2.1). */
  get cacheControl(): CacheControl {
    return this.#once(conditions.cacheControlOf)
  }

  /** `Date`; `undefined` when absent or no date. */
  get date(): Date | undefined {
    return this.#once(conditions.dateOf)
  }

  /** `If-Match`: tags or `'*'`; `undefined` when absent (RFC 9110 section 13.1.1). See {@link preconditions}. */
  get ifMatch(): '*' | readonly EntityTag[] | undefined {
    return this.#once(conditions.ifMatchOf)
  }

  /** `If-None-Match`: tags or `'*'`; `undefined` when absent (RFC 9110 section 13.1.2). */
  get ifNoneMatch(): '*' | readonly EntityTag[] | undefined {
    return this.#once(conditions.ifNoneMatchOf)
  }

  /** `If-Modified-Since`; `undefined` when absent or no date (RFC 9110 section 13.1.3). */
  get ifModifiedSince(): Date | undefined {
    return this.#once(conditions.ifModifiedSinceOf)
  }

  /** `If-Unmodified-Since`; `undefined` when absent or no date (RFC 9110 section 13.1.4). */
  get ifUnmodifiedSince(): Date | undefined {
    return this.#once(conditions.ifUnmodifiedSinceOf)
  }

  /** `If-Range`: a strong tag or a date; `undefined` when absent, malformed or weak (RFC 9110 section 13.1.5). */
  get ifRange(): EntityTag | Date | undefined {
    return this.#once(conditions.ifRangeOf)
  }

  /** `Range` in bytes, at most 100; `undefined` when absent or to be ignored (RFC 9110 section 14.2). */
  get range(): readonly ByteRangeSpec[] | undefined {
    return this.#once(conditions.rangeOf)
  }

  /**
   * What the preconditions of the request come to for a representation as it is now, `undefined` for none: `'proceed'`, `'not-modified'` (304)
   * or `'failed'` (412); ask before a change is made (RFC 9110 section 13.2). `Response.makeConditional` does it for answers.
   */
  preconditions(current: Validators | undefined): PreconditionResult {
    return evaluatePreconditions(this.environ, current)
  }

  /** `User-Agent` as sent. */
  get userAgent(): string | undefined {
    return this.environ.HTTP_USER_AGENT
  }

  /** `Referer`, under the word's right spelling: the URL that the client came from, as it says. */
  get referrer(): string | undefined {
    return this.environ.HTTP_REFERER
  }

  /** `Origin` in lower case: `'https://example.org'`, or `'null'` for one that is not told; `undefined` when absent or malformed. */
  get origin(): string | undefined {
    return this.#once(origins.originOf)
  }

  /** `Access-Control-Request-Method` of a preflight. */
  get accessControlRequestMethod(): string | undefined {
    return this.environ.HTTP_ACCESS_CONTROL_REQUEST_METHOD
  }

  /** `Access-Control-Request-Headers` of a preflight: names in lower case; empty when absent. */
  get accessControlRequestHeaders(): readonly string[] {
    return this.#once(origins.requestedHeadersOf)
  }

  /** `Sec-Fetch-Site`: how the page that makes the request stands to it; `undefined` when absent or unknown. */
  get secFetchSite(): FetchMetadata['site'] {
    return this.#once(origins.fetchMetadataOf).site
  }

  /** `Sec-Fetch-Mode`: `'navigate'`, `'cors'` …; `undefined` when absent or unknown. */
  get secFetchMode(): FetchMetadata['mode'] {
    return this.#once(origins.fetchMetadataOf).mode
  }

  /** `Sec-Fetch-Dest`: what the content is for, as in `'document'`; `undefined` when absent or unknown. */
  get secFetchDest(): FetchMetadata['dest'] {
    return this.#once(origins.fetchMetadataOf).dest
  }

  /** `Sec-Fetch-User`: whether a user, not a script, began a navigation. */
  get secFetchUser(): boolean {
    return this.#once(origins.fetchMetadataOf).user
  }

  /** `Max-Forwards` of TRACE and OPTIONS (RFC 9110 section 7.6.2); `undefined` when absent or no plain number. */
  get maxForwards(): number | undefined {
    return origins.maxForwardsOf(this.environ)
  }

  /** The peer's address, which behind a proxy is the proxy's (see `proxyFix`); `undefined` on a unix socket. */
  get remoteAddr(): string | undefined {
    return this.environ.REMOTE_ADDR
  }

  /**
   * The addresses that the request came through, as `X-Forwarded-For` has them, and {@link remoteAddr} alone without it. Anyone may write that
   * header: for logs, never for a decision.
   */
  get accessRoute(): readonly string[] {
    return this.#once(origins.accessRouteOf)
  }

  /** `REMOTE_USER`: the user that a layer outside, or a CGI server, has authenticated. */
  get remoteUser(): string | undefined {
    return (this.environ as { REMOTE_USER?: string }).REMOTE_USER
  }

  /** Aborted when the client has gone before the answer was complete. */
  get signal(): AbortSignal {
    return this.environ['stapel.context'].signal
  }

  /**
   * The body; shared by all who ask, so do not change it. Rejects with `ContentTooLarge` above `limit` ({@link Request.bodyLimit}), with
   * `ClientDisconnected` when the client left.
   */
  bytes(options?: ReadOptions): Promise<Uint8Array> {
    return this.#read(content.checkReadOptions(options))
  }

  /** The body as a buffer of its own; rejects as {@link bytes} does. */
  arrayBuffer(options?: ReadOptions): Promise<ArrayBuffer> {
    return this.#read(content.checkReadOptions(options)).then((bytes) => new Uint8Array(bytes).buffer)
  }

  /** The body as a `Blob` with the content type of the request; rejects as {@link bytes} does. */
  blob(options?: ReadOptions): Promise<Blob> {
    return this.#read(content.checkReadOptions(options)).then((bytes) =>
      content.toBlob(bytes, this.contentType),
    )
  }

  /** The body as text in the charset of its content type, by default UTF-8; invalid bytes become U+FFFD. Besides what {@link bytes}
   * rejects with: `UnsupportedMediaType` for an unknown charset or a content coding. */
  text(options?: ReadOptions): Promise<string> {
    content.checkReadOptions(options)
    if (content.isCoded(this.environ)) return Promise.reject(content.coded())
    return this.#read(options).then((bytes) => decodeText(bytes, content.bodyCharset(this.environ)))
  }

  /**
   * The body parsed as JSON, anew for each call, and what `schema` makes of it. Besides what {@link bytes} rejects with:
   * `UnsupportedMediaType` when the content type is absent or is not JSON (`application/json`, `…+json`), `BadRequest` with the position for
   * JSON that is invalid, too deep, or has keys that change prototypes, `InvalidContent` (422) with the places for a value that the schema refuses.
   */
  json<T = unknown>(options: JsonRequestOptions<T> = {}): Promise<T> {
    const schema = schemaOf(options)
    content.checkJsonOptions(options)
    if (options.checkType !== false && !content.hasJsonType(this.environ))
      return Promise.reject(content.notJson())
    if (content.isCoded(this.environ)) return Promise.reject(content.coded())
    return this.#read(options).then((bytes) => {
      const value = parseJson(decodeUtf8(bytes), options)
      return schema === undefined ? (value as T) : validateWith(schema, value)
    })
  }

  /**
   * The chunks of the body as they arrive, nothing held. Throws `ContentTooLarge` before the chunk that goes beyond `limit`
   * ({@link Request.bodyLimit}; `Infinity` for none), `ClientDisconnected` when the client left.
   */
  stream(options?: ReadOptions): AsyncIterable<Uint8Array> {
    return content.limitedInput(this.environ, this.#limit(content.checkReadOptions(options)))
  }

  /** The body as a stream without a limit, as fetch has it; empty where there is none. See {@link stream} for one that is limited. */
  get body(): ReadableStream<Uint8Array> {
    return this.#once(readableInput)
  }

  /**
   * The body parsed as a form, urlencoded or multipart, in order and with repeats; read once, with the limits of the first call. Needs
   * Node. A file of more than 500 kB lies in a temporary file until the request ends; keep one by reading it before.
   *
   * Rejects with `UnsupportedMediaType` for another content type or a content coding, `BadRequest` for a broken or cut-off form, `ContentTooLarge` above a
   * limit, `ClientDisconnected` when the client left, `ServiceUnavailable` when a file cannot be stored, a TypeError after {@link parts}. Throws a
   * TypeError or RangeError for a limit that is none.
   */
  formData(limits: FormLimitsInit | undefined = this.#class.formLimits): Promise<FormData> {
    this.#form ??= new RequestForm(this.environ)
    return this.#form.data(limits)
  }

  /**
   * The fields and files of a form one by one, as they arrive: files are never held or stored, so that memory stays the same however large
   * they are. Needs Node. To be asked for once; read each part before you go on to the next.
   *
   * The same limits as those of {@link formData} hold, `memory` and `totalMemory` aside, and the iteration rejects with the same errors, also
   * within a part. Throws a TypeError where the form was read before, and for a limit that is none a TypeError or RangeError.
   */
  parts(
    limits: FormLimitsInit | undefined = this.#class.formLimits,
  ): AsyncGenerator<FormPart, void, undefined> {
    this.#form ??= new RequestForm(this.environ)
    return this.#form.parts(limits)
  }

  /** Whether there is a form, for {@link close} to end. */
  get hasForm(): boolean {
    return this.#form !== undefined
  }

  /** Ends the request: a form that is still being read rejects, temporary files are removed. May be called again. */
  async close(): Promise<void> {
    await this.#form?.close()
  }

  get #class(): typeof Request {
    return this.constructor as typeof Request
  }

  #once<T>(compute: (environ: Environ, trustedHosts?: readonly string[]) => T): T {
    this.#values ??= new Map()
    const known = this.#values.get(compute)
    if (known !== undefined || this.#values.has(compute)) return known as T
    const value = compute(this.environ, this.#class.trustedHosts)
    this.#values.set(compute, value)
    return value
  }

  #limit(options?: ReadOptions): number {
    const limit = options?.limit
    return limit === undefined ? this.#class.bodyLimit : checkLimit('limit', limit)
  }

  #read(options?: ReadOptions): Promise<Uint8Array> {
    const limit = this.#limit(options)
    return this.environ['stapel.context'].read({ limit })
  }
}

const noParams: AnyParams = Object.freeze(Object.create(null))
