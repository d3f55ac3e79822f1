import type { Context, Environ, ErrorLog } from '../protocol.ts'
import type { LiteralRows } from './compile-literal.ts'

/** What differs from request to request, besides the header values. */
export interface RequestParts {
  readonly method: string
  readonly pathInfo: string
  readonly requestUri: string
  readonly queryString: string
  readonly input: AsyncIterable<Uint8Array>
  readonly context: Context
}

/** What is the same for every request of a connection, or to one origin. */
export interface ServerParts {
  readonly scheme: 'http' | 'https'
  readonly serverName: string
  readonly serverPort: string
  readonly errors: ErrorLog
}

/** The keys that every environ has and that come from no header, for a literal that is compiled; it needs `parts`, `server` and {@link version}. */
export const baseRows: LiteralRows = [
  ['REQUEST_METHOD', 'parts.method'],
  ['SCRIPT_NAME', "''"],
  ['PATH_INFO', 'parts.pathInfo'],
  ['REQUEST_URI', 'parts.requestUri'],
  ['QUERY_STRING', 'parts.queryString'],
  ['SERVER_NAME', 'server.serverName'],
  ['SERVER_PORT', 'server.serverPort'],
  ['wsgi.version', 'version'],
  ['wsgi.url_scheme', 'server.scheme'],
  ['wsgi.input', 'parts.input'],
  ['wsgi.errors', 'server.errors'],
  ['wsgi.multithread', 'false'],
  ['wsgi.multiprocess', 'false'],
  ['wsgi.run_once', 'false'],
  ['stapel.context', 'parts.context'],
]

/** `wsgi.version` (clause 2). */
export const version: readonly [1, 0] = Object.freeze([1, 0] as const)

/** An environ of the same keys, and the protocol, where none is compiled; the headers are added to it. */
export function baseEnviron(
  parts: RequestParts,
  server: ServerParts,
  protocol: string,
): Environ & Record<string, string> {
  const environ: Environ = {
    REQUEST_METHOD: parts.method,
    SCRIPT_NAME: '',
    PATH_INFO: parts.pathInfo,
    REQUEST_URI: parts.requestUri,
    QUERY_STRING: parts.queryString,
    SERVER_NAME: server.serverName,
    SERVER_PORT: server.serverPort,
    'wsgi.version': version,
    'wsgi.url_scheme': server.scheme,
    'wsgi.input': parts.input,
    'wsgi.errors': server.errors,
    'wsgi.multithread': false,
    'wsgi.multiprocess': false,
    'wsgi.run_once': false,
    'stapel.context': parts.context,
    SERVER_PROTOCOL: protocol,
  }
  return environ as Environ & Record<string, string>
}
