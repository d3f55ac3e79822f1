import { describe } from './body.ts'
import { errorAnswer } from './error-answer.ts'
import { defaultDescription } from './error-descriptions.ts'
import { checkHeaders } from './head.ts'
import { statusLine } from './http/status.ts'
import { parseVary, varyOn } from './http/vary.ts'
import { checkOptionNames, type OptionNames } from './option-names.ts'
import { checkProblem, type ProblemDetails, type ProblemMembers, problemDetails } from './problem-details.ts'
import type { Body, Environ, HeaderList, StartResponse } from './protocol.ts'

/** What answers when it is told to: a Response of `@stapel/wrappers`, another error. */
export interface Responder {
  /** The status code of the answer. */
  readonly status: number
  /** Answers the request, as an application does. */
  respond(environ: Environ, startResponse: StartResponse): Body
}

/** What an {@link HTTPError} is made with besides its status and description. */
export interface HTTPErrorOptions {
  /** What caused it, for the log; never shown to the client. */
  cause?: unknown
  /** Headers of the answer; `Content-Type` and `Content-Length` are not among them, the form of the answer is chosen by `Accept`. */
  headers?: HeaderList | undefined
  /** What the log says; never shown to the client. @default the description */
  message?: string | undefined
  /** More about the kind of error, for clients that take JSON. */
  problem?: ProblemMembers | undefined
  /** Answers in place of the error's own text; headers of the error that it lacks are added. The status may then be any from 200. */
  response?: Responder | undefined
}

/**
 * An error that is an answer: throw it, and the gateway, or any layer that catches it, lets it {@link HTTPError.respond}.
 *
 * `description` is a sentence that the client may read. There is a subclass for every status of 400 and above that is in common use;
 * `new HTTPError(507)` makes any other. Throws a RangeError for a status outside 400 to 999, a TypeError for an unknown option and a problem that is
 * malformed, a `ProtocolError` for headers that may not be sent.
 *
 * @example
 * ```ts
 * import { Conflict, NotFound } from '@stapel/core'
 *
 * export function spend(balance: number | undefined, price: number): number {
 *   if (balance === undefined) throw new NotFound('There is no such account.')
 *   if (balance >= price) return balance - price
 *   throw new Conflict('The balance does not suffice.', {
 *     problem: { type: 'https://example.org/problems/balance', extensions: { balance } },
 *   })
 * }
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
  /** A sentence for the client. */
  readonly description: string
  /** Headers of the answer besides those of its content. */
  readonly headers: HeaderList
  /** What was given as `problem`; see {@link HTTPError.toJSON} for all of it. */
  readonly problem: ProblemMembers | undefined
  /** What answers in place of the error's own text. */
  readonly response: Responder | undefined

  constructor(
    status: number,
    description: string = defaultDescription(status),
    options: HTTPErrorOptions = {},
  ) {
    const { cause, headers = [], message = description, problem, response } = options
    const least = response === undefined ? 400 : 200
    if (!Number.isInteger(status) || status < least || status > 999) {
      throw new RangeError(
        `Got the status ${String(status)} for an HTTPError; expected an integer from ${least} to 999.`,
      )
    }
    super(`${statusLine(status).trimEnd()}: ${message}`, cause === undefined ? undefined : { cause })
    if (typeof description !== 'string') throw notADescription(description)
    checkOptionNames(options, optionNames, 'an HTTPError')
    if (headers.length > 0) checkErrorHeaders(headers)
    if (response !== undefined) checkResponse(response)
    this.status = status
    this.code = `ERR_HTTP_${status}`
    this.description = description
    this.headers = headers
    this.problem = problem === undefined ? undefined : checkProblem(problem)
    this.response = response
  }

  /**
   * Answers the request with this error: HTML, problem details (RFC 9457) or plain text, by `Accept`; text where the client names none of
   * them. Other layers and caches are told so by `Vary`.
   */
  respond(environ: Environ, startResponse: StartResponse): Body {
    // The error is handed on so that it replaces an answer that was started but not committed (clause 3.2).
    if (this.response !== undefined) {
      return this.response.respond(environ, (status, headers, error = this) =>
        startResponse(status, withMissing(headers, this.headers), error),
      )
    }
    const { headers, body } = errorAnswer(this.headers, this.toJSON(), environ.HTTP_ACCEPT)
    startResponse(statusLine(this.status), headers, this)
    return body
  }

  /** What the client is told, as problem details (RFC 9457): neither message, cause nor stack. */
  toJSON(): ProblemDetails {
    return problemDetails(this.status, this.description, this.problem)
  }
}

/** Whether a caught value is an {@link HTTPError}, also one of another copy of this package. Never throws. */
export function isHTTPError(error: unknown): error is HTTPError {
  try {
    if (!(error instanceof Error)) return false
    const candidate = error as Partial<HTTPError>
    return typeof candidate.respond === 'function' && typeof candidate.status === 'number'
  } catch {
    // A proxy, or a getter that throws.
    return false
  }
}

/** The headers, and those of `own` that they lack; cookies are added to those that there are, and `Vary` names what both do. */
export function withMissing(headers: HeaderList, own: HeaderList): HeaderList {
  if (own.length === 0) return headers
  const present = new Set(headers.map(([name]) => name.toLowerCase()))
  present.delete('set-cookie')
  let all = [...headers]
  for (const [name, value] of own) {
    const lower = name.toLowerCase()
    if (lower === 'vary') all = varyOn(all, ...parseVary(value))
    else if (!present.has(lower)) all.push([name, value])
  }
  return all
}

const optionNames: OptionNames<HTTPErrorOptions> = {
  cause: true,
  headers: true,
  message: true,
  problem: true,
  response: true,
}

function notADescription(value: unknown): TypeError {
  return new TypeError(
    `Got ${describe(value)} for the description of an HTTPError; expected a sentence, and options after it.`,
  )
}

function checkErrorHeaders(headers: HeaderList): void {
  checkHeaders(headers)
  for (const [name] of headers) {
    if (/^content-(?:type|length)$/i.test(name)) {
      throw new TypeError(
        `Got the header ${name} for an HTTPError, which has it by the form of its answer; give a response to answer with content of your own.`,
      )
    }
  }
}

function checkResponse(response: Responder): void {
  if (typeof response?.respond !== 'function') {
    throw new TypeError(
      `Got ${describe(response)} for the response of an HTTPError; expected one with respond(environ, startResponse).`,
    )
  }
}
