import type { Environ, ErrorLog, HeaderList } from '@stapel/core'
import { environOf } from './environ.ts'
import { MemoryContext } from './memory-context.ts'
import { fieldOf, type PreparedRequest, prepareRequest } from './prepared-request.ts'
import { headersOf } from './redirect.ts'
import type { RequestInit } from './request-init.ts'
import { urlOf } from './request-url.ts'

/** What {@link Client.open} takes for a request: a target, a fetch `Request`, or a whole environ. */
export type Requested = string | URL | Environ | globalThis.Request

/** A request whose headers are those of the client and its own. */
export interface MergedInit extends RequestInit {
  headers: HeaderList
}

/** A request on its way, in both of its forms. */
export interface SentRequest {
  readonly init: RequestInit
  readonly prepared: PreparedRequest
  readonly environ: Environ
  readonly url: URL
  /** What the application writes to `wsgi.errors`. */
  readonly log: string[]
}

/**
 * Makes a request of what was asked for. A whole environ is sent as it is, unless it is to be `remade` for a server elsewhere, which gets its method,
 * path, headers and body. `cookies` gives the value of `Cookie` for a URL, which one that was given by hand replaces. */
export function toSentRequest(
  requested: Requested,
  init: MergedInit,
  cookies: (url: URL) => string | undefined,
  remade: boolean = false,
): SentRequest {
  const log: string[] = []
  const [target, whole] = takeApart(requested, init, remade)
  const prepared = prepareRequest(target, whole)
  const made =
    isEnviron(requested) && !remade ? withSignal(requested, init.signal) : environOf(prepared, whole)
  const environ: Environ = { ...made, 'wsgi.errors': collector(log, made['wsgi.errors']) }
  const url = urlOf(environ)
  const cookie = 'HTTP_COOKIE' in environ || 'HTTP_COOKIE' in (init.environ ?? {}) ? undefined : cookies(url)
  if (cookie !== undefined) {
    environ.HTTP_COOKIE = cookie
    prepared.headers.push(['Cookie', cookie])
  }
  return { init: whole, prepared, environ, url, log }
}

/** The value of `Cookie` that a request carries. */
export function cookieOf({ prepared }: SentRequest): string | undefined {
  return fieldOf(prepared.headers, 'Cookie')
}

/** Headers of a client with those of a request, which replace them by name. */
export function mergeHeaders(common: HeaderList, own: HeaderList): HeaderList {
  return [...common.filter(([name]) => fieldOf(own, name) === undefined), ...own]
}

function isEnviron(requested: Requested): requested is Environ {
  return typeof requested === 'object' && 'wsgi.version' in requested
}

function takeApart(
  requested: Requested,
  init: MergedInit,
  remade: boolean,
): [target: string | URL, init: RequestInit] {
  if (typeof requested === 'string' || requested instanceof URL) return [requested, init]
  if (isEnviron(requested)) {
    const own = ofEnviron(requested)
    if (!remade) return [urlOf(requested), { ...init, base: baseOf(requested), ...own }]
    const headers = mergeHeaders(
      init.headers,
      own.headers.filter(([name]) => name !== 'host'),
    )
    return [pathOf(requested), { ...init, ...own, headers }]
  }
  const { method, headers, body, signal, url } = requested
  const content = body === null ? {} : { body: body as unknown as AsyncIterable<Uint8Array> }
  const fields = mergeHeaders(init.headers, [...headers])
  const left = init.signal === undefined ? signal : AbortSignal.any([signal, init.signal])
  return [url, { ...init, method, headers: fields, signal: left, ...content }]
}

function ofEnviron(environ: Environ): MergedInit {
  const hasBody = (environ.CONTENT_LENGTH ?? environ.HTTP_TRANSFER_ENCODING) !== undefined
  return {
    method: environ.REQUEST_METHOD,
    headers: headersOf(environ),
    ...(hasBody ? { body: environ['wsgi.input'] } : {}),
  }
}

/** Where an environ says that the application is mounted. */
function baseOf(environ: Environ): string {
  return urlOf(environ).origin + environ.SCRIPT_NAME
}

function pathOf({ PATH_INFO, QUERY_STRING }: Environ): string {
  return QUERY_STRING === '' ? PATH_INFO : `${PATH_INFO}?${QUERY_STRING}`
}

/** A copy in which the client leaves as the signal says, where the context is ours. */
function withSignal(environ: Environ, signal: AbortSignal | undefined): Environ {
  const context = environ['stapel.context']
  if (signal === undefined || !(context instanceof MemoryContext)) return { ...environ }
  return { ...environ, 'stapel.context': context.orLeft(signal) }
}

function collector(lines: string[], given: ErrorLog | undefined): ErrorLog {
  return {
    write(text) {
      lines.push(text)
      given?.write(text)
    },
    flush() {
      given?.flush()
    },
  }
}
