/**
 * Has pages reload by themselves, in development.
 *
 * The threat: bytes in answers that do not expect them. Only answers to a browser that navigates are touched, only where they are HTML that is shown, and
 * only whole pages: no fragments that a script asked for, no downloads, nothing that is encoded already. The policies of such a page are
 * widened by the hash of one script and the page's own origin. What is not stopped: a policy in a `<meta>` element forbids the script.
 *
 * @module
 */
import {
  type Answer,
  type Application,
  type Body,
  capture,
  copyWithout,
  type Environ,
  type HeaderList,
  isPromise,
  reportTo,
  sendAnswer,
} from '@stapel/core'
import { parseContentDisposition, parseMediaType } from '@stapel/core/http'
import { pageHeaders } from './allow-script.ts'
import { insertIntoBody } from './insert-script.ts'
import { scriptElement } from './live-script.ts'

/** An application whose pages hold the script; `version` is that of its code. */
export function liveReload(app: Application, version: string): Application {
  const element = scriptElement(version)
  const edit = (answer: Answer, environ: Environ): Answer => {
    if (!isPage(answer)) return answer
    const headers = pageHeaders(answer.headers)
    // Nothing of a body is sent (clause 4.4).
    if (environ.REQUEST_METHOD === 'HEAD') return { ...answer, headers }
    return { ...answer, headers, body: insertIntoBody(answer.body, element, reportTo(environ)) }
  }
  return function liveReload(environ, startResponse) {
    if (!navigates(environ)) return app(environ, startResponse)
    const plain = withoutConditions(environ)
    const send = (answer: Answer): Body => sendAnswer(edit(answer, plain), plain, startResponse)
    const answer = capture(app, plain)
    return isPromise(answer) ? answer.then(send) : send(answer)
  }
}

/** Whether a browser asks for a page that it shows; htmx and Turbo ask for fragments in the same words. */
function navigates(environ: Environ): boolean {
  const { HTTP_SEC_FETCH_DEST: destination, HTTP_ACCEPT: accept = '' } = environ
  if (environ.HTTP_HX_REQUEST !== undefined || environ.HTTP_TURBO_FRAME !== undefined) return false
  if (environ.HTTP_X_REQUESTED_WITH !== undefined) return false
  if (destination !== undefined) return destinations.has(destination)
  return accept.includes('text/html')
}

const destinations = new Set<string | undefined>(['document', 'iframe', 'frame'])

/** Encoded, the page could not be read; what a browser has from before may be without the script. */
const withoutConditions = copyWithout([
  'HTTP_ACCEPT_ENCODING',
  'HTTP_IF_NONE_MATCH',
  'HTTP_IF_MODIFIED_SINCE',
  'HTTP_RANGE',
])

function isPage({ status, headers }: Answer): boolean {
  if (/^(?:1|204|205|206|304)/.test(status)) return false
  const type = parseMediaType(fieldOf(headers, 'content-type') ?? '')
  if (type?.essence !== 'text/html') return false
  const disposition = fieldOf(headers, 'content-disposition')
  return (
    fieldOf(headers, 'content-encoding') === undefined &&
    (disposition === undefined || parseContentDisposition(disposition)?.type === 'inline')
  )
}

function fieldOf(headers: HeaderList, name: string): string | undefined {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1]
}
