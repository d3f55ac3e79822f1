import { type Application, type Body, type Environ, isPromise, reportTo } from '@stapel/core'
import { EventStreamBody, type EventStreamSource } from './event-stream-body.ts'
import { Headers, type HeadersInit } from './headers.ts'
import { checkOptionNames } from './option-names.ts'
import { Response } from './response.ts'
import { checkRetry } from './server-sent-event.ts'

/** The milliseconds without an event after which a heartbeat is sent, unless told otherwise: 15 s. */
export const HEARTBEAT_MS = 15_000

/** How events are sent. */
export interface EventStreamOptions {
  /**
   * After so many milliseconds without an event a comment is sent, which shows proxies and both ends that the connection lives;
   * `Infinity` for never.
   * @default 15000
   */
  heartbeat?: number | undefined
  /** For how many milliseconds a client waits before it connects again. @default what the client thinks best, often 3000 */
  retry?: number | undefined
  /** Headers of the answer, besides or instead of `Content-Type`, `Cache-Control: no-cache` and `X-Accel-Buffering: no`. @default none */
  headers?: HeadersInit | undefined
}

/** What a source of events knows of the client that it is for. */
export interface EventStreamClient {
  /** The id of the last event that the client got before it connected again; `undefined` for a new one. It is the client's word. */
  readonly lastEventId: string | undefined
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal
  /** What the request said (clause 2 of the protocol). */
  readonly environ: Environ
}

/**
 * An application that sends server-sent events, as `EventSource` in a browser reads them (HTML standard, section 9.2): each when it comes,
 * with a heartbeat where none comes, for as long as the client is there.
 *
 * `source` gives the events for one client: a generator, or any iterable. The next one is pulled when the client has room for it. When the
 * client goes, `signal` aborts and the generator is left: one that awaits something hands the signal on to it, or it stays there until that
 * comes. What `source` throws before it gives its iterable is answered as any error; later ones break the connection off, and the client
 * connects again. HEAD gets the headers, without a call of `source`.
 *
 * Throws a TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { setTimeout } from 'node:timers/promises'
 * import { eventStream } from '@stapel/wrappers'
 *
 * export const clock = eventStream(async function* ({ lastEventId, signal }) {
 *   for (let tick = Number(lastEventId ?? 0) + 1; ; tick++) {
 *     yield { id: String(tick), event: 'tick', data: JSON.stringify({ tick }) }
 *     await setTimeout(1000, undefined, { signal })
 *   }
 * })
 * ```
 */
export function eventStream(
  source: (client: EventStreamClient) => EventStreamSource | Promise<EventStreamSource>,
  options: EventStreamOptions = {},
): Application {
  if (typeof source !== 'function') {
    throw new TypeError(
      `Got ${String(source)} for the source of events; expected a function that gives an iterable.`,
    )
  }
  checkOptionNames(options, names, 'an event stream')
  const { retry, heartbeat = HEARTBEAT_MS } = options
  checkHeartbeat(heartbeat)
  const headers = headersOf(options.headers).toList()
  const preamble = retry === undefined ? ':\n\n' : `retry: ${checkRetry(retry)}\n\n`

  return function eventStream(environ, startResponse) {
    const respond = (body: Body | null): Body =>
      new Response(body, { headers }).respond(environ, startResponse)
    if (environ.REQUEST_METHOD === 'HEAD') return respond(null)
    const { signal } = environ['stapel.context']
    const settings = { preamble, heartbeat, signal, report: reportTo(environ) }
    const events = source({ lastEventId: lastEventId(environ), signal, environ })
    if (!isPromise(events)) return respond(new EventStreamBody(events, settings))
    return events.then((later) => respond(new EventStreamBody(later, settings)))
  }
}

/** Browsers send the id in UTF-8, which arrives as latin-1 (HTML standard, section 9.2.4). */
function lastEventId(environ: Environ): string | undefined {
  const sent = environ.HTTP_LAST_EVENT_ID
  if (sent === undefined || sent === '') return undefined
  if (!/[\x80-\xff]/.test(sent)) return sent
  const bytes = Uint8Array.from(sent, (character) => character.charCodeAt(0))
  return new TextDecoder().decode(bytes)
}

function headersOf(init: HeadersInit | undefined): Headers {
  const headers = new Headers(init)
  if (!headers.has('Content-Type')) headers.set('Content-Type', 'text/event-stream')
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-cache')
  // nginx would hold events back until its buffer is full.
  if (!headers.has('X-Accel-Buffering')) headers.set('X-Accel-Buffering', 'no')
  return headers
}

const names: ReadonlySet<string> = new Set<keyof EventStreamOptions>(['heartbeat', 'retry', 'headers'])

function checkHeartbeat(heartbeat: number): void {
  // Timers take no more than this, and fire at once beyond it.
  if (heartbeat === Number.POSITIVE_INFINITY || (heartbeat >= 1 && heartbeat <= 2 ** 31 - 1)) return
  throw new RangeError(
    `Got ${String(heartbeat)} for heartbeat; expected milliseconds of at least 1, or Infinity.`,
  )
}
