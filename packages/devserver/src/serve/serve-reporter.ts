import type { Failure } from '../failure/failure.ts'
import { formatFailure } from '../failure/failure-text.ts'
import type { Output } from '../terminal/reporter.ts'
import { formatMs } from '../terminal/request-line.ts'
import { escapeControls, type Palette } from '../terminal/terminal.ts'
import type { WorkersEvents } from './workers.ts'

/** Prints what happens to the server, one event a line, on standard error: standard output is the access log's, and the application's. */
export interface ServeReporter extends WorkersEvents {
  listening(target: string, url: string, workers: number): void
  /** The application could not be started at all. */
  bootFailed(failure: Failure): void
  stopping(signal: string, seconds: number): void
}

/** Makes a reporter. */
export function createServeReporter({ err }: Output, palette: Palette): ServeReporter {
  /** A failure with its source lines, once: the same one on each try would fill the log. */
  let last = ''
  const show = (failure: Failure): void => {
    const text = failureText(failure, palette)
    if (text !== last) err(text)
    last = text
  }
  const next = (wait: number): string => `another one starts in ${formatMs(wait)}`
  return {
    listening(target, url, workers) {
      const many = workers === 1 ? '1 worker' : `${workers} workers`
      err(
        `Stapel serves ${palette.bold(escapeControls(target))} at ${palette.cyan(url)} with ${many}, pid ${process.pid}`,
      )
    },
    bootFailed: show,
    died: (worker, pid, how, wait) => err(palette.red(`Worker ${worker} (pid ${pid}) ${how}; ${next(wait)}`)),
    replaced: (worker, pid) => err(`Worker ${worker} is pid ${pid} now`),
    failed(worker, failure, wait) {
      show(failure)
      err(palette.red(`Worker ${worker} could not be started; ${next(wait)}`))
    },
    reloading: () => err('Starting the application anew'),
    reloaded: (ms) => err(`All workers are new after ${formatMs(ms)}`),
    reloadFailed(failure) {
      last = ''
      show(failure)
      err(palette.red('The application could not be started anew; the workers that were there go on'))
    },
    stopping: (signal, seconds) => err(`Got ${signal}; requests in flight have ${seconds} s`),
  }
}

function failureText(failure: Failure, palette: Palette): string {
  return failure.kind === 'target'
    ? `stapel: ${escapeControls(failure.title)}`
    : `\n${formatFailure(failure, palette)}`
}
