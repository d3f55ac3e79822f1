import { parseHost } from '../http/host.ts'
import { BadHost, NotImplemented } from '../http-errors.ts'
import type { Environ } from '../protocol.ts'
import { readableInput } from '../readable-input.ts'

/**
 * A `Request` of environ as it is now; its URL begins where the application is mounted, or with `SCRIPT_NAME`. Throws an HTTPError for what fetch cannot
 * express: the method TRACE, a host that is no URL's.
 */
export function createRequest(environ: Environ, scriptName = true): Request {
  const method = environ.REQUEST_METHOD
  if (forbiddenMethods.has(method.toUpperCase())) {
    throw new NotImplemented(`The method ${method} cannot be handed to a fetch handler.`)
  }
  const init: RequestInit & { duplex?: 'half' } = {
    method,
    headers: fieldsOf(environ),
    signal: environ['stapel.context'].signal,
    // A handler that passes the request on to another server is a proxy, which hands redirects on to its client.
    redirect: 'manual',
  }
  if (hasBody(environ)) {
    init.body = readableInput(environ)
    init.duplex = 'half'
  }
  const request = makeRequest(urlOf(environ, scriptName ? environ.SCRIPT_NAME : ''), init)
  // Where h3 and srvx look for the peer.
  return environ.REMOTE_ADDR === undefined ? request : Object.assign(request, { ip: environ.REMOTE_ADDR })
}

// https://fetch.spec.whatwg.org/#forbidden-method
const forbiddenMethods = new Set(['CONNECT', 'TRACE', 'TRACK'])

/** The URL as the client's side sees it: what proxyFix changed in scheme, host and prefix is in it. */
function urlOf(environ: Environ, prefix: string): string {
  const path = `${prefix}${environ.PATH_INFO}` || '/'
  const query = environ.QUERY_STRING === '' ? '' : `?${environ.QUERY_STRING}`
  const authority = environ.HTTP_HOST ?? serverOf(environ)
  // A URL takes more than a host: `a/b`, `user@host`, `a?b` would move into the path and the query.
  if (parseHost(authority) === undefined) throw new BadHost('The Host of the request is malformed.')
  return `${environ['wsgi.url_scheme']}://${authority}${path}${query}`
}

function makeRequest(url: string, init: RequestInit): Request {
  try {
    return new Request(url, init)
  } catch (error) {
    // Such as `1.2.3.4.5`, which is a host to HTTP and none to URLs.
    if (!URL.canParse(url)) throw new BadHost('The Host of the request is malformed.', { cause: error })
    throw error
  }
}

function serverOf(environ: Environ): string {
  const { SERVER_NAME: name, SERVER_PORT: port } = environ
  return `${name.includes(':') ? `[${name}]` : name}:${port}`
}

function fieldsOf(environ: Environ): [string, string][] {
  const fields: [string, string][] = []
  for (const key in environ) {
    const name = names.get(key) ?? learnName(key)
    const value = name === '' ? undefined : (environ as unknown as Record<string, unknown>)[key]
    if (typeof value === 'string') fields.push([name, value])
  }
  return fields
}

/** The most keys whose header names are kept. */
const NAME_LIMIT = 1024
const names = new Map<string, string>()

/** `''` for a key that is no header. */
function learnName(key: string): string {
  let name = ''
  if (key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH') name = key
  // The coding of the body was undone by the gateway.
  else if (key.startsWith('HTTP_') && key !== 'HTTP_TRANSFER_ENCODING') name = key.slice(5)
  name = name.toLowerCase().replaceAll('_', '-')
  if (names.size < NAME_LIMIT) names.set(key, name)
  return name
}

function hasBody(environ: Environ): boolean {
  const method = environ.REQUEST_METHOD
  if (method === 'GET' || method === 'HEAD') return false
  if (environ.CONTENT_LENGTH !== undefined) return environ.CONTENT_LENGTH !== '0'
  // From HTTP/2 on a body has no header of its own.
  return environ.HTTP_TRANSFER_ENCODING !== undefined || !environ.SERVER_PROTOCOL.startsWith('HTTP/1')
}
