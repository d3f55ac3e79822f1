/**
 * Lets a layer that edits headers see the answers of errors too.
 *
 * What an application throws is answered by whoever catches it, with a startResponse of its own: the headers of the layers between are lost, and
 * a page of another origin cannot even read the status. So a layer whose headers belong on every answer catches errors itself.
 *
 * @module
 */
import {
  type Application,
  type Body,
  type Chunk,
  type ChunkIterator,
  ClientDisconnected,
  dispose,
  type Environ,
  type HeaderList,
  isChunk,
  isPromise,
  iterate,
  ProtocolError,
  release,
  reportTo,
  type StartResponse,
  type Status,
  toHTTPError,
  type Write,
} from '@stapel/core'

/** Gives the headers of an answer that a layer changes; the list that it gets may be handed on, or a copy. */
export type HeadersEdit = (headers: HeaderList, status: Status) => HeaderList

/**
 * Calls an application with a startResponse that edits the headers, and answers through the same what is thrown before the first non-empty
 * chunk: an `HTTPError` as it says, anything else as the 500 that `toHTTPError` makes of it; those of 500 and above are logged. Synchronous
 * where the application is.
 *
 * A chunk, a list, a file of the gateway and a stream are handed on untouched; what a file or stream throws before its first byte is
 * answered further outside. Thrown on are `ClientDisconnected`, as nobody is there to read an answer, and `ProtocolError`, which
 * `validate()` shows to whoever wrote the application.
 */
export function answerErrors(
  app: Application,
  environ: Environ,
  startResponse: StartResponse,
  edit: HeadersEdit,
): Body | Promise<Body> {
  const call: Call = { environ, written: false, start }
  function start(status: Status, headers: HeaderList, error?: unknown): Write {
    // What is no list is refused further outside, with a message that shows it.
    const write = startResponse(status, Array.isArray(headers) ? edit(headers, status) : headers, error)
    return (chunk) => {
      call.written = true
      return write(chunk)
    }
  }
  let result: Body | Promise<Body>
  try {
    result = app(environ, start)
  } catch (error) {
    return answerError(error, call)
  }
  if (!isPromise(result)) return guardBody(result, call)
  return result.then(
    (body) => guardBody(body, call),
    (error) => answerError(error, call),
  )
}

type Step = IteratorResult<Chunk>

interface Call {
  readonly environ: Environ
  readonly start: StartResponse
  /** Whether `write` was called, so that no other answer can take the place of this one. */
  written: boolean
}

function answerError(error: unknown, call: Call): Body {
  const { environ, start, written } = call
  if (written || error instanceof ClientDisconnected || error instanceof ProtocolError) throw error
  const answer = toHTTPError(error)
  let body: Body
  try {
    body = answer.respond(environ, start)
  } catch {
    // The error cannot answer: the gateway gets what was thrown.
    throw error
  }
  if (answer.status >= 500) reportTo(environ)(error)
  return body
}

function guardBody(body: Body, call: Call): Body {
  if (typeof body !== 'object' || body === null || isChunk(body) || Array.isArray(body)) return body
  if (!(Symbol.asyncIterator in body)) return guardNow(body, call)
  return hostsKnow.some((member) => member in body) ? body : guardLater(body, call)
}

/** What a file of the gateway, a Node stream and a ReadableStream have: hosts send them, and give them up, in ways of their own. */
const hostsKnow = ['pooled', 'pipe', 'getReader'] as const

/** Takes the steps up to the first non-empty chunk at once, since only then is it known whether another body answers. */
function guardNow(body: Body, call: Call): Body {
  const report = reportTo(call.environ)
  let iterator: Iterator<Chunk>
  let first: Step
  try {
    iterator = iterate(body) as Iterator<Chunk>
    do first = iterator.next()
    while (!first.done && isChunk(first.value) && first.value.length === 0)
  } catch (error) {
    release(body, report)
    return answerError(error, call)
  }
  let held: Step | undefined = first
  let over = first.done === true
  const next = (): Step => {
    const step = held ?? iterator.next()
    held = undefined
    if (step.done) over = true
    return step
  }
  const leave = (): Step => {
    if (!over) iterator.return?.()
    over = true
    return done
  }
  return {
    [Symbol.iterator]: () => ({ next, return: leave }),
    close() {
      leave()
      return (body as { close?(): void | Promise<void> }).close?.()
    },
  }
}

function guardLater(body: Body, call: Call): Body {
  let source = body
  let iterator: ChunkIterator | undefined
  let begun = false
  let left = false
  const first = async (): Promise<Step> => {
    try {
      iterator ??= iterate(source)
      const step = await iterator.next()
      begun ||= step.done === true || !isChunk(step.value) || step.value.length > 0
      return step
    } catch (error) {
      if (left) throw error
      release(body, reportTo(call.environ))
      begun = true
      source = ''
      source = answerError(error, call)
      iterator = iterate(source)
      return iterator.next()
    }
  }
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => (begun ? follow(iterator as ChunkIterator) : first()),
      return: async () => {
        left = true
        await iterator?.return?.()
        return done
      },
    }),
    close() {
      if (iterator !== undefined) return (source as { close?(): void | Promise<void> }).close?.()
      dispose(source, undefined, reportTo(call.environ))
    },
  }
}

/** A replacement may be synchronous. */
function follow(iterator: ChunkIterator): Promise<Step> {
  const step = iterator.next()
  return isPromise<Step>(step) ? step : Promise.resolve(step)
}

const done: Step = { done: true, value: undefined }
