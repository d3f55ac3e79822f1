/**
 * environ of the variables of a CGI process (RFC 3875 section 4.1).
 *
 * The threat: the environment of a process holds more than the request, secrets of the server among it, so only the variables of CGI are taken; and a
 * header `Proxy` arrives as `HTTP_PROXY`, the name by which a proxy is configured, so that one is left out. What is not stopped: a header
 * with an underscore has the same variable as the one with a hyphen, and only the server can tell them apart.
 *
 * @module
 */
import { parseContentLength } from '../http/content-length.ts'
import { parseHost } from '../http/host.ts'
import { normalizePath } from '../http/path.ts'
import { percentEncode } from '../http/percent-encode.ts'
import { BadHost, BadRequest } from '../http-errors.ts'
import type { Context, Environ, ErrorLog } from '../protocol.ts'
import { parseTarget } from './target.ts'

/** The environment of a process. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Throws an HTTPError for a request that may not reach an application. */
export function createCgiEnviron(
  variables: Variables,
  input: AsyncIterable<Uint8Array>,
  context: Context,
  errors: ErrorLog,
): Environ {
  const method = variables.REQUEST_METHOD || 'GET'
  const { script, path, query, uri } = locate(variables, method)
  const host = variables.HTTP_HOST
  if (host !== undefined && parseHost(host) === undefined) throw new BadHost('The Host header is malformed.')
  const environ: Environ = {
    REQUEST_METHOD: method,
    SCRIPT_NAME: script,
    PATH_INFO: path,
    REQUEST_URI: uri,
    QUERY_STRING: query,
    SERVER_NAME: variables.SERVER_NAME || 'localhost',
    SERVER_PORT: variables.SERVER_PORT || '80',
    SERVER_PROTOCOL: protocolOf(variables.SERVER_PROTOCOL),
    'wsgi.version': version,
    'wsgi.url_scheme': isSecure(variables) ? 'https' : 'http',
    'wsgi.input': input,
    'wsgi.errors': errors,
    'wsgi.multithread': false,
    'wsgi.multiprocess': true,
    'wsgi.run_once': true,
    'stapel.context': context,
  }
  addVariables(environ, variables)
  return environ
}

/** What an error page needs of a request that has no environ, because it is malformed. */
export function refusedCgiEnviron(variables: Variables, errors: ErrorLog): Environ {
  const known: Partial<Environ> = { REQUEST_METHOD: variables.REQUEST_METHOD || 'GET', 'wsgi.errors': errors }
  if (variables.HTTP_ACCEPT !== undefined) known.HTTP_ACCEPT = variables.HTTP_ACCEPT
  return known as Environ
}

const version: readonly [1, 0] = Object.freeze([1, 0] as const)

// What RFC 3875 names besides what is computed here, and the port of the peer, which most servers give.
const copied = ['CONTENT_TYPE', 'REMOTE_ADDR', 'REMOTE_PORT', 'REMOTE_USER', 'REMOTE_HOST', 'AUTH_TYPE']

function addVariables(environ: Environ, variables: Variables): void {
  const fields = environ as unknown as Record<string, string>
  for (const key of copied) {
    const value = variables[key]
    // Some servers set what they do not know to the empty string.
    if (value !== undefined && value !== '') fields[key] = value
  }
  const length = variables.CONTENT_LENGTH
  if (length !== undefined && parseContentLength(length) !== undefined) fields.CONTENT_LENGTH = length
  for (const [key, value] of Object.entries(variables)) {
    if (value !== undefined && header.test(key) && !reserved.has(key)) fields[key] = value
  }
}

const header = /^HTTP_[A-Z0-9!#$%&'*+.^`|~_]+$/
const reserved = new Set(['HTTP_PROXY', 'HTTP_CONTENT_TYPE', 'HTTP_CONTENT_LENGTH'])

function protocolOf(protocol: string | undefined): string {
  return protocol !== undefined && /^HTTP\/[0-9](?:\.[0-9])?$/.test(protocol) ? protocol : 'HTTP/1.0'
}

function isSecure({ HTTPS, REQUEST_SCHEME }: Variables): boolean {
  return REQUEST_SCHEME === 'https' || (HTTPS !== undefined && /^(?:on|1|yes|true)$/i.test(HTTPS))
}

interface Location {
  readonly script: string
  readonly path: string
  readonly query: string
  readonly uri: string
}

/** Without the slashes at its end; a pattern would look at every run of them twice. */
function withoutSlashes(path: string): string {
  let end = path.length
  while (end > 0 && path[end - 1] === '/') end--
  return path.slice(0, end)
}

function locate(variables: Variables, method: string): Location {
  const script = withoutSlashes(encodePath(variables.SCRIPT_NAME ?? ''))
  const path = encodePath(variables.PATH_INFO ?? '')
  const given = variables.REQUEST_URI
  if (given === undefined || given === '') {
    const query = encodeText(variables.QUERY_STRING ?? '')
    const uri = `${script}${path}${query === '' ? '' : `?${query}`}` || '/'
    return { script, path: script === '' && path === '' ? '/' : path, query, uri }
  }
  const target = parseTarget(encodeText(given), method)
  return { ...split(target.path, script, path), query: target.query, uri: encodeText(given) }
}

/** The path of the target, divided where the server divided it. */
function split(whole: string, script: string, path: string): { script: string; path: string } {
  const rest = whole.slice(script.length)
  if (whole.startsWith(script) && (rest === '' || rest.startsWith('/'))) {
    return { script, path: whole !== '' && script === '' && rest === '' ? '/' : rest }
  }
  // The server rewrote the path, so that the name of the script is not in the target.
  if (path !== '' && whole.endsWith(path))
    return { script: withoutSlashes(whole.slice(0, -path.length)), path }
  return { script: '', path: whole }
}

/** A path that the server decoded, in normal form again; a slash that was encoded is lost (RFC 3875 section 4.1.5). */
function encodePath(path: string): string {
  if (path === '') return ''
  const normal = normalizePath((path.startsWith('/') ? path : `/${path}`).replaceAll('%', '%25'))
  if (normal === undefined || path.includes('\0'))
    throw new BadRequest('The path climbs above the root or holds a NUL.')
  return normal
}

/** Node decodes the environment as UTF-8. */
function encodeText(text: string): string {
  return text.replace(/[^\x21-\x7e]+/g, percentEncode)
}
