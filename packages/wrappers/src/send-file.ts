/**
 * Sends a file that the application chose.
 *
 * The threat: a path that a client chose (see `sendFromDirectory`), content that a browser takes for another type than it was sent as
 * (`nosniff` is always sent), a name for the download that writes headers of its own, and an answer for one user that a shared cache
 * hands to all. What is not stopped: a file of a user that is HTML or SVG runs its scripts as your site when it is shown. Send it as an
 * `attachment`, or from another origin.
 *
 * @module
 */
import {
  type Application,
  type Body,
  collect,
  type Environ,
  type FileTruncated,
  NotFound,
  type OpenFile,
  reportTo,
  ServiceUnavailable,
} from '@stapel/core'
import type { OpenedFile } from '@stapel/core/files'
import { type FileState, fileValidators, formatContentDisposition } from '@stapel/core/http'
import { contentTypeOf } from './content-type.ts'
import { contentTypeOfName } from './content-type-of-name.ts'
import { FileBody } from './file-body.ts'
import { openFile } from './open-file.ts'
import { Response } from './response.ts'
import { readSendFileOptions, type SendFileOptions, type SendFileSettings } from './send-file-options.ts'

/** What fits in so many bytes is read before the answer begins, so that head and content go out together: 64 KiB. */
const READ_SIZE = 65_536
const TRUNCATED: FileTruncated['code'] = 'ERR_STAPEL_FILE_TRUNCATED'

/**
 * An application that sends a file: by path (relative to the current directory) or `file:` URL, or a Blob or `File`, such as an upload. With
 * validators, conditional requests and ranges; `wsgi.file_wrapper` sends it where the gateway has one. Paths need Node.
 *
 * Any method but GET and HEAD gets the whole. Answers 404 where there is no file that may be read, which is logged with the path, 412 and 416 as the request
 * leads to, 503 when too many files are open. Throws a TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { Router } from '@stapel/routing'
 * import { Request, sendFile } from '@stapel/wrappers'
 *
 * export const { app } = new Router()
 *   .get('/terms', sendFile('terms.pdf', { maxAge: 3600 }))
 *   .get('/report/:year', Request.application<{ year: string }>(({ params }) =>
 *     sendFile(new Blob(['a,b']), { mimetype: 'text/csv', attachment: true, downloadName: `${params.year}.csv` }),
 *   ))
 * ```
 */
export function sendFile(file: string | URL | Blob, options: SendFileOptions = {}): Application {
  const settings = readSendFileOptions(options)
  if (file instanceof Blob) {
    return async function sendFile(environ, startResponse) {
      return (await blobResponse(file, environ, settings)).respond(environ, startResponse)
    }
  }
  if (!isPath(file)) throw notAPath(file, 'a file to be sent', ', or a Blob such as new Blob([bytes])')
  const name = nameOf(file)
  return async function sendFile(environ, startResponse) {
    const response = await openedResponse(await openChosen(file, environ), name, environ, settings)
    return response.respond(environ, startResponse)
  }
}

/** Opens a file that the application chose: where it is not there, the client learns nothing of the path and the log all. */
async function openChosen(file: string | URL, environ: Environ): Promise<OpenedFile> {
  const opened = await openFile(file)
  if (typeof opened === 'object') return opened
  const found = opened === 'directory' ? 'a directory' : 'no file that may be read'
  const error = new NotFound(undefined, {
    message: `sendFile found ${found} at ${JSON.stringify(String(file))}.`,
  })
  reportTo(environ)(error)
  throw error
}

