import {
  type AccessControl,
  type CacheControl,
  type Challenge,
  type ChallengeInit,
  type ContentRange,
  type ContentSecurityPolicy,
  type EmbedderPolicy,
  essenceOf,
  formatAccessControl,
  formatAge,
  formatAllow,
  formatCacheControl,
  formatChallenge,
  formatContentRange,
  formatContentSecurityPolicy,
  formatEmbedderPolicy,
  formatHttpDate,
  formatLinks,
  formatOpenerPolicy,
  formatResourcePolicy,
  formatRetryAfter,
  formatTokens,
  formatVary,
  type Link,
  type OpenerPolicy,
  parseAccessControl,
  parseAge,
  parseAllow,
  parseCacheControl,
  parseChallenges,
  parseContentRange,
  parseContentSecurityPolicy,
  parseEmbedderPolicy,
  parseHttpDate,
  parseLinks,
  parseOpenerPolicy,
  parseResourcePolicy,
  parseRetryAfter,
  parseTokens,
  parseVary,
  type ResourcePolicy,
} from '@stapel/core/http'
import { contentTypeOf } from './content-type.ts'
import type { Headers } from './headers.ts'
import { formatLocation } from './redirect.ts'
import {
  formatRangeUnit,
  parseRangeUnit,
  readField,
  writeField,
  writeText,
  writeValue,
} from './response-values.ts'

/**
 * The headers of a response as values.
 *
 * A member reads its header each time it is asked for, and gives `undefined`, or an empty list or object, where there is none or it is
 * malformed. Assigning writes the header at once, and `undefined` removes it. Values are not live: change one by assigning another,
 * as in `response.cacheControl = { ...response.cacheControl, maxAge: 60 }`. A string is sent as it is where one may be given for a value
 * of parts. What is wrong throws a TypeError or RangeError that shows it, and leaves the header as it was.
 */
export abstract class ResponseFields {
  /** The headers, as the members below read and write them. */
  abstract get headers(): Headers

  /** `Content-Type` as it is sent. */
  get contentType(): string | undefined {
    return readField(this.headers, 'Content-Type')
  }

  set contentType(contentType: string | undefined) {
    writeText(this.headers, 'Content-Type', contentType)
  }

  /** The media type in lower case without parameters, as in `'text/html'`. One that is set and textual gets `; charset=utf-8`. */
  get mimetype(): string | undefined {
    return readField(this.headers, 'Content-Type', essenceOf)
  }

  set mimetype(mimetype: string | undefined) {
    writeField(this.headers, 'Content-Type', mimetype, contentTypeOf)
  }

  /** The codings that the content was given, outermost last, as in `['gzip']` (RFC 9110 section 8.4). */
  get contentEncoding(): readonly string[] {
    return Object.freeze(readField(this.headers, 'Content-Encoding', parseTokens) ?? none)
  }

  set contentEncoding(codings: string | readonly string[] | undefined) {
    writeValue(this.headers, 'Content-Encoding', codings, formatTokens)
  }

  /** The languages that the content is meant for, as in `['de', 'en-GB']` (RFC 9110 section 8.5). */
  get contentLanguage(): readonly string[] {
    return Object.freeze(readField(this.headers, 'Content-Language', parseTokens) ?? none)
  }

  set contentLanguage(languages: string | readonly string[] | undefined) {
    writeValue(this.headers, 'Content-Language', languages, formatTokens)
  }

  /** Where this representation is to be had itself; a relative one is sent as it is (RFC 9110 section 8.7). */
  get contentLocation(): string | undefined {
    return readField(this.headers, 'Content-Location')
  }

  set contentLocation(location: string | URL | undefined) {
    writeField(this.headers, 'Content-Location', location, formatLocation)
  }

  /** Which part of the whole this is, in bytes, both ends included (RFC 9110 section 14.4). */
  get contentRange(): ContentRange | undefined {
    return readField(this.headers, 'Content-Range', parseContentRange)
  }

  set contentRange(contentRange: ContentRange | undefined) {
    writeField(this.headers, 'Content-Range', contentRange, ({ range, size }) =>
      formatContentRange(range, size),
    )
  }

  /** Whether parts may be asked for (RFC 9110 section 14.3); `makeConditional` sets it. */
  get acceptRanges(): 'bytes' | 'none' | undefined {
    return readField(this.headers, 'Accept-Ranges', parseRangeUnit)
  }

  set acceptRanges(unit: 'bytes' | 'none' | undefined) {
    writeField(this.headers, 'Accept-Ranges', unit, formatRangeUnit)
  }

  /** When it was last changed, in whole seconds (RFC 9110 section 8.8.2). */
  get lastModified(): Date | undefined {
    return readField(this.headers, 'Last-Modified', parseHttpDate)
  }

  set lastModified(date: Date | undefined) {
    writeField(this.headers, 'Last-Modified', date, formatHttpDate)
  }

  /** When it was made (RFC 9110 section 6.6.1); the gateway sets it where it is left out. */
  get date(): Date | undefined {
    return readField(this.headers, 'Date', parseHttpDate)
  }

  set date(date: Date | undefined) {
    writeField(this.headers, 'Date', date, formatHttpDate)
  }

  /** When it stops being fresh, for caches that do not know `max-age` (RFC 9111 section 5.3). */
  get expires(): Date | undefined {
    return readField(this.headers, 'Expires', parseHttpDate)
  }

  set expires(date: Date | undefined) {
    writeField(this.headers, 'Expires', date, formatHttpDate)
  }

  /** For how many seconds caches have kept it since its origin vouched for it (RFC 9111 section 5.1). */
  get age(): number | undefined {
    return readField(this.headers, 'Age', parseAge)
  }

  set age(seconds: number | undefined) {
    writeField(this.headers, 'Age', seconds, formatAge)
  }

