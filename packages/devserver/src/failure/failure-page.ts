/**
 * The answer that shows a failure.
 *
 * The threat: messages, paths and source lines may hold markup, put there by whoever made the request that failed. All of it is escaped, and the
 * policy of the page allows no script, no image and no request to anywhere. It shows source code on purpose: it is made by the development
 * server alone. Values whose names say that they are secret are hidden before they get here.
 *
 * @module
 */
import { escapeHtml } from '@stapel/core/http'
import { type EditorLink, editorLink } from './editor.ts'
import type { FailedLayer, FailedRequest } from './failed-request.ts'
import type { BehindError, DescribedError, Failure, Frame } from './failure.ts'
import { formatFailure, formatLocation } from './failure-text.ts'
import { foldFrames, formatFold } from './fold-frames.ts'
import { formFor } from './form.ts'
import { commonFrames } from './frames.ts'
import { type Page, renderDetails, renderPage, renderTable, renderText } from './page.ts'
import { renderExcerpt } from './page-excerpt.ts'

/** Body and headers of the answer that shows a failure. */
export interface FailureAnswer {
  readonly headers: [name: string, value: string][]
  readonly body: string
}

/** A failure as a page where the client prefers one, as problem details (RFC 9457) where it takes JSON, otherwise as plain text. */
export function answerFailure(
  failure: Failure,
  accept: string | undefined,
  status: number = 500,
  cwd: string = process.cwd(),
): FailureAnswer {
  const form = formFor(accept)
  const page = form === 'html' ? failurePage(failure, cwd) : undefined
  const body =
    page?.html ?? (form === 'json' ? failureJson(failure, status) : formatFailure(failure, undefined, cwd))
  return {
    body,
    headers: [
      ['Content-Type', contentTypes[form]],
      ['Content-Length', String(Buffer.byteLength(body))],
      ['Cache-Control', 'no-store'],
      ['Vary', 'Accept'],
      ['X-Content-Type-Options', 'nosniff'],
      ...(page === undefined ? [] : [['Content-Security-Policy', page.policy] as [string, string]]),
    ],
  }
}

/** The whole page. */
export function failurePage(
  failure: Failure,
  cwd: string = process.cwd(),
  link: EditorLink = editorLink(),
): Page {
  const [title = '', ...details] = failure.title.split('\n')
  const show: Show = { cwd, link }
  const content = [
    details.join('').trim() === '' ? '' : renderText(details.join('\n')),
    advice(failure.advice),
    place(failure, show),
    stack(failure, show),
    ...failure.behind.map((error, index) => behind(error, failure.behind[index - 1] ?? failure, show)),
    failure.request === undefined ? restart(failure) : request(failure.request),
  ]
  return renderPage(title, content.join(''), failure.happened)
}

interface Show {
  readonly cwd: string
  readonly link: EditorLink
}

const contentTypes = {
  html: 'text/html; charset=utf-8',
  json: 'application/problem+json',
  text: 'text/plain; charset=utf-8',
}

/** What starts an application again that is not running. */
function restart({ next = 'Saving one of its files starts the application again.' }: Failure): string {
  return `<p>${escapeHtml(next)} Then reload this page.</p>\n`
}

function failureJson(failure: Failure, status: number): string {
  const { title, kind: _kind, ...members } = failure
  return JSON.stringify({
    type: 'about:blank',
    title: status === 500 ? 'Internal Server Error' : 'Bad Gateway',
    status,
    detail: title,
    failure: members,
  })
}

function advice(lines: readonly string[]): string {
  if (lines.length === 0) return ''
  return `<div class="advice">${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('')}</div>\n`
}

// Node has no name for a function without one, nor for the top level of a module.
const ANONYMOUS = '(anonymous)'

function isSamePlace(a: Frame['location'], b: Frame['location']): boolean {
  return a?.file === b?.file && a?.line === b?.line
}

/** Where it happened, and the lines around. */
function place(error: DescribedError, show: Show): string {
  if (error.location === undefined) return ''
  return placeLine(error.location, show) + renderExcerpt(error.excerpt)
}

