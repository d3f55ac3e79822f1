/**
 * The format of server-sent events (HTML standard, section 9.2).
 *
 * The threat: a line break in what a user wrote ends its line, and what follows is a field or an event of its own. Data is split at every
 * line break that browsers know (CR, LF, CRLF), so that it arrives as it was but for those being LF; a name or an id with one is refused.
 * What is not stopped: scripts in data that a page puts into itself as HTML.
 *
 * @module
 */

import { checkOptionNames } from './option-names.ts'

/** An event of a stream. One without `data` is not dispatched by browsers, but its id and retry count. */
export interface ServerSentEvent {
  /** The text of the event; several lines are kept, whatever breaks them arrives as LF. */
  data?: string | undefined
  /** The type that a page listens for. @default 'message' */
  event?: string | undefined
  /** What the client sends as `Last-Event-ID` when it connects again; `''` forgets the last one. */
  id?: string | undefined
  /** For how many milliseconds the client waits before it connects again. */
  retry?: number | undefined
  /** What only shows in the network log. */
  comment?: string | undefined
}

/** An event as it is sent; a string is the data of one. Throws a TypeError for an unknown field, and for what a field cannot hold. */
export function formatEvent(event: ServerSentEvent | string): string {
  if (typeof event === 'string') return `${lines('data', event)}\n`
  if (typeof event !== 'object' || event === null) {
    throw new TypeError(
      `Got ${String(event)} for an event; expected a string, or an object such as { data: 'text' }.`,
    )
  }
  checkOptionNames(event, fieldNames, 'an event')
  const { data, event: type, id, retry, comment } = event
  let text = ''
  if (comment !== undefined) text += lines('', comment)
  if (id !== undefined) text += line('id', id)
  if (type !== undefined) text += line('event', type)
  if (retry !== undefined) text += `retry: ${checkRetry(retry)}\n`
  if (data !== undefined) text += lines('data', data)
  return `${text}\n`
}

const fieldNames: ReadonlySet<string> = new Set<keyof ServerSentEvent>([
  'data',
  'event',
  'id',
  'retry',
  'comment',
])

/** Checks a time to wait; throws a RangeError for what is no integer of at least 0. */
export function checkRetry(retry: number): number {
  if (Number.isSafeInteger(retry) && retry >= 0) return retry
  throw new RangeError(`Got ${String(retry)} for retry; expected an integer of milliseconds of at least 0.`)
}

function lines(name: string, text: string): string {
  if (typeof text !== 'string') {
    throw new TypeError(
      `Got ${describe(text)} for the ${name || 'comment'} of an event; expected a string. Use JSON.stringify for anything else.`,
    )
  }
  // The space is the one that a parser takes away, so that one at the start of a line is kept.
  return text
    .split(/\r\n|\n|\r/)
    .map((part) => `${name}: ${part}\n`)
    .join('')
}

function line(name: string, value: string): string {
  // An id with a NUL is ignored by the parser.
  if (typeof value === 'string' && !/[\r\n\0]/.test(value)) return `${name}: ${value}\n`
  throw new TypeError(
    `Got ${describe(value)} for the ${name} of an event; expected a string without line breaks and NUL.`,
  )
}

function describe(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
