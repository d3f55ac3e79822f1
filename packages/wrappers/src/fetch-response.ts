import { type Body, dispose, type HeaderList, type StartResponse, type Status } from '@stapel/core'
import { hopByHopHeaders, reasonPhrases, statusLine } from '@stapel/core/http'

/** Whether a value is a fetch `Response`, of this or another realm or library. */
export function isFetchResponse(value: unknown): value is globalThis.Response {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof globalThis.Response) return true
  const candidate = value as Partial<globalThis.Response>
  return typeof candidate.bodyUsed === 'boolean' && typeof candidate.headers?.getSetCookie === 'function'
}

/**
 * Answers with a fetch `Response`: each `Set-Cookie` stays a header of its own, hop-by-hop headers are left to the gateway, the body
 * is streamed and cancelled when it is given up. Of one that `fetch` gave, the headers of the coding are left out as the body is
 * decoded already. Throws a TypeError when the body was read before.
 */
export function respondWithFetch(response: globalThis.Response, startResponse: StartResponse): Body {
  if (response.bodyUsed) {
    throw new TypeError(
      'Got a fetch Response whose body was read already; return a fresh one, or clone() it first.',
    )
  }
  const headers: HeaderList = []
  const decoded = response.url !== '' && response.headers.has('content-encoding')
  for (const [name, value] of response.headers) {
    if (hopByHopHeaders.has(name)) continue
    if (decoded && (name === 'content-encoding' || name === 'content-length')) continue
    headers.push([name, value])
  }
  const body = response.body ?? ''
  try {
    startResponse(statusOf(response), headers)
  } catch (error) {
    dispose(body)
    throw error
  }
  return body
}

function statusOf({ status, statusText }: globalThis.Response): Status {
  return statusText === '' || statusText === reasonPhrases.get(status)
    ? statusLine(status)
    : `${status} ${statusText}`
}
