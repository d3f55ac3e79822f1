import {
  type Body,
  type Environ,
  errorForm,
  formatError,
  type HeaderList,
  HTTPError,
  isPromise,
  reportTo,
  type StartResponse,
  traceOf,
  withMissing,
} from '@stapel/core'
import { reasonPhrases, statusLine, varyOn } from '@stapel/core/http'
import { show } from './check-options.ts'
import {
  contentSecurityPolicy,
  type ErrorPage,
  htmlPage,
  problemPage,
  templateSecurityPolicy,
  textPage,
} from './error-page.ts'
import type { ErrorPagesOptions } from './error-pages.ts'
import { currentRetryAfter, type RetryAfter } from './retry-after.ts'

/** The options that say what pages look like. */
export type PageOptions = Omit<ErrorPagesOptions, 'statuses' | 'errors' | 'except'>

/** What failed, and the status that its page shall have. */
export interface Failure {
  readonly status: number
  readonly failed: number
  readonly headers: HeaderList
  readonly error: HTTPError | undefined
}

/** Answers a request by a page. */
export type AnswerPage = (
  failure: Failure,
  environ: Environ,
  startResponse: StartResponse,
) => Body | Promise<Body>

/** Makes what answers by pages, once. */
export function createPages(options: PageOptions): AnswerPage {
  const { contact, messages = {}, template, headers: given = [], retryAfter = 30, details } = options

  function pageOf({ status, failed, error }: Failure, environ: Environ): ErrorPage {
    const shown = details ?? traceOf(environ) !== undefined
    const said = error !== undefined && status === failed ? error.description : undefined
    return {
      status,
      title: (status === failed ? error?.problem?.title : undefined) ?? reasonPhrases.get(status) ?? '',
      message: (Object.hasOwn(messages, status) ? messages[status] : undefined) ?? said ?? sentence(status),
      contact,
      requestId: requestIdOf(environ),
      details: shown && error !== undefined ? formatError(error.cause ?? error) : undefined,
    }
  }

  return (failure, environ, startResponse) => {
    const { status, failed } = failure
    const form = errorForm(environ.HTTP_ACCEPT)
    const kept = failure.headers.filter(status === failed ? outlivesContent : outlivesStatus)
    const finish = (contentType: string, policy: string | undefined, body: string): Body => {
      const own: HeaderList = [
        ['Content-Type', contentType],
        ['X-Content-Type-Options', 'nosniff'],
      ]
      if (policy !== undefined) own.push(['Content-Security-Policy', policy])
      const retry = retryFor(failure, kept, environ, retryAfter)
      if (retry !== undefined) own.push(['Retry-After', retry])
      const headers = withMissing(withMissing(varyOn(own, 'Accept'), kept), [['Cache-Control', 'no-store']])
      startResponse(statusLine(status), given.length === 0 ? headers : withMissing(given, headers))
      return body
    }
    const page = pageOf(failure, environ)
    if (form === 'problem') {
      const members = status === failed ? failure.error?.problem : undefined
      return finish('application/problem+json', undefined, problemPage(page, members))
    }
    if (form === 'text') return finish('text/plain; charset=utf-8', undefined, textPage(page))
    const builtIn = (): Body => finish('text/html; charset=utf-8', contentSecurityPolicy, htmlPage(page))
    if (template === undefined) return builtIn()

    const broken = (error: unknown): Body => {
      reportTo(environ)(error)
      return builtIn()
    }
    const own = (html: string): Body =>
      typeof html === 'string'
        ? finish('text/html; charset=utf-8', templateSecurityPolicy, html)
        : broken(new TypeError(`errorPages: template gave ${show(html)}; expected HTML, a string.`))
    let html: string | Promise<string>
    try {
      html = template(page, environ)
    } catch (error) {
      return broken(error)
    }
    return isPromise(html) ? html.then(own, broken) : own(html)
  }
}

function retryFor(
  { status }: Failure,
  kept: HeaderList,
  environ: Environ,
  retryAfter: RetryAfter,
): string | undefined {
  if (typeof retryAfter === 'function') {
    return currentRetryAfter('errorPages', () => retryAfter(status, environ), reportTo(environ))
  }
  if (status !== 503 || kept.some(([name]) => name.toLowerCase() === 'retry-after')) return undefined
  return currentRetryAfter('errorPages', () => retryAfter, reportTo(environ))
}

/** Other layers decide what an identifier looks like; what is no short visible text is not one that a visitor can read out. */
function requestIdOf(environ: Environ): string | undefined {
  const id = environ['stapel.request_id'] as unknown
  return typeof id === 'string' && /^[\x21-\x7e]{1,200}$/.test(id) ? id : undefined
}

function sentence(status: number): string {
  return status === 503 ? unavailableMessage : new HTTPError(status).description
}

const unavailableMessage =
  'The server cannot answer this request at the moment. Please try again in a little while.'

/** Whether a header says something of the answer and not of the content that a page replaces. */
function outlivesContent([name]: readonly [string, string]): boolean {
  return !aboutContent.test(name)
}

/** Whether a header says something of the address or the connection, whatever the answer is. */
function outlivesStatus([name]: readonly [string, string]): boolean {
  return aboutPolicy.test(name)
}

const aboutContent =
  /^(?:content-.*|x-content-type-options|etag|last-modified|accept-ranges|(?:repr-)?digest)$/i
// Without those of CORS a page of another origin could not even read the status (Fetch standard, section 3.3).
const aboutPolicy =
  /^(?:access-control-.*|cross-origin-.*|timing-allow-origin|origin-agent-cluster|strict-transport-security|referrer-policy|permissions-policy|x-frame-options|x-request-id|reporting-endpoints|report-to|nel|vary)$/i
