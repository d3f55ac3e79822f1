import {
  type Answer,
  type Application,
  type Body,
  capture,
  dispose,
  type Environ,
  type HeaderList,
  isPromise,
  reportTo,
  type StartResponse,
  type Status,
} from '@stapel/core'
import { isFile } from './compress-files.ts'

/** An answer that nobody wanted to see: its head was handed on when it came, this is its body, untouched. */
export interface Passed {
  readonly passed: Body
}

/**
 * As `capture`, but only for answers whose head is wanted. Any other head is handed to `startResponse` as soon as the application has
 * returned, and its body is not touched: a file keeps the gateway's fast way. The answer of a generator, whose head comes late, and of
 * an application that writes, is captured whatever its head says. A file whose head is wanted stays one: nothing is read of it.
 */
export function captureWhere(
  app: Application,
  environ: Environ,
  startResponse: StartResponse,
  wanted: (status: Status, headers: HeaderList) => boolean,
): Answer | Passed | Promise<Answer | Passed> {
  const state: State = { head: undefined, wrote: false, known: undefined }

  const watched: Application = (inner, start) => {
    const result = app(inner, (status, headers, error) => {
      if (isPassed(state.known)) return startResponse(status, headers, error)
      const write = start(status, headers, error)
      state.head = [status, headers, error]
      return (chunk) => {
        state.wrote = true
        return write(chunk)
      }
    })
    const settle = (body: Body): Body => {
      if (state.head === undefined || state.wrote) return body
      const [status, headers, error] = state.head
      if (wanted(status, headers)) {
        if (!isFile(body)) return body
        state.known = { status, headers, body, error }
        return ''
      }
      try {
        startResponse(...state.head)
      } catch (error) {
        dispose(body, undefined, reportTo(environ))
        throw error
      }
      state.known = { passed: body }
      return ''
    }
    return isPromise(result) ? result.then(settle) : settle(result)
  }

  const answer = capture(watched, environ)
  return isPromise(answer) ? answer.then((captured) => state.known ?? captured) : (state.known ?? answer)
}

interface State {
  head: Parameters<StartResponse> | undefined
  wrote: boolean
  /** What needs no capture: an answer that was handed on, or that of a file. */
  known: Passed | Answer | undefined
}

function isPassed(known: Passed | Answer | undefined): known is Passed {
  return known !== undefined && 'passed' in known
}
