import { describeFailure } from './describe-failure.ts'
import type { Failure } from './failure.ts'

/** The end of a process by its own will; `stack` is that of an error made while `'exit'` was emitted, which says who asked for it. */
export function exitFailure(code: number, stack: string): Failure {
  const error = Object.assign(new Error(), { stack })
  // Node emits the event from within process.exit(), or else at the end of the work that there was.
  const asked = /process\.(?:exit|reallyExit) /.test(stack)
  return describeFailure(error, {
    title: asked
      ? `process.exit(${code}) was called.`
      : `The application's process ended with exit code ${code}.`,
    happened: 'The application ended its own process.',
  })
}
