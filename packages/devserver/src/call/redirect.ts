import { type CallAnswer, fieldOf } from './call-answer.ts'
import type { CallRequest } from './call-request.ts'

/** Where an answer leads. */
export type Redirect =
  | { readonly next: CallRequest }
  /** To what is not this application, as it was written. */
  | { readonly elsewhere: string }

/**
 * What is asked next where an answer is a redirect (RFC 9110 section 15.4), as curl does: after 301 and 302 GET takes the place of POST, after 303 that of
 * everything but HEAD, and then no body is sent; with `keepMethod` the method stays all the same. `undefined` where the answer leads nowhere.
 */
export function redirectOf(call: CallRequest, answer: CallAnswer, keepMethod: boolean): Redirect | undefined {
  const { status } = answer
  const location = fieldOf(answer, 'Location')
  if (status < 300 || status > 399 || status === 304 || location === undefined) return undefined
  const base = seenUrl(call)
  if (!URL.canParse(location, base)) return { elsewhere: location }
  const target = new URL(location, base)
  if (target.host !== base.host || !/^https?:$/.test(target.protocol)) return { elsewhere: location }
  const url = new URL(call.url)
  url.protocol = target.protocol
  url.pathname = target.pathname
  url.search = target.search
  const turns =
    status === 303 ? call.method !== 'HEAD' : (status === 301 || status === 302) && call.method === 'POST'
  if (!turns) return { next: { ...call, url } }
  return {
    next: {
      method: keepMethod ? call.method : 'GET',
      url,
      headers: call.headers.filter(([name]) => !ofBody.has(name.toLowerCase())),
      body: undefined,
    },
  }
}

/** The URL as the application sees it, which may have been given another host. */
export function seenUrl({ url, headers }: CallRequest): URL {
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1]
  const seen = `${url.protocol}//${host}${url.pathname}${url.search}`
  return host !== undefined && URL.canParse(seen) ? new URL(seen) : url
}

const ofBody: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'content-type',
  'transfer-encoding',
])
