import {
  type Body,
  collect,
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
  evaluatePreconditions,
  fileValidators,
  formatEntityTag,
  formatHttpDate,
  type PartialContent,
  selectByteRanges,
} from '@stapel/core/http'
import { contentTypeOf } from './content-type.ts'
import { redirectHeaders } from './redirect.ts'
import type { Resource } from './source.ts'

/** What an answer says besides the file. */
export interface AnswerSettings {
  readonly cacheControl: string
  readonly authorizedCacheControl: string
}

/**
 * Answers a request with a file, or with a redirect when `pathInfo`, under which the file is to be had, is not the path asked for.
 * Closes the file, or hands it on in the body. Throws the `HTTPError`s that the request leads to: 405, 412, 416, 503.
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
    if (!(body instanceof FilePieces)) await resource.file.close()
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

  const contentType = contentTypeOf(resource.name)
  const partial = selectByteRanges(environ, { ...validators, size, contentType })
  if (partial === 'unsatisfiable') {
    throw new RangeNotSatisfiable(size, undefined, { headers: [['Accept-Ranges', 'bytes']] })
  }
  const content = partial === 'whole' ? wholeOf(size) : partial
  headers.push(
    ['Content-Type', content.contentType ?? contentType],
    ['Content-Length', String(content.contentLength)],
    ['Accept-Ranges', 'bytes'],
    ['X-Content-Type-Options', 'nosniff'],
  )
  if (content.contentRange !== undefined) headers.push(['Content-Range', content.contentRange])
  const status = partial === 'whole' ? '200 OK' : '206 Partial Content'

  const body = method === 'HEAD' ? '' : await contentOf(resource, content)
  startResponse(status, headers)
  return body
}

function wholeOf(size: number): PartialContent {
  const pieces = [{ first: 0, last: size - 1 }]
  return { contentRange: undefined, contentType: undefined, contentLength: size, pieces }
}

/** What fits in one read is read before the answer begins, so that head and content go out together. */
async function contentOf({ file }: Resource, { pieces, contentLength }: PartialContent): Promise<Body> {
  const body = new FilePieces(file, pieces)
  if (contentLength > PIECE_READ_SIZE) return body
  try {
    return await collect(body)
  } catch (error) {
    if (!(error instanceof FileTruncated)) throw error
    throw new ServiceUnavailable('The file is being changed; try again.', { cause: error, retryAfter: 1 })
  }
}
