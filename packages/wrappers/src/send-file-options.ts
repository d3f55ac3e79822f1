import { DELTA_SECONDS_LIMIT, formatEntityTag, formatHttpDate } from '@stapel/core/http'
import { Headers, type HeadersInit } from './headers.ts'
import { checkOptionNames } from './option-names.ts'

/** How a file is sent. */
export interface SendFileOptions {
  /** The media type; `charset=utf-8` is added to textual ones. @default by the extension of the name, or that of a Blob */
  mimetype?: string | undefined
  /** Whether clients are to save it instead of showing it. @default false */
  attachment?: boolean | undefined
  /** The name under which clients save it; any text, it is made safe. @default for an attachment, the name of the file */
  downloadName?: string | undefined
  /**
   * For how many seconds an answer may be used again without asking: `Cache-Control: public, max-age=N`, or `private` where the request
   * carried `Authorization` or `Cookie`. With 0 it is `no-cache`: kept, and asked for each time whether it is still current.
   * @default 0
   */
  maxAge?: number | undefined
  /** The entity tag without its quotes; `false` for none. @default of a path, made of size and time of modification; of a Blob, none */
  etag?: string | false | undefined
  /** When it was changed; `false` to leave that out. @default that of the file, or of a `File` */
  lastModified?: Date | false | undefined
  /** Whether preconditions and ranges are answered. @default true */
  conditional?: boolean | undefined
  /** Headers of the answer, besides or instead of those that are made. @default none */
  headers?: HeadersInit | undefined
}

/** The options with their defaults, checked. */
export interface SendFileSettings extends SendFileOptions {
  readonly maxAge: number
  readonly conditional: boolean
  readonly given: Headers
}

/** Checks the options; throws a TypeError or RangeError that shows what it got. */
export function readSendFileOptions(options: SendFileOptions): SendFileSettings {
  checkOptionNames(options, names, 'a file to be sent')
  const { maxAge = 0, conditional = true, etag, lastModified, headers } = options
  if (!Number.isInteger(maxAge) || maxAge < 0 || maxAge > DELTA_SECONDS_LIMIT) {
    throw new RangeError(
      `Got ${String(maxAge)} for maxAge; expected an integer of seconds from 0 to ${DELTA_SECONDS_LIMIT}.`,
    )
  }
  if (typeof etag === 'string') formatEntityTag({ value: etag, weak: false })
  if (lastModified) formatHttpDate(lastModified)
  return { ...options, maxAge, conditional, given: new Headers(headers) }
}

const names: ReadonlySet<string> = new Set<keyof SendFileOptions>([
  'mimetype',
  'attachment',
  'downloadName',
  'maxAge',
  'etag',
  'lastModified',
  'conditional',
  'headers',
])
