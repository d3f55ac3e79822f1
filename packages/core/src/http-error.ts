import { prefersHtml } from './http/accept.ts'
import { escapeHtml } from './http/html.ts'
import { reasonPhrases, statusLine } from './http/status.ts'
import type { Body, Environ, HeaderList, StartResponse } from './protocol.ts'

export interface HTTPErrorOptions {
  /** What caused it, for the log; never shown to the client. */
  cause?: unknown
  /** Headers of the answer besides `Content-Type` and `Content-Length`. */
  headers?: HeaderList
}

/**
 * An error that is an answer: throw it, and the gateway, or any layer that catches it, lets it {@link HTTPError.respond}.
 *
 * `description` is one sentence that the client may read. There is a subclass for every status of 400 and above that is in common use;
 * `new HTTPError(507)` makes any other. Throws a RangeError for a status outside 400 to 999.
 *
 * @example
 * ```ts
 * import { NotFound } from '@stapel/core'
 *
 * throw new NotFound('There is no entry 42.')
 * ```
 */
export class HTTPError extends Error {
  static {
    HTTPError.prototype.name = 'HTTPError'
  }
  /** The status code of the answer. */
  readonly status: number
  /** `'ERR_HTTP_404'`. */
  readonly code: string
  /** One sentence for the client. */
  readonly description: string
  /** Headers of the answer besides `Content-Type` and `Content-Length`. */
  readonly headers: HeaderList

  constructor(
    status: number,
    description: string = defaultDescription(status),
    options: HTTPErrorOptions = {},
  ) {
    if (!Number.isInteger(status) || status < 400 || status > 999) {
      throw new RangeError(
        `Got the status ${String(status)} for an HTTPError; expected an integer from 400 to 999.`,
      )
    }
    super(
      `${statusLine(status).trimEnd()}: ${description}`,
      'cause' in options ? { cause: options.cause } : undefined,
    )
    this.status = status
    this.code = `ERR_HTTP_${status}`
    this.description = description
    this.headers = options.headers ?? []
  }

  /** Answers the request with this error: HTML where the client prefers it, otherwise plain text. */
  respond(environ: Environ, startResponse: StartResponse): Body {
    const html = prefersHtml(environ.HTTP_ACCEPT)
    const title = statusLine(this.status)
    const body = html ? page(title, this.description) : `${title.trimEnd()}\n${this.description}\n`
    const headers: HeaderList = [
      ...this.headers.map(([name, value]): [string, string] => [name, value]),
      ['Content-Type', html ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8'],
    ]
    if (html)
      headers.push(['Content-Security-Policy', "default-src 'none'"], ['X-Content-Type-Options', 'nosniff'])
    // The error is handed on so that it replaces an answer that was started but not committed (clause 3.2).
    startResponse(title, headers, this)
    return body
  }
}

/** Whether a caught value is an {@link HTTPError}, also one of another copy of this package. */
export function isHTTPError(error: unknown): error is HTTPError {
  if (!(error instanceof Error)) return false
  const candidate = error as Partial<HTTPError>
  return typeof candidate.respond === 'function' && typeof candidate.status === 'number'
}

function page(title: string, description: string): string {
  return (
    `<!doctype html>\n<html lang="en">\n<title>${escapeHtml(title)}</title>\n` +
    `<h1>${escapeHtml(title.slice(4))}</h1>\n<p>${escapeHtml(description)}</p>\n</html>\n`
  )
}

function defaultDescription(status: number): string {
  return descriptions.get(status) ?? `${reasonPhrases.get(status) ?? 'The request failed'}.`
}

const descriptions = new Map<number, string>([
  [400, 'The server could not understand the request.'],
  [401, 'The request needs valid credentials.'],
  [403, 'Access to this resource is not allowed.'],
  [404, 'There is nothing at this address.'],
  [405, 'This resource does not support the method of the request.'],
  [406, 'The resource cannot be given in a form that the request accepts.'],
  [408, 'The request took too long to arrive.'],
  [409, 'The request conflicts with the current state of the resource.'],
  [410, 'The resource was here and is gone for good.'],
  [411, 'The request needs a Content-Length.'],
  [412, 'A precondition of the request does not hold.'],
  [413, 'The content of the request is larger than the server accepts.'],
  [414, 'The address of the request is longer than the server accepts.'],
  [415, 'The content of the request has a type or coding that the server does not support.'],
  [416, 'The requested range lies outside of the resource.'],
  [417, 'The server cannot do what the Expect header asks for.'],
  [418, 'This server is a teapot, not a coffee machine.'],
  [421, 'This server does not answer for the host of the request.'],
  [422, 'The request was understood, but its content cannot be processed.'],
  [423, 'The resource is locked.'],
  [424, 'The request depends on another one, which failed.'],
  [428, 'The request must be conditional.'],
  [429, 'Too many requests were sent in a short time.'],
  [431, 'The header fields of the request are larger than the server accepts.'],
  [451, 'The resource is not available for legal reasons.'],
  [500, 'The server could not answer the request because of an internal error.'],
  [501, 'The server does not support what the request asks for.'],
  [502, 'The server got no valid answer from another one.'],
  [503, 'The server cannot answer the request for now; try again later.'],
  [504, 'The server got no answer from another one in time.'],
  [505, 'The server does not support the HTTP version of the request.'],
])
