import {
  type Answer,
  type Body,
  collect,
  concat,
  dispose,
  type Environ,
  isChunk,
  isPromise,
  ProtocolError,
  parseStatus,
  release,
  reportTo,
  toBytes,
  withClose,
} from '@stapel/core'
import { varyOn } from '@stapel/core/http'
import { CompressedBody } from './compress-body.ts'
import { type CompressCache, cacheKeyOf } from './compress-cache.ts'
import { type Coding, SYNC_LIMIT } from './compress-codings.ts'
import { isFile } from './compress-files.ts'
import { type CompressHead, encodedHeaders, readHead } from './compress-head.ts'
import { wholeSize } from './whole-size.ts'

/** The options of `compress`, complete. */
export interface CompressSettings {
  /** At least 1: nothing is never compressed. */
  readonly threshold: number
  readonly compressible: (type: string) => boolean
  readonly cache: CompressCache | undefined
}

/** The largest body, in bytes, that is compressed in one go and sent with its length; a larger one is sent as it is compressed. */
export const WHOLE_LIMIT = 1_048_576

/** Whether one client may get this answer compressed and another not, as far as its head tells. */
export function isNegotiable(code: number, head: CompressHead, settings: CompressSettings): boolean {
  if (code === 204 || code === 205 || head.fixed) return false
  // RFC 9110 section 15.4.5: a 304 has the Vary of its 200, but most come without the type that would tell.
  if (head.type === undefined) return code === 304
  const small = head.length !== -1 && head.length < settings.threshold
  return (!small || isPartial(code, head)) && settings.compressible(head.type)
}

/** An answer in a coding, or with nothing but `Vary` added where compressing it is not possible or not worth it. */
export function encodeAnswer(
  answer: Answer,
  environ: Environ,
  coding: Coding,
  settings: CompressSettings,
): Answer | Promise<Answer> {
  const { status, headers, body, error } = answer
  const { code } = parseStatus(status)
  const head = readHead(headers)
  if (!isNegotiable(code, head, settings)) return answer
  const isHead = environ.REQUEST_METHOD === 'HEAD'
  const size = wholeSize(body)
  if (isPartial(code, head) || !isWorthwhile(size, head.length, isHead, settings))
    return { status, headers: varyOn(headers, 'Accept-Encoding'), body, error }

  const report = reportTo(environ)
  const encoded = (content: Body): Answer => ({
    status,
    headers: encodedHeaders(headers, coding.name),
    body: content,
    error,
  })
  if (isHead) return encoded(withoutLength(body, report))
  const work: Work = { body, size, length: head.length, coding, report }
  const key = settings.cache && code === 200 ? cacheKeyOf(environ, headers, coding.name) : undefined
  const content =
    key === undefined ? encodeBody(work) : encodeOnce(work, settings.cache as CompressCache, key)
  return isPromise<Body>(content) ? content.then(encoded) : encoded(content)
}

interface Work {
  readonly body: Body
  /** The bytes of the body where it is known whole, else -1. */
  readonly size: number
  /** `Content-Length`; -1 without one. */
  readonly length: number
  readonly coding: Coding
  readonly report: (error: unknown) => void
}

function encodeBody(work: Work): Body | Promise<Body> {
  const { body, size, length, coding, report } = work
  if (size === -1 || size > WHOLE_LIMIT) {
    return new CompressedBody(body, () => coding.createStream(), { length, report })
  }
  return encodeWhole(work)
}

/** As `encodeBody`, but only where nobody has done so before, or is doing it. */
function encodeOnce(work: Work, cache: CompressCache, key: string): Body | Promise<Body> {
  const { body, size, length, coding, report } = work
  const isSmallFile = length !== -1 && length <= WHOLE_LIMIT && isFile(body)
  if (!isSmallFile && (size === -1 || size > WHOLE_LIMIT)) return encodeBody(work)
  const known = cache.get(key)
  if (known !== undefined) {
    dispose(body, undefined, report)
    return known
  }
  const pending = cache.pending(key)
  if (pending !== undefined) {
    return pending.then(
      (bytes) => {
        dispose(body, undefined, report)
        return bytes
      },
      // What broke the other one's body need not break this.
      () => encodeBody(work),
    )
  }
  const bytes = isSmallFile
    ? collect(body, WHOLE_LIMIT).then((whole) => encodeBytes(checkLength(whole, length), coding))
    : encodeWhole(work)
  return isPromise<Uint8Array>(bytes) ? cache.share(key, bytes) : cache.keep(key, bytes)
}

/** Compressed, a body that is not as long as it says would look whole. */
function checkLength(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.byteLength === length) return bytes
  throw new ProtocolError('4.5', `The body has ${bytes.byteLength} bytes, its Content-Length is ${length}.`)
}

/** Encodes a body known whole, and releases it. */
function encodeWhole({ body, size, coding, report }: Work): Uint8Array | Promise<Uint8Array> {
  if (typeof body === 'string') {
    return size <= coding.syncLimit
      ? coding.encodeSync(toPassingBytes(body, size))
      : coding.encode(toBytes(body))
  }
  if (isChunk(body)) return encodeBytes(body, coding)
  const bytes = concat([...(body as Iterable<string>)].map(toBytes), size)
  release(body, report)
  return encodeBytes(bytes, coding)
}

function encodeBytes(bytes: Uint8Array, coding: Coding): Uint8Array | Promise<Uint8Array> {
  return bytes.byteLength <= coding.syncLimit ? coding.encodeSync(bytes) : coding.encode(bytes)
}

/** Used again for each text that is encoded at once: memory of its own would take 3 % of the time that 8 kB take. */
const passing = Buffer.allocUnsafeSlow(SYNC_LIMIT)

/** A text of at most {@link SYNC_LIMIT} bytes; they are overwritten by the next. */
function toPassingBytes(text: string, size: number): Uint8Array {
  passing.write(text)
  return passing.subarray(0, size)
}

/** Whether an answer is a part of a larger one, or says that the client has it: another one may have been compressed. */
function isPartial(code: number, head: CompressHead): boolean {
  return code === 206 || code === 304 || head.ranged
}

/** Whether a body is to be compressed; `size` and `length` (its `Content-Length`) are -1 where they are not known. */
function isWorthwhile(size: number, length: number, isHead: boolean, settings: CompressSettings): boolean {
  // The answer to HEAD may come without the body that GET would have; then its Content-Length has to tell.
  if (isHead && size === 0) return length >= settings.threshold
  // A wrong Content-Length is the gateway's to find (clause 4.5): compressed, the answer would look whole.
  if (size !== -1 && length !== -1 && size !== length) return false
  return size === -1 || size >= settings.threshold
}

/** A body that nobody will send, so that no gateway takes its length for that of the compressed one. */
function withoutLength(body: Body, report: (error: unknown) => void): Body {
  if (isChunk(body)) return ''
  return Array.isArray(body) ? withClose('', () => dispose(body, undefined, report)) : body
}
