import { inspect } from 'node:util'
import type { Body, HeaderList, Status } from '@stapel/core'
import { type Request, Response, type ResponseInit } from '@stapel/wrappers'
import type { ClientAnswer } from './client-answer.ts'
import { parseSetCookie, type ReceivedCookie } from './received-cookie.ts'
import { urlOf } from './request-url.ts'

/** The head of an answer, and how it came. */
export interface AnswerHead {
  readonly status: Status
  readonly headers: HeaderList
  readonly request: Request
  readonly history: readonly ClientAnswer[]
}

/** A `Response` whose body every kind of answer reads in a way of its own. */
const UnreadResponse: new (body: Body | null, init: ResponseInit) => Omit<Response, 'bytes' | 'text'> =
  Response

/**
 * What a client got: a `Response` of `@stapel/wrappers` with every getter of it, and what only a client knows. To the runtime it is
 * an instance of it.
 */
export abstract class Answer extends UnreadResponse {
  static {
    Object.defineProperty(Answer.prototype, inspect.custom, {
      value(this: Answer) {
        return this.toString()
      },
    })
  }
  /** The request that this is the answer to, the last one where redirects were followed. The application may have read its body. */
  readonly request: Request
  /** The answers that redirected here, the first one first. */
  readonly history: readonly ClientAnswer[]

  constructor({ status, headers, request, history }: AnswerHead) {
    super(null, { status, headers })
    this.request = request
    this.history = history
  }

  /** What follows the status code; may be empty. */
  get reason(): string {
    return this.statusText
  }

  /** Where a redirect (301, 302, 303, 307, 308) leads; `undefined` for other answers, and for a location that is no URL. */
  get redirectTarget(): URL | undefined {
    if (!redirects.has(this.status)) return undefined
    const location = this.headers.get('location')
    const base = urlOf(this.request.environ)
    return location !== null && URL.canParse(location, base) ? new URL(location, base) : undefined
  }

  /** The cookies that this answer sets, by name, the last of several; what is no cookie is left out. */
  get cookies(): ReadonlyMap<string, ReceivedCookie> {
    const cookies = new Map<string, ReceivedCookie>()
    for (const header of this.headers.getSetCookie()) {
      const cookie = parseSetCookie(header)
      if (cookie !== undefined) cookies.set(cookie.name, cookie)
    }
    return cookies
  }

  /** As people read it, and `console.log` shows it: what was asked and answered, the headers. */
  override toString(): string {
    const { method, environ } = this.request
    const fields = this.headers.toList().map(([name, value]) => `${name}: ${value}`)
    return [`${this.status} ${this.reason}, of ${method} ${urlOf(environ).href}`, ...fields].join('\n')
  }
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
