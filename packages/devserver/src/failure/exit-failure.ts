import { describeFailure, type Failure } from './failure.ts'

/** The end of a process by its own will; to be called while `'exit'` is emitted, as the stack says who asked for it. */
export function exitFailure(code: number): Failure {
  const error = new Error()
  // Node emits the event from within process.exit(), or else at the end of the work that there was.
  const asked = /process\.(?:exit|reallyExit) /.test(error.stack ?? '')
  return describeFailure(error, {
    title: asked
      ? `process.exit(${code}) was called.`
      : `The application's process ended with exit code ${code}.`,
    happened: 'The application ended its own process.',
  })
}
