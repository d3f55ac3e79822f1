import type { Environ } from '@stapel/core'
import { describeFailure } from './describe-failure.ts'
import { describeRequest } from './failed-request.ts'
import type { Failure } from './failure.ts'

/** An error during a request, with that request. `begun` tells whether its answer had begun. Never throws. */
export function requestFailure(error: unknown, environ: Environ, begun: boolean): Failure {
  const { trace } = environ['stapel.context']
  const request = trace === undefined ? undefined : describeRequest(environ, trace, error, begun)
  return describeFailure(error, {
    happened:
      request === undefined
        ? 'An error was thrown.'
        : `An error was thrown while answering ${request.method} ${request.target}${begun ? ', after the answer had begun' : ''}`,
    ...(request && { request }),
  })
}
