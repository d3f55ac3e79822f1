import { dispose } from './body.ts'
import type { Answer } from './capture.ts'
import type { Body, Environ, StartResponse } from './protocol.ts'
import { reportTo } from './report.ts'

/** Hands on a captured answer: announces its head, and gives its body. Where `startResponse` throws, the body is disposed of (clause 4.2). */
export function sendAnswer(
  { status, headers, body, error }: Answer,
  environ: Environ,
  startResponse: StartResponse,
): Body {
  try {
    startResponse(status, headers, error)
  } catch (failure) {
    dispose(body, undefined, reportTo(environ))
    throw failure
  }
  return body
}
