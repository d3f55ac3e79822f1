import { describe } from '../body.ts'
import { hopByHopHeaders } from '../http/field.ts'
import { essenceOf } from '../http/media-type.ts'
import { isEmptyStatus, reasonPhrases, statusLine } from '../http/status.ts'
import type { Body, Environ, HeaderList, StartResponse, Status } from '../protocol.ts'
import { FetchBody } from './fetch-body.ts'
import type { ConnectionContext } from './node-connection.ts'

/** Whether a value is a fetch `Response`, of this or another realm or library. */
export function isFetchResponse(value: unknown): value is Response {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Response) return true
  const candidate = value as Partial<Response>
  return typeof candidate.bodyUsed === 'boolean' && typeof candidate.headers?.getSetCookie === 'function'
}

/**
 * Answers with a fetch `Response`: each `Set-Cookie` stays a header of its own, hop-by-hop headers are left to the gateway, the body
 * is given chunk by chunk and cancelled when it is given up. Of one that `fetch` gave, the headers of the coding are left out as the body is
 * decoded already. The headers of an event stream are sent before there is an event. With `environ`, a body that ends with its first chunk is given in one piece, so that the gateway can tell its length, and
 * `Connection: close` closes the connection where the gateway can.
 *
 * Throws a TypeError for what is no Response, for `Response.error()` and others that no server can send, and for one whose body was read before.
 */
export function respondWithFetch(
  response: Response,
  startResponse: StartResponse,
  environ?: Environ,
): Body | Promise<Body> {
  check(response)
  const body = response.body === null ? undefined : new FetchBody(response.body)
  const headers = fieldsOf(response, environ)
  const sized = headers.some(([name]) => name === 'content-length')
  // What is not sent is not read, and what has a length needs no other.
  const unread = environ?.REQUEST_METHOD === 'HEAD' || isEmptyStatus(response.status)
  try {
    const write = startResponse(statusOf(response), headers)
    if (body !== undefined && !unread && isEventStream(response)) {
      // A browser's EventSource is open when it has the headers, long before there may be an event.
      void write('')
      return body
    }
  } catch (error) {
    body?.close()
    throw error
  }
  if (body === undefined) return ''
  return environ === undefined || sized || unread ? body : body.orWhole(environ['stapel.context'].signal)
}

function isEventStream({ headers }: Response): boolean {
  return essenceOf(headers.get('content-type') ?? '') === 'text/event-stream'
}

function check(response: Response): void {
  if (!isFetchResponse(response)) {
    throw new TypeError(`Got ${describe(response)} from the fetch handler; expected a Response.`)
  }
  if (response.status < 200) {
    throw new TypeError(
      `Got a Response of type ${response.type} and status ${response.status} from the fetch handler; expected one that can be sent.`,
    )
  }
  if (response.bodyUsed || response.body?.locked) {
    throw new TypeError(
      'Got a fetch Response whose body was read already; return a fresh one, or clone() it first.',
    )
  }
}

function statusOf({ status, statusText }: Response): Status {
  return statusText === '' || statusText === reasonPhrases.get(status)
    ? statusLine(status)
    : `${status} ${statusText}`
}

function fieldsOf(response: Response, environ: Environ | undefined): HeaderList {
  const headers: HeaderList = []
  // Of one that `fetch` gave, they tell of the way from another server to here.
  const fetched = response.url !== ''
  const decoded = fetched && response.headers.has('content-encoding')
  for (const [name, value] of response.headers) {
    if (hopByHopHeaders.has(name)) {
      if (!fetched && name === 'connection' && asksToClose.test(value)) closeConnection(environ)
      continue
    }
    if (decoded && (name === 'content-encoding' || name === 'content-length')) continue
    headers.push([name, value])
  }
  return headers
}

const asksToClose = /(?:^|[\s,])close(?:$|[\s,])/i

function closeConnection(environ: Environ | undefined): void {
  const context: ConnectionContext | undefined = environ?.['stapel.context']
  context?.closeConnection?.()
}
