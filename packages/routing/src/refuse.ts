import {
  BadRequest,
  type Body,
  type Environ,
  type HTTPError,
  MethodNotAllowed,
  NotFound,
  type StartResponse,
} from '@stapel/core'
import { formatAllow } from '@stapel/core/http'
import type { Refusal } from './matcher.ts'

/** Answers a request that no rule takes: OPTIONS with `Allow` (RFC 9110 section 9.3.7), others with an HTTPError. */
export function refuse({ status, allow }: Refusal, environ: Environ, startResponse: StartResponse): Body {
  if (status !== 204) return errorOf(status, allow).respond(environ, startResponse)
  startResponse('204 No Content', [['Allow', formatAllow(allow)]])
  return []
}

function errorOf(status: number, allow: readonly string[]): HTTPError {
  if (status === 405) return new MethodNotAllowed(allow)
  if (status === 400) return new BadRequest('A segment of the path is no valid percent-encoding of UTF-8.')
  return new NotFound()
}
