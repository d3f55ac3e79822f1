import { IncomingMessage } from 'node:http'
import type { Environ } from '../protocol.ts'
import type { AdapterSocket } from './node-socket.ts'

/** A request as Node's own server makes it, of what environ says now: a layer outside may have changed any of it. */
export function createRequest(environ: Environ, socket: AdapterSocket): IncomingMessage {
  const req = new IncomingMessage(socket as never) as IncomingMessage & MountedRequest & HeaderLines
  const version = environ.SERVER_PROTOCOL.slice(5)
  req.httpVersion = version
  req.httpVersionMajor = version.charCodeAt(0) - ZERO
  req.httpVersionMinor = version.length > 2 ? version.charCodeAt(2) - ZERO : 0
  req.method = environ.REQUEST_METHOD
  const raw = rawHeaders(environ)
  if (hasUnannouncedBody(environ)) raw.push('Transfer-Encoding', 'chunked')
  // As Node's parser does: `headers` and `headersDistinct` are made of the list when they are asked for.
  req._addHeaderLines(raw, raw.length)
  const query = queryOf(environ)
  req.url = originOf(environ) + (environ.PATH_INFO || '/') + query
  if (environ.PATH_INFO === '' && environ.REQUEST_URI === '*') req.url = '*'
  if (environ.SCRIPT_NAME !== '') {
    req.baseUrl = environ.SCRIPT_NAME
    req.originalUrl = environ.SCRIPT_NAME + environ.PATH_INFO + query
  }
  req.complete = !mayHaveBody(environ)
  return req
}

/** Whether there may be a body to read. */
function mayHaveBody(environ: Environ): boolean {
  if (environ.CONTENT_LENGTH !== undefined) return environ.CONTENT_LENGTH !== '0'
  return environ.HTTP_TRANSFER_ENCODING !== undefined || hasUnannouncedBody(environ)
}

/** What frameworks that mount applications (Express, connect, polka) keep on a request. */
export interface MountedRequest {
  baseUrl?: string
  originalUrl?: string
}

interface HeaderLines {
  /** How Node's parser hands over a raw list; by this name in every version. */
  _addHeaderLines(raw: string[], length: number): void
}

const ZERO = 48

// From HTTP/2 on a body needs neither header; frameworks look for one of them to know that there is a body.
function hasUnannouncedBody(environ: Environ): boolean {
  return (
    environ.CONTENT_LENGTH === undefined &&
    environ.HTTP_TRANSFER_ENCODING === undefined &&
    !environ.SERVER_PROTOCOL.startsWith('HTTP/1') &&
    environ.REQUEST_METHOD !== 'GET' &&
    environ.REQUEST_METHOD !== 'HEAD'
  )
}

/** Of a target in absolute form (RFC 9112 section 3.2.2), what Node leaves in front of the path. */
function originOf(environ: Environ): string {
  if (environ.REQUEST_URI.startsWith('/') || environ.SCRIPT_NAME !== '') return ''
  return /^https?:\/\/[^/?#]+/i.exec(environ.REQUEST_URI)?.[0] ?? ''
}

function queryOf(environ: Environ): string {
  if (environ.QUERY_STRING !== '') return `?${environ.QUERY_STRING}`
  return environ.REQUEST_URI.endsWith('?') ? '?' : ''
}

function rawHeaders(environ: Environ): string[] {
  const raw: string[] = []
  for (const key in environ) {
    const name = names.get(key) ?? learnName(key)
    if (name === '') continue
    const value = environ[key as `HTTP_${string}`]
    if (typeof value === 'string') raw.push(name, value)
  }
  return raw
}

// The names that requests bring are few; the bound keeps a client that invents them from growing the map without end.
const CACHE_LIMIT = 1024
const names = new Map<string, string>()

/** The header of a key of environ, written as browsers and Node write it; `''` for a key that is none. */
function learnName(key: string): string {
  let name = ''
  if (key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH') name = titleCase(key)
  else if (key.startsWith('HTTP_')) name = titleCase(key.slice(5))
  if (names.size < CACHE_LIMIT) names.set(key, name)
  return name
}

function titleCase(key: string): string {
  return key
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase())
}
