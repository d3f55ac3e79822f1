import { type HeaderList, ProtocolError } from '@stapel/core'
import { type AuthorizationInit, formatAuthorization, isFieldValue, isToken } from '@stapel/core/http'
import { checkNames } from './check-names.ts'
import { type EncodedBody, encodeBody } from './request-body.ts'
import { type RequestInit, requestNames } from './request-init.ts'
import { localhost, parseBase, parseTarget, type RequestTarget } from './request-target.ts'

/** A request with all that it says, ready to be sent by any way. */
export interface PreparedRequest {
  readonly method: string
  readonly target: RequestTarget
  /** As they travel; the list may still be changed. */
  readonly headers: HeaderList
  /** `undefined` where there is none. */
  readonly body: EncodedBody | undefined
}

/** Fills in what `init` leaves open: the host, and what a body and credentials add to the headers. */
export function prepareRequest(given: string | URL, init: RequestInit): PreparedRequest {
  checkNames(init, requestNames, 'of a request')
  const base = init.base === undefined ? localhost : parseBase(init.base)
  const target = parseTarget(given, base, init.query)
  const body = encodeBody(init)
  const headers = toList(init.headers ?? {})
  const add = (name: string, value: string): void => {
    if (fieldOf(headers, name) === undefined) headers.push([name, value])
  }
  add('Host', target.host)
  if (init.auth !== undefined) add('Authorization', formatAuthorization(toAuthorization(init.auth)))
  if (body?.type !== undefined) add('Content-Type', body.type)
  if (body?.length !== undefined) add('Content-Length', String(body.length))
  else if (body !== undefined && fieldOf(headers, 'Content-Length') === undefined) {
    add('Transfer-Encoding', 'chunked')
  }
  return { method: methodOf(init.method), target, headers, body }
}

/** The first value of a header, whatever the letters of its name. */
export function fieldOf(headers: HeaderList, name: string): string | undefined {
  const wanted = name.toLowerCase()
  return headers.find((header) => header[0].toLowerCase() === wanted)?.[1]
}

/** Pairs of a list, a record or fetch's `Headers`; throws a {@link ProtocolError} for what no client can send. */
export function toList(headers: NonNullable<RequestInit['headers']>): HeaderList {
  const pairs =
    Symbol.iterator in headers ? (headers as Iterable<readonly [string, string]>) : Object.entries(headers)
  const list: HeaderList = []
  for (const [name, value] of pairs) {
    if (!isToken(name) || typeof value !== 'string' || !isFieldValue(value)) {
      throw new ProtocolError(
        '2',
        `Got the request header ${JSON.stringify([name, value])}, which no client can send.`,
      )
    }
    list.push([name, value])
  }
  return list
}

function methodOf(method: string = 'GET'): string {
  if (!isToken(method)) {
    throw new ProtocolError('2', `Got the method ${JSON.stringify(method)}; expected a token.`)
  }
  return method
}

/** With a scheme of its own, or one of the two that need no name. */
function toAuthorization(auth: NonNullable<RequestInit['auth']>): AuthorizationInit {
  if ('scheme' in auth) return auth
  if ('token' in auth) return { scheme: 'bearer', token: auth.token }
  return { scheme: 'basic', username: auth.username, password: auth.password }
}
