import { parseHost } from '../http/host.ts'
import { isNormalPath, normalizePath } from '../http/path.ts'
import { BadHost, BadRequest } from '../http-errors.ts'
import type { Context, Environ, ErrorLog } from '../protocol.ts'
import type { Peer } from './fetch-handler.ts'
import { plainAddress } from './plain-address.ts'

/** Makes the environs of one fetch handler (clause 2). What it keeps between requests is the origin of the last URL. */
export class FetchEnvirons {
  readonly #errors: ErrorLog
  #origin: Origin | undefined

  constructor(errors: ErrorLog) {
    this.#errors = errors
  }

  /** Throws an HTTPError for a request that may not reach an application. */
  create(
    request: Request,
    input: AsyncIterable<Uint8Array>,
    context: Context,
    peer: Peer | null | undefined,
  ): Environ {
    const { url } = request
    let origin = this.#origin
    if (origin === undefined || !url.startsWith(origin.prefix)) {
      origin = parseOrigin(url)
      this.#origin = origin
    }
    const uri = targetOf(url, origin.prefix.length - 1)
    const mark = uri.indexOf('?')
    const query = mark === -1 ? '' : uri.slice(mark + 1)
    const environ: Environ = {
      REQUEST_METHOD: methodOf(request.method),
      SCRIPT_NAME: '',
      PATH_INFO: pathOf(mark === -1 ? uri : uri.slice(0, mark)),
      REQUEST_URI: uri,
      QUERY_STRING: query !== '' && irregularInQuery.test(query) ? encodeQuery(query) : query,
      SERVER_NAME: origin.serverName,
      SERVER_PORT: origin.serverPort,
      SERVER_PROTOCOL: 'HTTP/1.1',
      HTTP_HOST: origin.authority,
      'wsgi.version': version,
      'wsgi.url_scheme': origin.scheme,
      'wsgi.input': input,
      'wsgi.errors': this.#errors,
      'wsgi.multithread': false,
      'wsgi.multiprocess': false,
      'wsgi.run_once': false,
      'stapel.context': context,
    }
    if (peer !== null && peer !== undefined) {
      environ.REMOTE_ADDR = plainAddress(peer.address)
      if (peer.port !== undefined) environ.REMOTE_PORT = String(peer.port)
    }
    addHeaders(environ, request.headers)
    // A body whose length nobody declared would pass for none.
    if (
      environ.CONTENT_LENGTH === undefined &&
      environ.REQUEST_METHOD !== 'GET' &&
      environ.REQUEST_METHOD !== 'HEAD' &&
      request.body !== null
    ) {
      environ.HTTP_TRANSFER_ENCODING ??= 'chunked'
    }
    return environ
  }
}

/** What the URLs of one server begin with. */
interface Origin {
  /** `'https://example.org/'`. */
  readonly prefix: string
  readonly scheme: 'http' | 'https'
  readonly authority: string
  readonly serverName: string
  readonly serverPort: string
}

function parseOrigin(url: string): Origin {
  const found = /^(https?):\/\/([^/?#]*)\//.exec(url)
  if (found === null) throw new BadRequest('The URL of the request is no http URL with a path.')
  const [prefix, scheme, authority] = found as unknown as [string, 'http' | 'https', string]
  // The host made it of the target and the Host header.
  const host = parseHost(authority)
  if (host === undefined) throw new BadHost('The host of the request is malformed.')
  const { name, port } = host
  return {
    prefix,
    scheme,
    authority,
    serverName: name.startsWith('[') ? name.slice(1, -1) : name,
    serverPort: String(port ?? (scheme === 'https' ? 443 : 80)),
  }
}

/** Path and query as the URL has them. A fragment never leaves a client (RFC 9110 section 7.1), but a Request made by hand can have one. */
function targetOf(url: string, start: number): string {
  const fragment = url.indexOf('#', start)
  return fragment === -1 ? url.slice(start) : url.slice(start, fragment)
}

function pathOf(path: string): string {
  if (isNormalPath(path)) return path
  const normal = normalizePath(path)
  if (normal === undefined) throw new BadRequest('The path climbs above the root or holds a NUL.')
  return normal
}

const irregularInQuery = /[^\x21-\x7e]/

function encodeQuery(query: string): string {
  return query.replace(/[^\x21-\x7e]+/g, encodeText)
}

function encodeText(text: string): string {
  let encoded = ''
  for (const byte of encoder.encode(text)) encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return encoded
}

// Fetch leaves `patch` as it was written, and upper-cases only the methods that it knows.
function methodOf(method: string): string {
  return method.length === 5 && method.toUpperCase() === 'PATCH' ? 'PATCH' : method
}

function addHeaders(environ: Environ, headers: Headers): void {
  const fields = environ as unknown as Record<string, string>
  headers.forEach((value, name) => {
    const key = keys.get(name) ?? learnKey(name)
    if (key !== '') fields[key] = value
  })
  fields.HTTP_HOST = environ.HTTP_HOST as string
}

/** The most header names whose keys are kept. */
const KEY_LIMIT = 1024
const keys = new Map<string, string>([['host', '']])

/** `''` for a name with `_`, which is dropped: `x_real_ip` must not pose as `x-real-ip` (clause 2). */
function learnKey(name: string): string {
  const upper = name.toUpperCase().replaceAll('-', '_')
  let key = upper === 'CONTENT_TYPE' || upper === 'CONTENT_LENGTH' ? upper : `HTTP_${upper}`
  if (name.includes('_') || upper === 'HOST') key = ''
  if (keys.size < KEY_LIMIT) keys.set(name, key)
  return key
}

const encoder = new TextEncoder()
const version: readonly [1, 0] = Object.freeze([1, 0] as const)
