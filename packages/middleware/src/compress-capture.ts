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

/** An answer that nobody wanted to see: its head was handed on when it came, this is its body, untouched. */
export interface Passed {
  readonly passed: Body
}

/**
 * As `capture`, but only for answers whose head is wanted. Any other head is handed to `startResponse` as soon as the application has
 * returned, and its body is not touched: a file keeps the gateway's fast way. The answer of a generator, whose head comes late, and of
 * an application that writes, is captured whatever its head says.
 */
export function captureWhere(
  app: Application,
  environ: Environ,
  startResponse: StartResponse,
  wanted: (status: Status, headers: HeaderList) => boolean,
): Answer | Passed | Promise<Answer | Passed> {
  const state: { head: Parameters<StartResponse> | undefined; wrote: boolean; passed: Passed | undefined } = {
    head: undefined,
    wrote: false,
    passed: undefined,
  }

  const watched: Application = (inner, start) => {
    const result = app(inner, (status, headers, error) => {
      if (state.passed !== undefined) return startResponse(status, headers, error)
      const write = start(status, headers, error)
      state.head = [status, headers, error]
      return (chunk) => {
        state.wrote = true
        return write(chunk)
      }
    })
    const settle = (body: Body): Body => {
      if (state.head === undefined || state.wrote || wanted(state.head[0], state.head[1])) return body
      try {
        startResponse(...state.head)
      } catch (error) {
        dispose(body, undefined, reportTo(environ))
        throw error
      }
      state.passed = { passed: body }
      return ''
    }
    return isPromise(result) ? result.then(settle) : settle(result)
  }

  const answer = capture(watched, environ)
  return isPromise(answer) ? answer.then((captured) => state.passed ?? captured) : (state.passed ?? answer)
}
