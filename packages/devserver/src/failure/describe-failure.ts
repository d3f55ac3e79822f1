import { adviceFor } from './advice.ts'
import { behindErrors } from './behind-errors.ts'
import { describeError } from './describe-error.ts'
import type { FailedRequest } from './failed-request.ts'
import type { Failure } from './failure.ts'
import type { SourceLocation } from './source-location.ts'

export interface DescribeOptions {
  /** Asked where it happened when the error does not say. */
  readonly search?: () => SourceLocation | undefined
  /** What was going on, in a sentence. */
  readonly happened?: string
  /** In place of the message of the error. */
  readonly title?: string
  readonly request?: FailedRequest
}

/** Describes anything that was thrown; never throws itself. */
export function describeFailure(
  error: unknown,
  { search, happened, title, request }: DescribeOptions = {},
): Failure {
  return {
    kind: 'error',
    ...describeError(error, search),
    ...(title !== undefined && { title }),
    behind: behindErrors(error),
    advice: adviceFor(error),
    ...(happened !== undefined && { happened }),
    ...(request !== undefined && { request }),
  }
}
