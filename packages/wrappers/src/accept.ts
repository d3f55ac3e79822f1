/**
 * What a client accepts (RFC 9110 section 12.5), as a request gives it: the values of `Accept` and its kin, with the choice among what an
 * application has. Each is parsed when it is first asked; a header that is absent, or names nothing, accepts everything.
 *
 * @module
 */
import {
  type AcceptRange,
  acceptsEncoding,
  bestMatch,
  chooseEncoding,
  chooseLanguage,
  languageQuality,
  parseAccept,
  parseAcceptEncoding,
  parseAcceptLanguage,
  quality,
} from '@stapel/core/http'

/** The ranges of one header and the choice by them; of `Accept-Charset` as it is, of media types as {@link AcceptMimetypes}. */
export class Accept implements Iterable<AcceptRange> {
  /** As sent; `undefined` when it was not. */
  readonly header: string | undefined
  #ranges: readonly AcceptRange[] | undefined

  /** `header` is the value of the field; nothing is read before it is asked for, and nothing throws. */
  constructor(header: string | undefined) {
    this.header = header
  }

  /** The ranges, in lower case with their weights; at most 64, what is malformed left out. Empty without a header. */
  get ranges(): readonly AcceptRange[] {
    this.#ranges ??= this.header === undefined ? [] : this.parse(this.header)
    return this.#ranges
  }

  /**
   * The offer that is wanted most, among equals the more specifically named, then the first; `undefined` when none is acceptable: answer
   * 406, or take what you like best (RFC 9110 section 12.4.1).
   *
   * @example
   * ```ts
   * import { Request, Response } from '@stapel/wrappers'
   *
   * export const app = Request.application(({ acceptMimetypes }) =>
   *   acceptMimetypes.bestMatch(['text/html', 'application/json']) === 'application/json'
   *     ? Response.json({ hello: 'world' })
   *     : new Response('<p>Hello', { mimetype: 'text/html' }),
   * )
   * ```
   */
  bestMatch<const T extends string>(offers: readonly T[]): T | undefined {
    return (this.ranges.length === 0 ? offers[0] : bestMatch(this.ranges, offers)) as T | undefined
  }

  /** How much a value is wanted, from 0 (refused or not named) to 1. */
  quality(value: string): number {
    return this.ranges.length === 0 ? 1 : quality(this.ranges, value)
  }

  /** Whether a value is acceptable. */
  accepts(value: string): boolean {
    return this.quality(value) > 0
  }

  /** As {@link Accept.ranges}. */
  [Symbol.iterator](): Iterator<AcceptRange> {
    return this.ranges[Symbol.iterator]()
  }

  /** Reads a header; what a subclass for another header replaces. */
  protected parse(header: string): readonly AcceptRange[] {
    return parseAccept(header)
  }
}

/** The media types that a client accepts. */
export class AcceptMimetypes extends Accept {
  /** Whether HTML is acceptable, in either of its media types. */
  get acceptsHtml(): boolean {
    return this.accepts('text/html') || this.acceptsXhtml
  }

  /** Whether XHTML, or XML as such, is acceptable. */
  get acceptsXhtml(): boolean {
    return this.accepts('application/xhtml+xml') || this.accepts('application/xml')
  }

  /** Whether JSON is acceptable. */
  get acceptsJson(): boolean {
    return this.accepts('application/json')
  }
}

/** The languages that a client accepts. */
export class AcceptLanguages extends Accept {
  /**
   * The tag that is wanted most; a longer one suits a shorter wish (`en-GB` for `en`), a shorter one a longer (`de` for `de-CH`), and at last
   * one of the same language (RFC 4647). `undefined` when none does: take your default.
   */
  override bestMatch<const T extends string>(tags: readonly T[]): T | undefined {
    return chooseLanguage(this.header, tags) as T | undefined
  }

  /** How much a language is wanted, from 0 to 1: the weight of the longest range that covers its tag. */
  override quality(tag: string): number {
    return this.ranges.length === 0 ? 1 : languageQuality(this.ranges, tag)
  }

  /** The ranges of `Accept-Language` (RFC 9110 section 12.5.4). */
  protected override parse(header: string): readonly AcceptRange[] {
    return parseAcceptLanguage(header)
  }
}

/** The content codings that a client accepts; content without one (`'identity'`) it accepts unless it refuses it by name or by `*`. */
export class AcceptEncodings extends Accept {
  /** The coding that is wanted most; `undefined` when content had better be sent without one. */
  override bestMatch<const T extends string>(codings: readonly T[]): T | undefined {
    const chosen = chooseEncoding(this.header, codings)
    return codings.find((coding) => coding === chosen)
  }

  /** How much a coding is wanted, from 0 to 1. */
  override quality(coding: string): number {
    if (!acceptsEncoding(this.header, coding)) return 0
    // Identity that nothing refuses is acceptable without being named; so is everything without a header.
    return quality(this.ranges, coding) || 1
  }

  /** The codings of `Accept-Encoding` (RFC 9110 section 12.5.3). */
  protected override parse(header: string): readonly AcceptRange[] {
    return parseAcceptEncoding(header)
  }
}
