import { type HTTPError, isHTTPError } from './http-error.ts'
import { InternalServerError } from './http-errors.ts'

/**
 * Whatever was thrown as an error that can answer: an {@link HTTPError} itself, for anything else an `InternalServerError` that tells the
 * client nothing of it and has it as its `cause`. A `status` of other errors does not count, as it may be that of somebody else's answer.
 */
export function toHTTPError(error: unknown): HTTPError {
  return isHTTPError(error) ? error : new InternalServerError(undefined, { cause: error })
}
