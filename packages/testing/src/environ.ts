import { type Environ, type ErrorLog, environKey, type HeaderKey, type HeaderList } from '@stapel/core'
import { MemoryContext } from './memory-context.ts'
import { MemoryInput } from './memory-input.ts'
import { type PreparedRequest, prepareRequest } from './prepared-request.ts'
import type { RequestInit } from './request-init.ts'

/**
 * A complete environ (clause 2) for a request that nobody sent.
 *
 * `target` is a path below the base with an optional query, `'*'`, or an http URL, which sets scheme and `Host`. What may not stand in a path is
 * percent-encoded, and the path brought to normal form. What an application writes to `wsgi.errors` is dropped; give an `environ` with a log of
 * your own to see it. Throws a RangeError for a path that climbs above the root, a `ProtocolError` for malformed headers, and a TypeError
 * for a body that cannot be sent.
 *
 * @example
 * ```ts
 * import { createEnviron } from '@stapel/testing'
 * import { Request } from '@stapel/wrappers'
 *
 * const request = new Request(createEnviron('/search', { query: { q: 'stack' }, base: 'https://example.org/shop' }))
 * console.log(request.url) // 'https://example.org/shop/search?q=stack'
 * ```
 */
export function createEnviron(target: string | URL = '/', init: RequestInit = {}): Environ {
  return environOf(prepareRequest(target, init), init)
}

/** The environ of a request that was prepared. */
export function environOf(
  { method, target, headers, body }: PreparedRequest,
  { environ: given = {}, signal }: Pick<RequestInit, 'environ' | 'signal'>,
): Environ {
  const fields = headerFields(headers)
  const declared = fields.CONTENT_LENGTH
  const input = new MemoryInput(
    body?.chunks ?? [],
    declared === undefined ? undefined : Number(declared),
    signal,
  )
  const environ: Environ = {
    REQUEST_METHOD: method,
    SCRIPT_NAME: target.scriptName,
    PATH_INFO: target.pathInfo,
    REQUEST_URI: target.uri,
    QUERY_STRING: target.query,
    SERVER_NAME: 'localhost',
    SERVER_PORT: target.port,
    SERVER_PROTOCOL: 'HTTP/1.1',
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_PORT: '49152',
    ...fields,
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': target.scheme,
    'wsgi.input': input,
    'wsgi.errors': silent,
    'wsgi.multithread': false,
    'wsgi.multiprocess': false,
    'wsgi.run_once': false,
    'stapel.context': new MemoryContext(input, signal),
    ...(given as Partial<Environ>),
  }
  for (const key of Object.keys(given) as (keyof Environ)[]) {
    if (environ[key] === undefined) delete environ[key as `HTTP_${string}`]
  }
  return environ
}

const silent: ErrorLog = { write() {}, flush() {} }

type Fields = Partial<Record<HeaderKey, string>>

function headerFields(headers: HeaderList): Fields {
  const fields: Fields = {}
  for (const [name, value] of headers) {
    const key = environKey(name)
    if (key === undefined) continue
    fields[key] = key.startsWith('HTTP_') ? join(key, fields[key], value) : value
  }
  return fields
}

function join(key: string, earlier: string | undefined, value: string): string {
  if (earlier === undefined) return value
  return earlier + (key === 'HTTP_COOKIE' ? '; ' : ', ') + value
}
