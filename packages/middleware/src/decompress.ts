/**
 * Decodes request bodies that have a `Content-Encoding`.
 *
 * The threat: a bomb. A kilobyte of gzip, or a few bytes of brotli, become megabytes, and a coding within a coding multiplies that, so that a limit
 * on what comes over the wire says nothing. Here every coding's output is counted as it comes out, against a size and against a
 * multiple of what was received; decoding stops there, at most 64 KiB too late. Nothing is decoded ahead of its reader. What is
 * damaged, cut off or followed by something else is refused, so that no part passes for the whole. What is not stopped: a body that comes slowly
 * (`timeout`), many of them at once, and content that is dangerous in itself.
 *
 * @module
 */
import {
  type Application,
  copyWithout,
  type Environ,
  type Middleware,
  type StartResponse,
  UnsupportedMediaType,
} from '@stapel/core'
import { formatTokens, splitList } from '@stapel/core/http'
import { checkOptions, integer, type OptionChecks } from './check-options.ts'
import type { CodingName } from './compress-codings.ts'
import { DecodedBody, DecodedContext } from './decompress-body.ts'
import { type Decoding, decodings } from './decompress-codings.ts'
import { compileExcept, type Except, exceptCheck } from './except.ts'

export { RATIO_GRACE } from './decompress-limits.ts'
export type { Except } from './except.ts'

declare module '@stapel/core' {
  interface Environ {
    /** What `decompress` removed: the headers of the body before it was decoded. */
    'stapel.decompress.orig'?: Readonly<{
      HTTP_CONTENT_ENCODING: string
      CONTENT_LENGTH?: string | undefined
    }>
  }
}

export interface DecompressOptions {
  /** The codings that are taken. @default all that this version of Node has: zstd (22.15), br, gzip, deflate */
  codings?: readonly CodingName[] | undefined
  /** The most bytes that a decoded body may have. @default 16777216 (16 MiB) */
  maxSize?: number | undefined
  /**
   * How many times as large as what was received a body may become, from its first 64 KiB on; `Infinity` for any.
   *
   * @default 100
   */
  maxRatio?: number | undefined
  /** The most codings that one body may have. @default 2 */
  maxCodings?: number | undefined
  /** Requests whose body is left as it is, such as those with a signature over the encoded bytes. @default none */
  except?: Except | undefined
}

/**
 * Decodes request bodies in gzip, deflate, br and zstd, so that the application reads what was meant (RFC 9110 section 8.4).
 *
 * The application gets a copy of environ without `HTTP_CONTENT_ENCODING` and `CONTENT_LENGTH`, which are kept in `stapel.decompress.orig`, and with the
 * decoded body in `wsgi.input` and `stapel.context.read`. In HTTP/1 `HTTP_TRANSFER_ENCODING` is `chunked` then, by which others know that there
 * is a body. Requests without a body or a coding pass untouched.
 *
 * Answered at once, without calling the application or reading: 415 with `Accept-Encoding` for a coding that is not taken, and for too many
 * (section 15.5.16). Thrown to the reader: `ContentTooLarge` (413) for a body beyond `maxSize` or `maxRatio`, `BadRequest` (400) for one that is
 * damaged, cut off or followed by something. Throws a TypeError for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { decompress } from '@stapel/middleware/decompress'
 *
 * export const app = stack(async (environ, startResponse) => {
 *   const body = await environ['stapel.context'].read()
 *   startResponse('200 OK', [['Content-Type', 'text/plain']])
 *   return `${body.byteLength} bytes`
 * }, decompress({ maxSize: 1_048_576 }))
 * ```
 */
export function decompress(options: DecompressOptions = {}): Middleware {
  checkOptions('decompress', options, checks)
  const { codings = [...decodings.keys()], maxSize = 16_777_216, maxRatio = 100, maxCodings = 2 } = options
  const accepted = new Map([...decodings].filter(([name]) => (codings as readonly string[]).includes(name)))
  const isExcepted = compileExcept('decompress', options.except)
  const acceptEncoding = formatTokens(accepted.keys())
  const copyDecoded = copyWithout(['HTTP_CONTENT_ENCODING', 'CONTENT_LENGTH'])

  return function decompress(app: Application): Application {
    return function decompress(environ: Environ, startResponse: StartResponse) {
      const contentEncoding = environ.HTTP_CONTENT_ENCODING
      if (contentEncoding === undefined || hasNoBody(environ) || isExcepted(environ)) {
        return app(environ, startResponse)
      }
      const applied = decodingsOf(contentEncoding, accepted, maxCodings)
      if (applied === undefined) {
        const description = `The content of the request is encoded in a way that is not taken here; there may be ${maxCodings} of ${acceptEncoding}.`
        const headers: [string, string][] = [['Accept-Encoding', acceptEncoding]]
        return new UnsupportedMediaType(description, { headers }).respond(environ, startResponse)
      }
      if (applied.length === 0) return app(environ, startResponse)
      const { CONTENT_LENGTH } = environ
      const body = new DecodedBody(environ['wsgi.input'], { decodings: applied, maxSize, maxRatio })
      const copy = copyDecoded(environ)
      copy['wsgi.input'] = body
      copy['stapel.context'] = new DecodedContext(environ['stapel.context'], body)
      copy['stapel.decompress.orig'] = { HTTP_CONTENT_ENCODING: contentEncoding, CONTENT_LENGTH }
      if (isHttp1(environ)) copy.HTTP_TRANSFER_ENCODING = 'chunked'
      return app(copy, startResponse)
    }
  }
}

const checks: OptionChecks<DecompressOptions> = {
  codings: {
    expected: `a list of names, of which Node ${process.version} can decode ${[...decodings.keys()].join(', ')}`,
    accepts: (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((name) => known.has(name)) &&
      value.some((name) => decodings.has(name)),
  },
  maxSize: integer(1, Number.MAX_SAFE_INTEGER, 'a number of bytes'),
  maxRatio: {
    expected: 'a number from 1 up',
    accepts: (value) => typeof value === 'number' && value >= 1,
  },
  maxCodings: integer(1, 8, 'a number of codings'),
  except: exceptCheck,
}

const known: ReadonlySet<unknown> = new Set<CodingName>(['zstd', 'br', 'gzip', 'deflate'])

/** The codings in the order in which they were applied, without `identity`; `undefined` when one is not taken, or there are too many. */
function decodingsOf(
  contentEncoding: string,
  accepted: ReadonlyMap<string, Decoding>,
  maxCodings: number,
): Decoding[] | undefined {
  const applied: Decoding[] = []
  const names = splitList(contentEncoding)
  if (names.length > maxCodings) return undefined
  for (const member of names) {
    const name = member.toLowerCase()
    if (name === 'identity') continue
    // RFC 9110 section 8.4.1.3: x-gzip is the same.
    const decoding = accepted.get(name === 'x-gzip' ? 'gzip' : name)
    if (decoding === undefined) return undefined
    applied.push(decoding)
  }
  return applied
}

/** In HTTP/1 a request has a body when one of two fields says so (RFC 9112 section 6.3). */
function hasNoBody(environ: Environ): boolean {
  if (environ.CONTENT_LENGTH !== undefined) return environ.CONTENT_LENGTH === '0'
  return environ.HTTP_TRANSFER_ENCODING === undefined && isHttp1(environ)
}

function isHttp1({ SERVER_PROTOCOL }: Environ): boolean {
  return SERVER_PROTOCOL.startsWith('HTTP/1')
}
