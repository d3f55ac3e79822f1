import { type Environ, type ErrorLog, type HeaderList, ProtocolError } from '@stapel/core'
import { isFieldValue, isToken, normalizePath } from '@stapel/core/http'
import { MemoryContext } from './memory-context.ts'
import { MemoryInput } from './memory-input.ts'
import { encodeBody, type RequestBody } from './request-body.ts'

/** What a request is, besides its target. */
export interface RequestInit {
  /** @default 'GET' */
  method?: string
  /** Fields of the request; repeats in a list are joined. `Host` is `localhost` unless given. */
  headers?: Readonly<Record<string, string>> | HeaderList
  /** Strings and bytes are sent with their length, iterables in chunked coding; forms get their content type. */
  body?: RequestBody
  /** Keys of environ that replace those made from the rest; one that is `undefined` removes the key. */
  environ?: Partial<Environ>
  /** Aborting it is the client leaving. */
  signal?: AbortSignal
}

/**
 * A complete environ (clause 2) for a request that nobody sent: `createEnviron('/search?q=a', { method: 'HEAD' })`.
 *
 * `target` is a path with an optional query, `'*'`, or an http URL, which sets scheme and `Host`. What may not stand in a path is
 * percent-encoded, and the path brought to normal form. What an application writes to `wsgi.errors` is dropped; give an `environ` with a log of
 * your own to see it. Throws a RangeError for a path that climbs above the root, and a {@link ProtocolError} for malformed headers.
 */
export function createEnviron(target: string = '/', init: RequestInit = {}): Environ {
  const { scheme, host, port, path, query, uri } = parseTarget(target)
  const body = encodeBody(init.body)
  const fields = headerFields(init.headers ?? {})
  fields.HTTP_HOST ??= host
  if (body.type !== undefined) fields.CONTENT_TYPE ??= body.type
  if (body.length !== undefined) fields.CONTENT_LENGTH ??= String(body.length)
  else if (init.body !== undefined && fields.CONTENT_LENGTH === undefined)
    fields.HTTP_TRANSFER_ENCODING ??= 'chunked'
  const declared = fields.CONTENT_LENGTH
  const input = new MemoryInput(
    body.chunks,
    declared === undefined ? undefined : Number(declared),
    init.signal,
  )
  const environ: Environ = {
    REQUEST_METHOD: init.method ?? 'GET',
    SCRIPT_NAME: '',
    PATH_INFO: path,
    REQUEST_URI: uri,
    QUERY_STRING: query,
    SERVER_NAME: 'localhost',
    SERVER_PORT: port,
    SERVER_PROTOCOL: 'HTTP/1.1',
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_PORT: '49152',
    ...fields,
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': scheme,
    'wsgi.input': input,
    'wsgi.errors': silent,
    'wsgi.multithread': false,
    'wsgi.multiprocess': false,
    'wsgi.run_once': false,
    'stapel.context': new MemoryContext(input, init.signal),
    ...init.environ,
  }
  for (const key of Object.keys(init.environ ?? {}) as (keyof Environ)[]) {
    if (environ[key] === undefined) delete environ[key as `HTTP_${string}`]
  }
  return environ
}

const silent: ErrorLog = { write() {}, flush() {} }

interface Target {
  scheme: 'http' | 'https'
  host: string
  port: string
  path: string
  query: string
  uri: string
}

function parseTarget(target: string): Target {
  const absolute = /^(https?):\/\/([^/?#]+)/i.exec(target)
  const scheme = absolute?.[1]?.toLowerCase() === 'https' ? 'https' : 'http'
  const host = absolute?.[2] ?? 'localhost'
  const port = /:(\d+)$/.exec(host)?.[1] ?? (scheme === 'https' ? '443' : '80')
  const rest = absolute === null ? target : target.slice(absolute[0].length)
  if (rest === '*') return { scheme, host, port, path: '', query: '', uri: rest }
  // A fragment never leaves the client (RFC 9110 section 7.1).
  const uri = encodeIllegal((rest.startsWith('/') ? rest : `/${rest}`).replace(/#.*$/s, ''))
  const mark = uri.indexOf('?')
  const path = normalizePath(mark === -1 ? uri : uri.slice(0, mark))
  if (path === undefined) {
    throw new RangeError(
      `Got the target ${target}; expected a path that stays below the root and holds no NUL.`,
    )
  }
  return { scheme, host, port, path, query: mark === -1 ? '' : uri.slice(mark + 1), uri }
}

function encodeIllegal(text: string): string {
  return text.replace(/[^\x21-\x7e]+/g, (part) => encodeURIComponent(part))
}

type Fields = Partial<Record<'CONTENT_TYPE' | 'CONTENT_LENGTH' | `HTTP_${string}`, string>>

function headerFields(headers: Readonly<Record<string, string>> | HeaderList): Fields {
  const fields: Fields = {}
  for (const [name, value] of Array.isArray(headers) ? headers : Object.entries(headers)) {
    if (!isToken(name) || typeof value !== 'string' || !isFieldValue(value)) {
      throw new ProtocolError(
        '2',
        `Got the request header ${JSON.stringify([name, value])}, which no client can send.`,
      )
    }
    // Clause 2: `X_Real_IP` must not pose as `X-Real-IP`.
    if (name.includes('_')) continue
    const key = name.toUpperCase().replaceAll('-', '_')
    if (key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH') fields[key] = value
    else fields[`HTTP_${key}`] = join(key, fields[`HTTP_${key}`], value)
  }
  return fields
}

function join(key: string, earlier: string | undefined, value: string): string {
  if (earlier === undefined) return value
  return earlier + (key === 'COOKIE' ? '; ' : ', ') + value
}
