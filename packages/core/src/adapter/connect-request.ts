import type { IncomingMessage } from 'node:http'
import type { Environ } from '../protocol.ts'
import type { MountedRequest } from './node-request.ts'

/** Shows a request of a framework what the layers around it changed in environ. */
export function applyEnviron(req: IncomingMessage & MountedRequest, before: Environ, after: Environ): void {
  if (after.REQUEST_METHOD !== before.REQUEST_METHOD) req.method = after.REQUEST_METHOD
  if (differ(before, after, ['SCRIPT_NAME', 'PATH_INFO', 'QUERY_STRING'])) {
    const query = after.QUERY_STRING === '' ? '' : `?${after.QUERY_STRING}`
    req.url = (after.PATH_INFO || '/') + query
    req.baseUrl = after.SCRIPT_NAME
    req.originalUrl = after.SCRIPT_NAME + after.PATH_INFO + query
  }
  for (const key in after) {
    if (isHeader(key) && after[key] !== before[key]) setHeader(req, key, after[key])
  }
  for (const key in before) {
    if (isHeader(key) && after[key] === undefined && before[key] !== undefined) setHeader(req, key, undefined)
  }
  if (differ(before, after, ['REMOTE_ADDR', 'REMOTE_PORT', 'wsgi.url_scheme'])) {
    replace(req, 'socket', disguised(req.socket, after))
    // Over HTTP/2, where `req.scheme` is.
    if (':scheme' in req.headers) req.headers[':scheme'] = after['wsgi.url_scheme']
  }
}

type HeaderKey = 'CONTENT_TYPE' | 'CONTENT_LENGTH' | `HTTP_${string}`

function isHeader(key: string): key is HeaderKey {
  return key.startsWith('HTTP_') || key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH'
}

function differ(before: Environ, after: Environ, keys: readonly (keyof Environ)[]): boolean {
  return keys.some((key) => before[key] !== after[key])
}

/** Sets or removes a header in every form that Node gives it. */
function setHeader(req: IncomingMessage, key: HeaderKey, value: string | undefined): void {
  const name = key
    .replace(/^HTTP_/, '')
    .replaceAll('_', '-')
    .toLowerCase()
  const raw: string[] = []
  // Not by Node's getter: before 20.20.2 it throws where a client sent a header called __proto__ (CVE-2026-21710).
  const distinct: Record<string, string[]> = Object.create(null)
  const add = (field: string, text: string): void => {
    const lower = field.toLowerCase()
    raw.push(field, text)
    distinct[lower] ??= []
    distinct[lower].push(text)
  }
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const field = req.rawHeaders[i] as string
    if (field.toLowerCase() !== name) add(field, req.rawHeaders[i + 1] as string)
  }
  const { headers } = req
  if (value === undefined) delete headers[name]
  else {
    add(name, value)
    headers[name] = value
    // Over HTTP/2, where `req.authority` is.
    if (name === 'host' && ':authority' in headers) headers[':authority'] = value
  }
  // A request of HTTP/2 has getters for them, or nothing.
  replace(req, 'rawHeaders', raw)
  replace(req, 'headersDistinct', distinct)
}

function replace(req: IncomingMessage, name: keyof IncomingMessage, value: unknown): void {
  Object.defineProperty(req, name, { value, configurable: true, enumerable: true, writable: true })
}

/** The connection, which other requests share, with another peer and scheme for this one. */
function disguised(socket: IncomingMessage['socket'], environ: Environ): IncomingMessage['socket'] {
  const shown: ReadonlyMap<PropertyKey, unknown> = new Map<PropertyKey, unknown>([
    ['remoteAddress', environ.REMOTE_ADDR],
    ['remotePort', environ.REMOTE_PORT === undefined ? undefined : Number(environ.REMOTE_PORT)],
    ['remoteFamily', environ.REMOTE_ADDR?.includes(':') ? 'IPv6' : 'IPv4'],
    ['encrypted', environ['wsgi.url_scheme'] === 'https'],
  ])
  return new Proxy(socket, {
    get: (target, key) => (shown.has(key) ? shown.get(key) : Reflect.get(target, key)),
    set: (target, key, value) => Reflect.set(target, key, value),
  })
}