  /** When to try again: in so many seconds, or at a date (RFC 9110 section 10.2.3). */
  get retryAfter(): number | Date | undefined {
    return readField(this.headers, 'Retry-After', parseRetryAfter)
  }

  set retryAfter(when: number | Date | undefined) {
    writeField(this.headers, 'Retry-After', when, formatRetryAfter)
  }

  /** What caches may do with it (RFC 9111 section 5.2); times are in seconds. */
  get cacheControl(): CacheControl {
    return Object.freeze(readField(this.headers, 'Cache-Control', parseCacheControl) ?? {})
  }

  set cacheControl(cacheControl: CacheControl | string | undefined) {
    writeValue(this.headers, 'Cache-Control', cacheControl, formatCacheControl)
  }

  /** The request fields that it depends on, in lower case; `'*'` for more than can be named (RFC 9110 section 12.5.5). */
  get vary(): '*' | readonly string[] {
    return Object.freeze(readField(this.headers, 'Vary', parseVary) ?? none)
  }

  set vary(names: string | readonly string[] | undefined) {
    writeValue(this.headers, 'Vary', names, formatVary)
  }

  /** The methods of the resource, as in `['GET', 'HEAD']` (RFC 9110 section 10.2.1). */
  get allow(): readonly string[] {
    return Object.freeze(readField(this.headers, 'Allow', parseAllow) ?? none)
  }

  set allow(methods: string | readonly string[] | undefined) {
    writeValue(this.headers, 'Allow', methods, formatAllow)
  }

  /** Where to go, or what was made (RFC 9110 section 10.2.2); what a `Location` cannot hold is percent-encoded, as by `redirect`. */
  get location(): string | undefined {
    return readField(this.headers, 'Location')
  }

  set location(location: string | URL | undefined) {
    writeField(this.headers, 'Location', location, formatLocation)
  }

  /** What is related to it, such as the next page or a style sheet to be loaded (RFC 8288). */
  get link(): readonly Link[] {
    return Object.freeze(readField(this.headers, 'Link', parseLinks) ?? [])
  }

  set link(links: string | readonly Link[] | undefined) {
    writeValue(this.headers, 'Link', links, formatLinks)
  }

  /** The ways of authentication that are offered, one header each (RFC 9110 section 11.6.1). */
  get wwwAuthenticate(): readonly Challenge[] {
    return Object.freeze(readField(this.headers, 'WWW-Authenticate', parseChallenges) ?? [])
  }

  set wwwAuthenticate(challenges: ChallengeInit | readonly ChallengeInit[] | undefined) {
    const values = [challenges ?? []].flat().map(formatChallenge)
    this.headers.delete('WWW-Authenticate')
    for (const value of values) this.headers.append('WWW-Authenticate', value)
  }

  /** What a page may load and run, the first of several policies (CSP level 3). */
  get contentSecurityPolicy(): ContentSecurityPolicy {
    return Object.freeze(readField(this.headers, 'Content-Security-Policy', parseContentSecurityPolicy) ?? {})
  }

  set contentSecurityPolicy(policy: ContentSecurityPolicy | string | undefined) {
    writeValue(this.headers, 'Content-Security-Policy', policy, formatContentSecurityPolicy)
  }

  /** A policy of which violations are only reported (CSP level 3). */
  get contentSecurityPolicyReportOnly(): ContentSecurityPolicy {
    const name = 'Content-Security-Policy-Report-Only'
    return Object.freeze(readField(this.headers, name, parseContentSecurityPolicy) ?? {})
  }

  set contentSecurityPolicyReportOnly(policy: ContentSecurityPolicy | string | undefined) {
    writeValue(this.headers, 'Content-Security-Policy-Report-Only', policy, formatContentSecurityPolicy)
  }

  /** What pages of other origins may do with it: the `Access-Control-*` headers together (CORS, in the Fetch standard). */
  get accessControl(): AccessControl {
    return Object.freeze(parseAccessControl(this.headers.toList()))
  }

  set accessControl(accessControl: AccessControl | undefined) {
    const list = formatAccessControl(accessControl ?? {})
    for (const name of [...this.headers.keys()]) {
      if (name.startsWith('access-control-')) this.headers.delete(name)
    }
    for (const [name, value] of list) this.headers.set(name, value)
  }

  /** Whether it shares a browsing context group with the page that opens it (HTML standard). */
  get crossOriginOpenerPolicy(): OpenerPolicy | undefined {
    return readField(this.headers, 'Cross-Origin-Opener-Policy', parseOpenerPolicy)?.policy
  }

  set crossOriginOpenerPolicy(policy: OpenerPolicy | undefined) {
    writeField(this.headers, 'Cross-Origin-Opener-Policy', policy, formatOpenerPolicy)
  }

  /** Whether it may load what does not say that it may be loaded (HTML standard). */
  get crossOriginEmbedderPolicy(): EmbedderPolicy | undefined {
    return readField(this.headers, 'Cross-Origin-Embedder-Policy', parseEmbedderPolicy)?.policy
  }

  set crossOriginEmbedderPolicy(policy: EmbedderPolicy | undefined) {
    writeField(this.headers, 'Cross-Origin-Embedder-Policy', policy, formatEmbedderPolicy)
  }

  /** Whose pages may load it (Fetch standard). */
  get crossOriginResourcePolicy(): ResourcePolicy | undefined {
    return readField(this.headers, 'Cross-Origin-Resource-Policy', parseResourcePolicy)
  }

  set crossOriginResourcePolicy(policy: ResourcePolicy | undefined) {
    writeField(this.headers, 'Cross-Origin-Resource-Policy', policy, formatResourcePolicy)
  }
}

const none: readonly never[] = Object.freeze([])
