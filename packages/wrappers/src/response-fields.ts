import {
  type CacheControl,
  type ContentRange,
  essenceOf,
  formatCacheControl,
  formatContentRange,
  parseCacheControl,
  parseContentRange,
  parseVary,
} from '@stapel/core/http'
import { contentTypeOf } from './content-type.ts'
import type { Headers } from './headers.ts'
import { formatLocation } from './redirect.ts'
import {
  readDate,
  readField,
  readNumber,
  readTokens,
  readWord,
  writeDate,
  writeField,
  writeNumber,
  writeTokens,
  writeWord,
} from './response-values.ts'

/** With whom a page shares its browsing context group. */
export type OpenerPolicy =
  | 'unsafe-none'
  | 'same-origin'
  | 'same-origin-allow-popups'
  | 'noopener-allow-popups'

/** Whether a page may load what does not say that it may be loaded. */
export type EmbedderPolicy = 'unsafe-none' | 'require-corp' | 'credentialless'

/** Who may load a resource. */
export type ResourcePolicy = 'same-origin' | 'same-site' | 'cross-origin'

/**
 * The headers of a response as values.
 *
 * A member reads its header each time it is asked for, and gives `undefined`, or an empty list or object, where there is none or it is
 * malformed. Assigning writes the header at once, and `undefined` removes it. Values are not live: change one by assigning another,
 * as in `response.cacheControl = { ...response.cacheControl, maxAge: 60 }`. What is wrong throws a TypeError or RangeError that shows it.
 */
export abstract class ResponseFields {
  /** The headers, as the members below read and write them. */
  abstract get headers(): Headers

  /** `Content-Type` as it is sent. */
  get contentType(): string | undefined {
    return readField(this.headers, 'Content-Type')
  }

  set contentType(contentType: string | undefined) {
    writeField(this.headers, 'Content-Type', contentType)
  }

  /** The media type in lower case without parameters, as in `'text/html'`. One that is set and textual gets `; charset=utf-8`. */
  get mimetype(): string | undefined {
    const contentType = this.contentType
    return contentType === undefined ? undefined : essenceOf(contentType)
  }

  set mimetype(mimetype: string | undefined) {
    this.contentType = mimetype === undefined ? undefined : contentTypeOf(mimetype)
  }

  /** The codings that the content was given, outermost last, as in `['gzip']` (RFC 9110 section 8.4). */
  get contentEncoding(): readonly string[] {
    return readTokens(this.headers, 'Content-Encoding')
  }

  set contentEncoding(codings: string | readonly string[] | undefined) {
    writeTokens(this.headers, 'Content-Encoding', codings)
  }

  /** The languages that the content is meant for, as in `['de', 'en-GB']` (RFC 9110 section 8.5). */
  get contentLanguage(): readonly string[] {
    return readTokens(this.headers, 'Content-Language')
  }

  set contentLanguage(languages: string | readonly string[] | undefined) {
    writeTokens(this.headers, 'Content-Language', languages)
  }

  /** Where this representation is to be had itself; relative ones are sent as they are (RFC 9110 section 8.7). */
  get contentLocation(): string | undefined {
    return readField(this.headers, 'Content-Location')
  }

  set contentLocation(location: string | URL | undefined) {
    writeField(
      this.headers,
      'Content-Location',
      location === undefined ? undefined : formatLocation(location),
    )
  }

  /** Which part of the whole this is, in bytes, both ends included (RFC 9110 section 14.4). */
  get contentRange(): ContentRange | undefined {
    const value = this.headers.get('Content-Range')
    return value === null ? undefined : parseContentRange(value)
  }

  set contentRange(contentRange: ContentRange | undefined) {
    const value =
      contentRange === undefined ? undefined : formatContentRange(contentRange.range, contentRange.size)
    writeField(this.headers, 'Content-Range', value)
  }

  /** Whether parts may be asked for (RFC 9110 section 14.3); `makeConditional` sets it. */
  get acceptRanges(): 'bytes' | 'none' | undefined {
    return readWord(this.headers, 'Accept-Ranges', ['bytes', 'none'])
  }

  set acceptRanges(unit: 'bytes' | 'none' | undefined) {
    writeWord(this.headers, 'Accept-Ranges', ['bytes', 'none'], unit)
  }

  /** When it was last changed, in whole seconds (RFC 9110 section 8.8.2). */
  get lastModified(): Date | undefined {
    return readDate(this.headers, 'Last-Modified')
  }

  set lastModified(date: Date | undefined) {
    writeDate(this.headers, 'Last-Modified', date)
  }

  /** When it was made (RFC 9110 section 6.6.1); the gateway sets it where it is left out. */
  get date(): Date | undefined {
    return readDate(this.headers, 'Date')
  }

  set date(date: Date | undefined) {
    writeDate(this.headers, 'Date', date)
  }

  /** When it stops being fresh, for caches that do not know `max-age` (RFC 9111 section 5.3). */
  get expires(): Date | undefined {
    return readDate(this.headers, 'Expires')
  }

  set expires(date: Date | undefined) {
    writeDate(this.headers, 'Expires', date)
  }

  /** What caches may do with it (RFC 9111 section 5.2); times are in seconds. A string is sent as it is. */
  get cacheControl(): CacheControl {
    return Object.freeze(parseCacheControl(this.headers.get('Cache-Control') ?? ''))
  }

  set cacheControl(cacheControl: CacheControl | string | undefined) {
    const value = typeof cacheControl === 'object' ? formatCacheControl(cacheControl) : cacheControl
    writeField(this.headers, 'Cache-Control', value === '' ? undefined : value)
  }