/** The answer that is an open file, which it takes over. Throws the `HTTPError`s that the request leads to. */
export async function openedResponse(
  { file, state }: { readonly file: OpenFile; readonly state: FileState },
  name: string,
  environ: Environ,
  settings: SendFileSettings,
): Promise<Response> {
  const body = new FileBody(file, state.size, environ['wsgi.file_wrapper'])
  try {
    const response = new Response(body, { contentType: await contentTypeFor(name, '', settings) })
    const { etag, lastModified } = fileValidators(state)
    if (settings.etag === undefined) response.setEtag(etag.value, { weak: etag.weak })
    addHeaders(response, name, lastModified, environ, settings)
    response.contentLength = state.size
    if (settings.conditional) response.makeConditional(environ, { acceptRanges: true })
    response.body = await bodyToSend(response, body, environ)
    return response
  } catch (error) {
    await body.close()
    throw error
  }
}

/** Whether a value is what Node takes for a path. */
export function isPath(file: unknown): file is string | URL {
  if (file instanceof URL) return file.protocol === 'file:'
  return typeof file === 'string' && file !== '' && !file.includes('\0')
}

/** What is thrown for a value that is no path; `or` says what else would have been one. */
export function notAPath(value: unknown, what: string, or = ''): TypeError {
  let got = typeof value === 'string' ? JSON.stringify(value) : String(value)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) got = 'bytes'
  return new TypeError(
    `Got ${got} for ${what}; expected a path or a file: URL ('.' is the current directory)${or}.`,
  )
}

async function blobResponse(blob: Blob, environ: Environ, settings: SendFileSettings): Promise<Response> {
  // Some hosts give every Blob a date, which means something for a File alone.
  const file = typeof File === 'function' && blob instanceof File ? blob : undefined
  const name = file?.name ?? ''
  const response = new Response(blob, { contentType: await contentTypeFor(name, blob.type, settings) })
  const modified =
    file === undefined ? undefined : new Date(Math.max(0, Math.min(file.lastModified, Date.now())))
  addHeaders(response, name, modified, environ, settings)
  if (settings.conditional) response.makeConditional(environ, { acceptRanges: true })
  return response
}

async function contentTypeFor(name: string, own: string, settings: SendFileSettings): Promise<string> {
  if (settings.mimetype !== undefined) return contentTypeOf(settings.mimetype)
  return own === '' ? contentTypeOfName(name) : own
}

function addHeaders(
  response: Response,
  name: string,
  modified: Date | undefined,
  environ: Environ,
  settings: SendFileSettings,
): void {
  const { attachment = false, downloadName, etag, lastModified, maxAge, given } = settings
  const { headers } = response
  if (typeof etag === 'string') response.setEtag(etag)
  response.lastModified = lastModified === false ? undefined : (lastModified ?? modified)
  const kept = environ.HTTP_AUTHORIZATION !== undefined || environ.HTTP_COOKIE !== undefined
  headers.set(
    'Cache-Control',
    maxAge === 0 ? 'no-cache' : `${kept ? 'private' : 'public'}, max-age=${maxAge}`,
  )
  headers.set('X-Content-Type-Options', 'nosniff')
  if (attachment || downloadName !== undefined) {
    const type = attachment ? 'attachment' : 'inline'
    headers.set('Content-Disposition', formatContentDisposition(type, downloadName ?? name))
  }
  for (const name of new Set(given.keys())) headers.delete(name)
  for (const [name, value] of given) headers.append(name, value)
}

/** What is left to be sent of a file, read where that is little. Closes the file where it is not sent. */
async function bodyToSend(response: Response, file: FileBody, environ: Environ): Promise<Body | null> {
  const { body, contentLength = 0 } = response
  if (body === null || environ.REQUEST_METHOD === 'HEAD') {
    await file.close()
    return null
  }
  const selected = body === file ? file.whole() : body
  if (contentLength > READ_SIZE) return selected
  try {
    return await collect(selected)
  } catch (error) {
    if ((error as Partial<FileTruncated> | undefined)?.code !== TRUNCATED) throw error
    throw new ServiceUnavailable('The file is being changed; try again.', { cause: error, retryAfter: 1 })
  }
}

function nameOf(file: string | URL): string {
  const path = typeof file === 'string' ? file : decodeURIComponent(file.pathname)
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}
