/**
 * Where a client goes after a redirect (RFC 9110 section 15.4, and "HTTP-redirect fetch" of the fetch standard).
 *
 * The threat: an answer chooses where credentials go next. Those that were given for one origin are not sent to another, and hosts that
 * were not named are not visited at all.
 *
 * @module
 */
import type { Environ, HeaderList } from '@stapel/core'
import { toList } from './prepared-request.ts'
import { isReadOnce } from './request-body.ts'
import type { EnvironInit, RequestInit } from './request-init.ts'

/** The request after a redirect, or why there is none: its body cannot be sent again. */
export function redirectedInit(
  init: RequestInit,
  { status, method, from, to }: { status: number; method: string; from: URL; to: URL },
): RequestInit | 'read once' {
  const switches = becomesGet(status, method)
  if (!switches && isReadOnce(init.body)) return 'read once'
  const sameOrigin = from.origin === to.origin
  const { body, json, form, query: _query, auth, headers, environ, ...kept } = init
  return {
    ...kept,
    method: switches ? 'GET' : method,
    headers: toList(headers ?? {}).filter(([name]) => isKept(name.toLowerCase(), switches, sameOrigin)),
    ...(environ === undefined ? {} : { environ: keptKeys(environ, switches, sameOrigin) }),
    ...(sameOrigin && auth !== undefined ? { auth } : {}),
    ...(switches || body === undefined ? {} : { body }),
    ...(switches || json === undefined ? {} : { json }),
    ...(switches || form === undefined ? {} : { form }),
  }
}

/** Whether a client may go to a host: one of the list, where `'.example.org'` names the subdomains. */
export function allowsHost(hosts: readonly string[], host: string): boolean {
  return hosts.some((allowed) => (allowed.startsWith('.') ? host.endsWith(allowed) : host === allowed))
}

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD'
  return (status === 301 || status === 302) && method === 'POST'
}

/** Headers that say something of the body, which goes when the method changes. */
const bodyHeaders: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
  'expect',
  'transfer-encoding',
])

/** Headers that were meant for one origin. */
const originHeaders: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization'])

function isKept(name: string, switches: boolean, sameOrigin: boolean): boolean {
  // The host is that of the new URL.
  if (name === 'host') return false
  if (switches && bodyHeaders.has(name)) return false
  return sameOrigin || !originHeaders.has(name)
}

/** Keys of environ that say what this one request was. */
const requestKeys: ReadonlySet<string> = new Set([
  'REQUEST_METHOD',
  'SCRIPT_NAME',
  'PATH_INFO',
  'REQUEST_URI',
  'QUERY_STRING',
  'CONTENT_TYPE',
  'CONTENT_LENGTH',
  'wsgi.url_scheme',
  'wsgi.input',
  'stapel.context',
  'stapel.params',
])

function keptKeys(environ: EnvironInit, switches: boolean, sameOrigin: boolean): EnvironInit {
  const entries = Object.entries(environ).filter(([key]) => {
    if (requestKeys.has(key)) return false
    if (!key.startsWith('HTTP_')) return true
    return isKept(key.slice(5).toLowerCase().replaceAll('_', '-'), switches, sameOrigin)
  })
  return Object.fromEntries(entries) as EnvironInit
}

/** Pairs as a client would have sent them, of an environ that was made by hand. */
export function headersOf(environ: Environ): HeaderList {
  const list: HeaderList = []
  for (const [key, value] of Object.entries(environ)) {
    const name = key.startsWith('HTTP_') ? key.slice(5) : key
    if (name === key && key !== 'CONTENT_TYPE' && key !== 'CONTENT_LENGTH') continue
    if (typeof value === 'string') list.push([name.toLowerCase().replaceAll('_', '-'), value])
  }
  return list
}
