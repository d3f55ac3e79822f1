import {
  type Body,
  type Environ,
  FilePieces,
  FileTruncated,
  type HeaderList,
  MethodNotAllowed,
  PIECE_READ_SIZE,
  PreconditionFailed,
  RangeNotSatisfiable,
  ServiceUnavailable,
  type StartResponse,
} from '@stapel/core'
import {
  type ByteRange,
  evaluatePreconditions,
  type FileValidators,
  fileValidators,
  formatContentRange,
  formatEntityTag,
  formatHttpDate,
  matchesIfRange,
  parseRange,
  resolveRange,
} from '@stapel/core/http'
import { contentTypeOf } from './content-type.ts'
import { readPiece } from './read-piece.ts'
import { redirectHeaders } from './redirect.ts'
import type { Resource } from './source.ts'

/** What an answer says besides the file. */
export interface AnswerSettings {
  readonly cacheControl: string
  readonly authorizedCacheControl: string
}

/**
 * Answers a request with a file, or with a redirect when `pathInfo`, under which the file is to be had, is not the path asked for.
 * Closes the file's handle, or hands it on in the body. Throws the `HTTPError`s that the request leads to: 405, 412, 416, 503.
 */
export async function answerWith(
  resource: Resource,
  pathInfo: string,
  environ: Environ,
  startResponse: StartResponse,
  settings: AnswerSettings,
): Promise<Body> {
  let body: Body | undefined
  try {
    body = await answer(resource, pathInfo, environ, startResponse, settings)
    return body
  } finally {
    if (!(body instanceof FilePieces)) await resource.handle.close()
  }
}

async function answer(
  resource: Resource,
  pathInfo: string,
  environ: Environ,
  startResponse: StartResponse,
  settings: AnswerSettings,
): Promise<Body> {
  const method = environ.REQUEST_METHOD
  if (method !== 'GET' && method !== 'HEAD') throw new MethodNotAllowed(['GET', 'HEAD'])
  const cacheControl =
    environ.HTTP_AUTHORIZATION === undefined ? settings.cacheControl : settings.authorizedCacheControl
  if (pathInfo !== environ.PATH_INFO) {
    startResponse('308 Permanent Redirect', [
      ...redirectHeaders(environ, pathInfo),
      ['Cache-Control', cacheControl],
    ])
    return ''
  }

  const { size } = resource.state
  const validators = fileValidators(resource.state)
  const headers: HeaderList = [
    ['Last-Modified', formatHttpDate(validators.lastModified)],
    ['ETag', formatEntityTag(validators.etag)],
    ['Cache-Control', cacheControl],
  ]
  const verdict = evaluatePreconditions(environ, validators)
  if (verdict === 'failed') throw new PreconditionFailed()
  if (verdict === 'not-modified') {
    startResponse('304 Not Modified', headers)
    return ''
  }

  const range = method === 'GET' ? rangeOf(environ, validators, size) : undefined
  const first = range?.first ?? 0
  const length = range === undefined ? size : range.last - range.first + 1
  headers.push(
    ['Content-Type', contentTypeOf(resource.name)],
    ['Content-Length', String(length)],
    ['Accept-Ranges', 'bytes'],
    ['X-Content-Type-Options', 'nosniff'],
  )
  if (range !== undefined) headers.push(['Content-Range', formatContentRange(range, size)])
  const status = range === undefined ? '200 OK' : '206 Partial Content'

  const whole =
    method === 'GET' && length <= PIECE_READ_SIZE ? await readWhole(resource, first, length) : undefined
  startResponse(status, headers)
  if (method === 'HEAD') return ''
  return whole ?? new FilePieces(resource.handle, [{ first, last: first + length - 1 }])
}

/** The one range to answer with; `undefined` for the whole file. Throws {@link RangeNotSatisfiable}. */
function rangeOf(environ: Environ, validators: FileValidators, size: number): ByteRange | undefined {
  // An empty file has no byte to select; the whole of it is a better answer than a 416.
  if (environ.HTTP_RANGE === undefined || size === 0) return undefined
  if (environ.HTTP_IF_RANGE !== undefined && !matchesIfRange(environ.HTTP_IF_RANGE, validators))
    return undefined
  const [asked, ...others] = parseRange(environ.HTTP_RANGE) ?? []
  if (asked === undefined || others.length > 0) return undefined
  const range = resolveRange(asked, size)
  if (range === undefined) {
    throw new RangeNotSatisfiable(size, undefined, { headers: [['Accept-Ranges', 'bytes']] })
  }
  return range
}

/** What fits in one read is read before the answer begins, so that head and content go out together. */
async function readWhole(resource: Resource, first: number, length: number): Promise<Uint8Array> {
  try {
    return await readPiece(resource.handle, first, length)
  } catch (error) {
    if (!(error instanceof FileTruncated)) throw error
    throw new ServiceUnavailable('The file is being changed; try again.', { cause: error, retryAfter: 1 })
  }
}
