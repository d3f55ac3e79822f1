/**
 * Conditional requests and ranges, applied to a response (RFC 9110 sections 13 and 14).
 *
 * @module
 */
import {
  dispose,
  type Environ,
  PreconditionFailed,
  RangeNotSatisfiable,
  reportTo,
  selectPieces,
} from '@stapel/core'
import {
  evaluatePreconditions,
  type Representation,
  selectByteRanges,
  type Validators,
} from '@stapel/core/http'
import type { Headers } from './headers.ts'
import { checkOptionNames } from './option-names.ts'
import type { Response } from './response.ts'
import { isSeekable } from './seekable-body.ts'

/** How {@link Response.makeConditional} answers. */
export interface ConditionalOptions {
  /**
   * Whether parts may be asked for: sets `Accept-Ranges`, and answers `Range` where the size of the body is known.
   * @default false
   */
  acceptRanges?: boolean | undefined
  /** The size of the body in bytes, for one that is a stream. @default its `Content-Length`, or the size of a body that is there whole */
  size?: number | undefined
}

/** See {@link Response.makeConditional}. */
export function applyConditions(response: Response, environ: Environ, options: ConditionalOptions): void {
  checkOptionNames(options, optionNames, 'makeConditional()')
  const method = environ.REQUEST_METHOD
  if ((method !== 'GET' && method !== 'HEAD') || !isSuccess(response.status)) return
  const validators: Validators = { etag: response.getEtag(), lastModified: response.lastModified }
  const verdict = evaluatePreconditions(environ, validators)
  if (verdict === 'failed') {
    giveUp(response, environ)
    throw new PreconditionFailed()
  }
  if (verdict === 'not-modified') {
    if (response.body !== null) dispose(response.body, undefined, reportTo(environ))
    response.body = null
    response.status = 304
    removeContentHeaders(response.headers)
    return
  }
  if (options.acceptRanges !== true || response.status !== 200) return
  response.acceptRanges = 'bytes'
  const size = options.size ?? response.contentLength
  if (size !== undefined) {
    if (options.size !== undefined) response.contentLength = size
    applyRange(response, environ, { ...validators, size, contentType: response.contentType })
  }
}

const optionNames: ReadonlySet<string> = new Set<keyof ConditionalOptions>(['acceptRanges', 'size'])

function applyRange(response: Response, environ: Environ, representation: Representation): void {
  const { size } = representation
  const selected = selectByteRanges(environ, representation)
  if (selected === 'whole') return
  if (selected === 'unsatisfiable') {
    giveUp(response, environ)
    throw new RangeNotSatisfiable(size, undefined, { headers: [['Accept-Ranges', 'bytes']] })
  }
  const { contentRange, contentType, contentLength, pieces } = selected
  const body = response.body ?? ''
  response.body = isSeekable(body) ? body.select(pieces) : selectPieces(body, pieces)
  response.status = 206
  response.contentLength = contentLength
  if (contentRange !== undefined) response.headers.set('Content-Range', contentRange)
  if (contentType !== undefined) response.contentType = contentType
}

/** RFC 9110 section 13.2.1: what is no success anyway is not conditional. */
function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

/** Another answer is sent in place of this one. */
function giveUp(response: Response, environ: Environ): void {
  response.close().catch(reportTo(environ))
}

/** RFC 9110 section 15.4.5: a 304 says of the content only what helps to choose a stored answer. */
function removeContentHeaders(headers: Headers): void {
  for (const name of new Set(headers.keys())) {
    if (isAboutContent(name)) headers.delete(name)
  }
}

function isAboutContent(name: string): boolean {
  if (name === 'content-location' || name.startsWith('content-security-policy')) return false
  return name.startsWith('content-')
}
