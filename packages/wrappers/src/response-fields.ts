import {
  type CacheControl,
  type Challenge,
  type ChallengeInit,
  type ContentRange,
  type ContentSecurityPolicy,
  essenceOf,
  formatAge,
  formatCacheControl,
  formatChallenge,
  formatContentRange,
  formatContentSecurityPolicy,
  formatRetryAfter,
  parseAge,
  parseCacheControl,
  parseChallenges,
  parseContentRange,
  parseContentSecurityPolicy,
  parseRetryAfter,
  parseVary,
} from '@stapel/core/http'
import { contentTypeOf } from './content-type.ts'
import { CrossOriginFields } from './cross-origin-fields.ts'
import type { Headers } from './headers.ts'
import { formatLocation } from './redirect.ts'
import {
  mapField,
  readDate,
  readField,
  readTokens,
  readWord,
  writeDate,
  writeField,
  writeTokens,
  writeWord,
} from './response-values.ts'

/**
 * The headers of a response as values.
 *
 * A member reads its header each time it is asked for, and gives `undefined`, or an empty list or object, where there is none or it is
 * malformed. Assigning writes the header at once, and `undefined` removes it. Values are not live: change one by assigning another,
 * as in `response.cacheControl = { ...response.cacheControl, maxAge: 60 }`. What is wrong throws a TypeError or RangeError that shows it.
 */
export abstract class ResponseFields extends CrossOriginFields {
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
    return mapField(this.headers, 'Content-Range', parseContentRange)
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

  /** For how many seconds it was kept by caches since its origin vouched for it (RFC 9111 section 5.1). */
  get age(): number | undefined {
    return mapField(this.headers, 'Age', parseAge)
  }

  set age(seconds: number | undefined) {
    writeField(this.headers, 'Age', seconds === undefined ? undefined : formatAge(seconds))
  }

  /** When to try again: in so many seconds, or at a date (RFC 9110 section 10.2.3). */
  get retryAfter(): number | Date | undefined {
    return mapField(this.headers, 'Retry-After', parseRetryAfter)
  }

  set retryAfter(when: number | Date | undefined) {
    writeField(this.headers, 'Retry-After', when === undefined ? undefined : formatRetryAfter(when))
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

  /** The ways of authentication that are offered, one header each (RFC 9110 section 11.6.1). */
  get wwwAuthenticate(): readonly Challenge[] {
    return Object.freeze(parseChallenges(this.headers.get('WWW-Authenticate') ?? ''))
  }

  set wwwAuthenticate(challenges: ChallengeInit | readonly ChallengeInit[] | undefined) {
    const values = [challenges ?? []].flat().map(formatChallenge)
    this.headers.delete('WWW-Authenticate')
    for (const value of values) this.headers.append('WWW-Authenticate', value)
  }

  /** What a page may load and run, the first of several policies (CSP level 3). A string is sent as it is. */
  get contentSecurityPolicy(): ContentSecurityPolicy {
    return readPolicy(this.headers, 'Content-Security-Policy')
  }

  set contentSecurityPolicy(policy: ContentSecurityPolicy | string | undefined) {
    writePolicy(this.headers, 'Content-Security-Policy', policy)
  }

  /** A policy of which violations are only reported (CSP level 3). A string is sent as it is. */
  get contentSecurityPolicyReportOnly(): ContentSecurityPolicy {
    return readPolicy(this.headers, 'Content-Security-Policy-Report-Only')
  }

  set contentSecurityPolicyReportOnly(policy: ContentSecurityPolicy | string | undefined) {
    writePolicy(this.headers, 'Content-Security-Policy-Report-Only', policy)
  }
}

function readPolicy(headers: Headers, name: string): ContentSecurityPolicy {
  return Object.freeze(parseContentSecurityPolicy(headers.get(name) ?? ''))
}

function writePolicy(
  headers: Headers,
  name: string,
  policy: ContentSecurityPolicy | string | undefined,
): void {
  const value = typeof policy === 'object' ? formatContentSecurityPolicy(policy) : policy
  writeField(headers, name, value === '' ? undefined : value)
}
