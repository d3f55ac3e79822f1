/**
 * How an error is shown: HTML, problem details or text, as the client likes it.
 *
 * The threat: a description that quotes a request runs as a script in the page, or the text is taken for a page by a browser that
 * guesses. Everything is escaped, no page may load or run anything, and no type is guessed. What a description tells is not checked.
 *
 * @module
 */
import { bestMatch, parseAccept } from './http/accept.ts'
import { escapeHtml } from './http/html.ts'
import { isJsonType } from './http/media-type.ts'
import { statusLine } from './http/status.ts'
import { varyOn } from './http/vary.ts'
import { type ProblemDetails, problemType } from './problem-details.ts'
import type { HeaderList } from './protocol.ts'

/** The headers, a new list, and the body of an error for a client that sent this `Accept`; `own` are the headers of the error itself. */
export function errorAnswer(
  own: HeaderList,
  problem: ProblemDetails,
  accept: string | undefined,
): { headers: HeaderList; body: string } {
  const form = chooseForm(accept)
  const headers = own.map(([name, value]): [string, string] => [name, value])
  headers.push(['Content-Type', form.contentType], ['X-Content-Type-Options', 'nosniff'])
  if (form === html) headers.push(['Content-Security-Policy', "default-src 'none'"])
  return { headers: varyOn(headers, 'Accept'), body: form.write(problem) }
}

/** The forms of an error: a page, problem details (RFC 9457), text. */
export type ErrorForm = 'html' | 'problem' | 'text'

/** The form in which a client that sent this `Accept` gets an error; text where it names none of them. */
export function errorForm(accept: string | undefined): ErrorForm {
  return chooseForm(accept).name
}

interface Form {
  readonly name: ErrorForm
  readonly contentType: string
  readonly write: (problem: ProblemDetails) => string
}

const text: Form = { name: 'text', contentType: 'text/plain; charset=utf-8', write: textOf }
const html: Form = { name: 'html', contentType: 'text/html; charset=utf-8', write: pageOf }
const json: Form = { name: 'problem', contentType: problemType, write: (problem) => JSON.stringify(problem) }

const forms: ReadonlyMap<string, Form> = new Map([
  ['text/plain', text],
  ['text/html', html],
  [problemType, json],
  ['application/json', json],
])
const textFirst = [...forms.keys()]
const jsonFirst = [problemType, 'application/json', 'text/plain', 'text/html']

/**
 * Among forms that are wanted alike, a program that names JSON gets JSON, and text goes before a page. It is also what a client gets that
 * accepts none of them (RFC 9110 section 12.4.1), so that `application/vnd.api+json` alone gives JSON.
 */
function chooseForm(accept: string | undefined): Form {
  if (accept === undefined || accept === '*/*') return text
  const ranges = parseAccept(accept)
  const wantsJson = ranges.some(({ value, quality }) => quality > 0 && isJsonType(value))
  const offers = wantsJson ? jsonFirst : textFirst
  return forms.get(bestMatch(ranges, offers) ?? (offers[0] as string)) as Form
}

function textOf({ status, title, detail }: ProblemDetails): string {
  return `${headline(status, title)}\n${detail}\n`
}

function pageOf({ status, title, detail }: ProblemDetails): string {
  return (
    `<!doctype html>\n<html lang="en">\n<title>${escapeHtml(headline(status, title))}</title>\n` +
    `<h1>${escapeHtml(title ?? String(status))}</h1>\n` +
    `<p>${escapeHtml(detail).replace(/\r\n?|\n/g, '<br>\n')}</p>\n</html>\n`
  )
}

function headline(status: number, title: string | undefined): string {
  return title === undefined ? statusLine(status).trimEnd() : `${status} ${title}`
}
