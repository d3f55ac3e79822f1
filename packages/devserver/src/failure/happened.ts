/** What was going on when the application could not be loaded. */
export const HAPPENED_LOADING = 'The application could not be loaded.'

/** What was going on when an error ended the process; `origin` is what Node tells of it. */
export function happenedUncaught(origin: NodeJS.UncaughtExceptionOrigin): string {
  return origin === 'unhandledRejection'
    ? 'A promise was rejected, and nothing handled it.'
    : 'An error was thrown where nothing could catch it.'
}
