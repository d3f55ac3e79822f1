/**
 * Requests and answers as `curl -v` shows them, for `--trace`.
 *
 * The threat: control characters that a client or the application sends, and secrets on a screen that others see. The first are shown as
 * escapes; the values of cookies, credentials and the like are hidden unless they are asked for.
 *
 * @module
 */
import { HIDDEN, maskQuery, secretName } from '../failure/secrets.ts'
import { escapeControls, type Palette } from './terminal.ts'

/** The start of a message: its first line and its header fields, as they went over the connection. */
export interface MessageHead {
  /** Method and target, or the version, status and reason. */
  readonly line: string
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** What went over the connection; `answer` is absent where none did. */
export interface ExchangeHeads {
  readonly request: MessageHead
  readonly answer: MessageHead | undefined
}

/** So many header fields of a message are shown. */
export const TRACE_HEADER_LIMIT = 100
/** So many characters of a line are shown. */
export const TRACE_LINE_LIMIT = 2000

/** The lines of an exchange: `> GET / HTTP/1.1`, `< HTTP/1.1 200 OK`. */
export function formatTrace({ request, answer }: ExchangeHeads, palette: Palette, secrets: boolean): string {
  const sent = formatHead('>', request, secrets).map(palette.dim)
  const received = answer === undefined ? [] : formatHead('<', answer, secrets)
  return [...sent, ...received].join('\n')
}

function formatHead(mark: string, { line, headers }: MessageHead, secrets: boolean): string[] {
  const first = secrets || mark === '<' ? line : line.split(' ').map(maskQuery).join(' ')
  const shown = headers
    .slice(0, TRACE_HEADER_LIMIT)
    .map(([name, value]) => `${name}: ${hide(name, value, secrets)}`)
  const left = headers.length - shown.length
  return [first, ...shown, ...(left > 0 ? [`(${left} more)`] : []), ''].map((text) => {
    const cut = text.length > TRACE_LINE_LIMIT ? `${text.slice(0, TRACE_LINE_LIMIT)}…` : text
    return `${mark} ${escapeControls(cut)}`.trimEnd()
  })
}

function hide(name: string, value: string, secrets: boolean): string {
  if (secrets) return value
  if (secretName.test(name)) return HIDDEN
  return /^(?:referer|location)$/i.test(name) ? maskQuery(value) : value
}
