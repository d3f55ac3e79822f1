import { normalizePath } from '@stapel/core/http'

/** A value of a query or of a form field. */
export type FieldValue = string | number | boolean

/** A query to be made: as text with or without its `?`, as `URLSearchParams`, or as a record whose `undefined` values are left out. */
export type QueryInit =
  | string
  | URLSearchParams
  | Readonly<Record<string, FieldValue | readonly FieldValue[] | undefined>>

/** Where a request goes: what a gateway makes of its target. */
export interface RequestTarget {
  readonly scheme: 'http' | 'https'
  /** As in the `Host` header: with its port, unless that is the scheme's own. */
  readonly host: string
  readonly port: string
  /** The path of the base, without a `/` at its end. */
  readonly scriptName: string
  /** What is left of the path, in normal form. */
  readonly pathInfo: string
  readonly query: string
  /** As on the request line. */
  readonly uri: string
}

/** Where an application is: its scheme, its host, and the path that it is mounted at. */
export type Base = Pick<RequestTarget, 'scheme' | 'host' | 'port' | 'scriptName'>

/**
 * Takes a base URL apart: `'https://example.org/shop'`. Throws a TypeError for what is no http URL, and for one with a user, a query or a
 * fragment.
 */
export function parseBase(base: string | URL): Base {
  const url = URL.canParse(base) ? new URL(base) : undefined
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.username + url.password + url.search + url.hash !== ''
  ) {
    throw new TypeError(
      `Got ${String(base)} for the base; expected a URL such as 'https://example.org/shop', without user, query or fragment.`,
    )
  }
  const scheme = url.protocol === 'https:' ? 'https' : 'http'
  const scriptName = (normalizePath(url.pathname) as string).replace(/(?<!\/)\/+$/, '')
  return { scheme, host: url.host, port: portOf(scheme, url.host), scriptName }
}

/** The base of a client that was given none. */
export const localhost: Base = { scheme: 'http', host: 'localhost', port: '80', scriptName: '' }

/**
 * Takes the target of a request apart: a path below the base, `'*'`, or a whole URL.
 *
 * Throws a RangeError for a path that climbs above the base, holds NUL, or is not below it in a whole URL; a TypeError for a query that is given twice.
 */
export function parseTarget(target: string | URL, base: Base, query?: QueryInit): RequestTarget {
  const text = String(target)
  const absolute = /^(https?):\/\/([^/?#]+)/i.exec(text)
  const rest = absolute === null ? text : text.slice(absolute[0].length)
  if (absolute === null && rest === '*') return { ...base, pathInfo: '', query: '', uri: '*' }
  // A fragment never leaves the client (RFC 9110 section 7.1).
  const local = encodeIllegal((rest.startsWith('/') ? rest : `/${rest}`).replace(/#.*$/s, ''))
  const mark = local.indexOf('?')
  if (mark !== -1 && query !== undefined) {
    throw new TypeError(`Got a query in the target ${text} and another one beside it; expected one of them.`)
  }
  const search = query === undefined ? '' : formatQuery(query)
  const path = mark === -1 ? local : local.slice(0, mark)
  const normal = normalizePath(path)
  if (normal === undefined) {
    throw new RangeError(
      `Got the target ${text}; expected a path that stays below the root and holds no NUL.`,
    )
  }
  const tail = search === '' ? '' : `?${search}`
  const found = mark === -1 ? search : local.slice(mark + 1)
  if (absolute === null) {
    return { ...base, pathInfo: normal, query: found, uri: base.scriptName + local + tail }
  }
  if (!isBelow(normal, base.scriptName)) {
    throw new RangeError(`Got the target ${text}; expected a path below the base, ${base.scriptName}.`)
  }
  const scheme = absolute[1]?.toLowerCase() === 'https' ? 'https' : 'http'
  const host = absolute[2] as string
  const pathInfo = normal.slice(base.scriptName.length)
  return {
    scheme,
    host,
    port: portOf(scheme, host),
    scriptName: base.scriptName,
    pathInfo,
    query: found,
    uri: local + tail,
  }
}

/** Whether a path is that of a mount, or below it. */
export function isBelow(path: string, scriptName: string): boolean {
  return path.startsWith(scriptName) && (path.length === scriptName.length || path[scriptName.length] === '/')
}

function portOf(scheme: 'http' | 'https', host: string): string {
  return /:(\d+)$/.exec(host)?.[1] ?? (scheme === 'https' ? '443' : '80')
}

function formatQuery(query: QueryInit): string {
  if (typeof query === 'string') return encodeIllegal(query.replace(/^\?/, '')).replaceAll('#', '%23')
  if (query instanceof URLSearchParams) return query.toString()
  return toSearchParams(query).toString()
}

/** A record as parameters, lists as repeats, without those that are `undefined`. */
export function toSearchParams(
  record: Readonly<Record<string, FieldValue | readonly FieldValue[] | undefined>>,
): URLSearchParams {
  const params = new URLSearchParams()
  for (const [name, given] of Object.entries(record)) {
    for (const value of [given].flat()) if (value !== undefined) params.append(name, fieldText(name, value))
  }
  return params
}

/** A value as the text that is sent. Throws a TypeError for an object, which would be sent as `[object Object]`, and for `null`. */
export function fieldText(name: string, value: FieldValue): string {
  if (fieldTypes.has(typeof value)) return String(value)
  const got =
    typeof value === 'object' && value !== null ? `an object of class ${classOf(value)}` : String(value)
  throw new TypeError(
    `Got ${got} for ${JSON.stringify(name)} of a form or query; expected a string, a number, a boolean, or a list of those. Objects are sent by \`json\`.`,
  )
}

const fieldTypes: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'bigint'])

function classOf(value: object): string {
  return value.constructor?.name ?? 'null'
}

/** Half a surrogate pair becomes U+FFFD, as in every URL. */
function encodeIllegal(text: string): string {
  return text.replace(/[^\x21-\x7e]+/g, (part) => encodeURIComponent(Buffer.from(part).toString()))
}