function placeLine(location: NonNullable<Frame['location']>, { cwd, link }: Show): string {
  const text = escapeHtml(formatLocation(location, cwd))
  const address = link(location)
  const shown = address === undefined ? text : `<a href="${escapeHtml(address)}">${text}</a>`
  return `<p class="place">${shown}</p>\n`
}

function stack(error: DescribedError, show: Show): string {
  const groups = foldFrames(error.frames)
  if (groups.length === 0) return propertyTable(error)
  const frames = groups.map((group) =>
    group.folded
      ? renderDetails(
          `<span class="quiet">${escapeHtml(formatFold(group.frames))}</span>`,
          renderText(group.frames.map((frame) => formatCall(frame, show.cwd)).join('\n')),
        )
      : group.frames.map((frame) => frameDetails(frame, error.location, show)).join(''),
  )
  const hidden = error.hiddenFrames === 0 ? '' : `<p>${error.hiddenFrames} more calls outside of these.</p>\n`
  return `<h2>Stack</h2>\n${frames.join('')}${hidden}${propertyTable(error)}`
}

function frameDetails(frame: Frame, above: Frame['location'], show: Show): string {
  const location = frame.location as NonNullable<Frame['location']>
  const summary = `<span class="call">${escapeHtml(frame.call || ANONYMOUS)}</span> <span class="quiet">${escapeHtml(formatLocation(location, show.cwd))}</span>`
  // Its lines stand above already.
  if (isSamePlace(location, above)) return `<p class="frame">${summary}</p>\n`
  return renderDetails(summary, placeLine(location, show) + renderExcerpt(frame.excerpt))
}

function formatCall({ call, location }: Frame, cwd: string): string {
  if (location === undefined) return call
  return `${call || ANONYMOUS}  ${formatLocation(location, cwd)}`
}

function behind(error: BehindError, outer: DescribedError, show: Show): string {
  const [title = '', ...details] = error.title.split('\n')
  const relation = error.relation === 'cause' ? 'Caused by' : 'One of its errors'
  const rest = details.join('').trim() === '' ? '' : renderText(details.join('\n'))
  return `<h2>${relation}</h2>
<div class="behind">
<h3>${escapeHtml(title)}</h3>
${rest}${place(error, show)}${calls(error, outer, show)}${propertyTable(error)}</div>
`
}

/** The calls of an error behind, without those it has in common with the one in front. */
function calls({ frames }: DescribedError, outer: DescribedError, { cwd }: Show): string {
  if (frames.length === 0) return ''
  const common = commonFrames(frames, outer.frames)
  const lines = frames.slice(0, frames.length - common).map((frame) => formatCall(frame, cwd))
  if (common > 0) lines.push(`… ${common === 1 ? '1 call' : `${common} calls`} as above`)
  return renderDetails('<span class="quiet">Its stack</span>', renderText(lines.join('\n')))
}

function propertyTable({ code, properties }: DescribedError): string {
  return renderTable(code === undefined ? properties : [['code', code], ...properties])
}

function request({ method, target, headers, environ, layers, rules, params }: FailedRequest): string {
  return `<h2>Request</h2>
<p class="place">${escapeHtml(`${method} ${target}`)}</p>
${renderTable(headers)}${layers.length === 0 ? '' : `<h2>Layers</h2>\n<p>Each time is with what lies inside of the layer.</p>\n${layersTable(layers)}`}${
  rules.length === 0 ? '' : `<h2>Matched</h2>\n${renderText(rules.join('\n'))}${renderTable(params)}`
}<h2>Environ</h2>
${renderDetails(`${environ.length} more keys`, renderTable(environ))}`
}

function layersTable(layers: readonly FailedLayer[]): string {
  const rows = layers.map(({ name, ms, threw }) => {
    const time = ms === undefined ? 'no answer yet' : `${ms.toFixed(1)} ms`
    return `<tr${threw ? ' class="threw"' : ''}><th scope="row">${escapeHtml(name)}</th><td>${time}${threw ? ', threw' : ''}</td></tr>`
  })
  return `<table>\n${rows.join('\n')}\n</table>\n`
}