  /** The request fields that it depends on, in lower case; `'*'` for more than can be named (RFC 9110 section 12.5.5). */
  get vary(): '*' | readonly string[] {
    const names = parseVary(this.headers.get('Vary') ?? '')
    return typeof names === 'string' ? names : Object.freeze(names)
  }

  set vary(names: string | readonly string[] | undefined) {
    writeTokens(this.headers, 'Vary', names)
  }

  /** The methods of the resource, as in `['GET', 'HEAD']` (RFC 9110 section 10.2.1). */
  get allow(): readonly string[] {
    return readTokens(this.headers, 'Allow')
  }

  set allow(methods: string | readonly string[] | undefined) {
    writeTokens(this.headers, 'Allow', methods)
  }

  /** Where to go, or what was made (RFC 9110 section 10.2.2); what a `Location` cannot hold is percent-encoded, as by `redirect`. */
  get location(): string | undefined {
    return readField(this.headers, 'Location')
  }

  set location(location: string | URL | undefined) {
    writeField(this.headers, 'Location', location === undefined ? undefined : formatLocation(location))
  }

  /** The one origin whose scripts may read it, `'*'` for any without credentials (Fetch standard). Add `Origin` to `vary` for one. */
  get accessControlAllowOrigin(): string | undefined {
    return readField(this.headers, 'Access-Control-Allow-Origin')
  }

  set accessControlAllowOrigin(origin: string | undefined) {
    if (origin !== undefined && !/^[^\s,]+$/.test(origin)) {
      throw new TypeError(
        `Got ${JSON.stringify(origin)} for Access-Control-Allow-Origin; expected one origin, '*' or 'null'.`,
      )
    }
    writeField(this.headers, 'Access-Control-Allow-Origin', origin)
  }

  /** Whether scripts may read it where the request had cookies or other credentials. */
  get accessControlAllowCredentials(): boolean {
    return this.headers.get('Access-Control-Allow-Credentials') === 'true'
  }

  set accessControlAllowCredentials(allowed: boolean | undefined) {
    // `true` is the only value that there is; no header says no.
    writeField(this.headers, 'Access-Control-Allow-Credentials', allowed === true ? 'true' : undefined)
  }

  /** The headers that scripts may send, in the answer to a preflight. */
  get accessControlAllowHeaders(): readonly string[] {
    return readTokens(this.headers, 'Access-Control-Allow-Headers')
  }

  set accessControlAllowHeaders(names: string | readonly string[] | undefined) {
    writeTokens(this.headers, 'Access-Control-Allow-Headers', names)
  }

  /** The methods that scripts may use, in the answer to a preflight. */
  get accessControlAllowMethods(): readonly string[] {
    return readTokens(this.headers, 'Access-Control-Allow-Methods')
  }

  set accessControlAllowMethods(methods: string | readonly string[] | undefined) {
    writeTokens(this.headers, 'Access-Control-Allow-Methods', methods)
  }

  /** The headers that scripts may read besides the common ones. */
  get accessControlExposeHeaders(): readonly string[] {
    return readTokens(this.headers, 'Access-Control-Expose-Headers')
  }

  set accessControlExposeHeaders(names: string | readonly string[] | undefined) {
    writeTokens(this.headers, 'Access-Control-Expose-Headers', names)
  }

  /** For how many seconds the answer to a preflight holds. */
  get accessControlMaxAge(): number | undefined {
    return readNumber(this.headers, 'Access-Control-Max-Age')
  }

  set accessControlMaxAge(seconds: number | undefined) {
    writeNumber(this.headers, 'Access-Control-Max-Age', seconds)
  }

  /** `Cross-Origin-Opener-Policy` (HTML standard). */
  get crossOriginOpenerPolicy(): OpenerPolicy | undefined {
    return readWord(this.headers, 'Cross-Origin-Opener-Policy', openerPolicies)
  }

  set crossOriginOpenerPolicy(policy: OpenerPolicy | undefined) {
    writeWord(this.headers, 'Cross-Origin-Opener-Policy', openerPolicies, policy)
  }

  /** `Cross-Origin-Embedder-Policy` (HTML standard). */
  get crossOriginEmbedderPolicy(): EmbedderPolicy | undefined {
    return readWord(this.headers, 'Cross-Origin-Embedder-Policy', embedderPolicies)
  }

  set crossOriginEmbedderPolicy(policy: EmbedderPolicy | undefined) {
    writeWord(this.headers, 'Cross-Origin-Embedder-Policy', embedderPolicies, policy)
  }

  /** `Cross-Origin-Resource-Policy` (Fetch standard). */
  get crossOriginResourcePolicy(): ResourcePolicy | undefined {
    return readWord(this.headers, 'Cross-Origin-Resource-Policy', resourcePolicies)
  }

  set crossOriginResourcePolicy(policy: ResourcePolicy | undefined) {
    writeWord(this.headers, 'Cross-Origin-Resource-Policy', resourcePolicies, policy)
  }
}

const openerPolicies: readonly OpenerPolicy[] = [
  'unsafe-none',
  'same-origin',
  'same-origin-allow-popups',
  'noopener-allow-popups',
]
const embedderPolicies: readonly EmbedderPolicy[] = ['unsafe-none', 'require-corp', 'credentialless']
const resourcePolicies: readonly ResourcePolicy[] = ['same-origin', 'same-site', 'cross-origin']
