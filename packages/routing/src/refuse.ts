import { BadRequest, type Body, MethodNotAllowed, NotFound, type StartResponse } from '@stapel/core'
import type { Refusal } from './matcher.ts'

/** Answers a request that no rule takes: OPTIONS with `Allow` (RFC 9110 section 9.3.7), others by throwing an HTTPError. */
export function refuse({ status, allow }: Refusal, startResponse: StartResponse): Body {
  if (status === 405) throw new MethodNotAllowed(allow)
  if (status === 400) throw new BadRequest('A segment of the path is no valid percent-encoding of UTF-8.')
  if (status === 404) throw new NotFound()
  startResponse('204 No Content', [['Allow', allow.join(', ')]])
  return []
}
