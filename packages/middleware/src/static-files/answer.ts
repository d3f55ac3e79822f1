import {
  type Body,
  type Environ,
  type HeaderList,
  isPromise,
  MethodNotAllowed,
  PreconditionFailed,
  RangeNotSatisfiable,
  type StartResponse,
  type Status,
} from '@stapel/core'
import type { StatedFile } from '@stapel/core/files'
import { evaluatePreconditions, type PartialContent, selectByteRanges } from '@stapel/core/http'
import { type Content, FileContent } from './content.ts'
import type { StaticFilesSettings } from './options.ts'
import { type PreparedFile, prepareFile, type Representation } from './prepared-file.ts'
import { redirectHeaders } from './redirect.ts'
import type { Resource } from './source.ts'
import { closeVariants, openVariants, type Variant } from './variants.ts'

/** What answers are made by. */
export type AnswerSettings = Pick<
  StaticFilesSettings,
  'chooseVariant' | 'contentTypeOf' | 'fileHeaders' | 'precompressed'
>

/**
 * Gets a file that was found, with the representation of it that is to be sent, and may give content in the place of that which would be read
 * from the open file.
 */
export type Keeper = (
  file: PreparedFile,
  choice: number,
  content: FileContent,
  opened: StatedFile,
) => Content | undefined

/**
 * Answers a request with a file, or with a redirect when `pathInfo`, under which the file is to be had, is not the path asked for.
 * Closes the file, or hands it on in the body. `keeper` may keep it in memory. Throws the `HTTPError`s that the request leads to: 405, 412, 416, 503.
 */
export async function answerWith(
  resource: Resource,
  pathInfo: string,
  environ: Environ,
  startResponse: StartResponse,
  settings: AnswerSettings,
  keeper?: Keeper,
): Promise<Body> {
  if (pathInfo === environ.PATH_INFO) {
    return answerHere(resource, pathInfo, environ, startResponse, settings, keeper)
  }
  const variants = await openVariants(resource, settings.precompressed)
  await closeVariants(variants)
  return redirectTo(prepareFile(resource, pathInfo, variants, settings), environ, startResponse)
}

/** As {@link answerWith}, but with the file under whatever path; `key` is what it is kept under. */
export async function answerHere(
  resource: Resource,
  key: string,
  environ: Environ,
  startResponse: StartResponse,
  settings: AnswerSettings,
  keeper?: Keeper,
): Promise<Body> {
  const variants = await openVariants(resource, settings.precompressed)
  const toClose = new Set(variants.map(({ opened }) => opened.file))
  try {
    const file = prepareFile(resource, key, variants, settings)
    const choice = settings.chooseVariant(environ.HTTP_ACCEPT_ENCODING, variants)
    const { opened } = variants[choice] as Variant
    toClose.delete(opened.file)
    const content = new FileContent(opened.file, opened.state.size, environ['wsgi.file_wrapper'])
    let body: Body | undefined
    try {
      const kept = keeper?.(file, choice, content, opened.file)
      body = await answerFile(file, choice, kept ?? content, environ, startResponse)
      return body as Body
    } finally {
      await content.close(body)
    }
  } finally {
    await Promise.all([...toClose].map((unused) => unused.close()))
  }
}

/**
 * Answers a request with one of the representations of a file; `undefined`, with nothing done, where its content is needed and not given.
 * Throws the `HTTPError`s that the request leads to: 405, 412, 416.
 */
export function answerFile(
  file: PreparedFile,
  choice: number,
  content: Content | undefined,
  environ: Environ,
  startResponse: StartResponse,
): Body | Promise<Body> | undefined {
  checkMethod(environ)
  const representation = file.representations[choice] as Representation
  const selected = file.status === 404 ? 'whole' : select(representation, file, environ)
  if (selected === 'not-modified') {
    startResponse('304 Not Modified', headersOf(representation.notModified, file, environ))
    return ''
  }
  if (environ.REQUEST_METHOD === 'HEAD') {
    start(selected, representation, file, environ, startResponse)
    return ''
  }
  const body = content?.take(selected)
  if (isPromise(body)) {
    return body.then((bytes) => {
      start(selected, representation, file, environ, startResponse)
      return bytes
    })
  }
  if (body !== undefined) start(selected, representation, file, environ, startResponse)
  return body
}

function checkMethod({ REQUEST_METHOD: method }: Environ): void {
  if (method !== 'GET' && method !== 'HEAD') throw new MethodNotAllowed(['GET', 'HEAD'])
}

function redirectTo(file: PreparedFile, environ: Environ, startResponse: StartResponse): Body {
  checkMethod(environ)
  const [cacheControl] = headersOf(file.representations[0].notModified, file, environ)
  const headers = [...redirectHeaders(environ, file.pathInfo), cacheControl as [string, string]]
  startResponse('308 Permanent Redirect', headers)
  return ''
}

/** What the conditions and the range of a request come to. */
function select(
  representation: Representation,
  file: PreparedFile,
  environ: Environ,
): PartialContent | 'whole' | 'not-modified' {
  const verdict = evaluatePreconditions(environ, representation)
  if (verdict === 'not-modified') return verdict
  if (verdict === 'failed') throw new PreconditionFailed(undefined, { headers: varyOf(file) })
  const selected = selectByteRanges(environ, representation)
  if (selected !== 'unsatisfiable') return selected
  throw new RangeNotSatisfiable(representation.size, undefined, {
    headers: [['Accept-Ranges', 'bytes'], ...varyOf(file)],
  })
}

function start(
  selected: PartialContent | 'whole',
  representation: Representation,
  file: PreparedFile,
  environ: Environ,
  startResponse: StartResponse,
): void {
  if (selected === 'whole') {
    const status: Status = file.status === 404 ? '404 Not Found' : '200 OK'
    startResponse(status, headersOf(representation.whole, file, environ))
    return
  }
  const headers = headersOf(representation.partial, file, environ)
  headers.push(
    ['Content-Type', selected.contentType ?? representation.contentType],
    ['Content-Length', String(selected.contentLength)],
  )
  if (selected.contentRange !== undefined) headers.push(['Content-Range', selected.contentRange])
  startResponse('206 Partial Content', headers)
}

/** A copy of prepared headers, which the layers outside may change. */
function headersOf(prepared: HeaderList, file: PreparedFile, environ: Environ): HeaderList {
  const headers = prepared.map(([name, value]): [string, string] => [name, value])
  if (environ.HTTP_AUTHORIZATION !== undefined) headers[0] = ['Cache-Control', file.authorizedCacheControl]
  return headers
}

function varyOf(file: PreparedFile): HeaderList {
  return file.representations.length === 1 ? [] : [['Vary', 'Accept-Encoding']]
}
