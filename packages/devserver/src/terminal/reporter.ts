import { formatFailure, shortPath } from '../failure/failure-text.ts'
import type { DevServerEvents } from '../reload/dev-server.ts'
import { formatMs, formatRequest } from './request-line.ts'
import { escapeControls, type Palette } from './terminal.ts'

/** Where a reporter writes. */
export interface Output {
  /** A line of what goes on. */
  out(text: string): void
  /** What went wrong. */
  err(text: string): void
}

export interface ReporterOptions {
  readonly output: Output
  readonly palette: Palette
  /** The target as it was written. */
  readonly target: string
  readonly reload: boolean
  /** Whether other machines can reach the server. */
  readonly exposed: boolean
}

/** Prints what happens, one event a line; failures with their source lines. */
export function createReporter({
  output,
  palette,
  target,
  reload,
  exposed,
}: ReporterOptions): DevServerEvents {
  return {
    listening(url) {
      const how = reload ? 'reload on' : 'reload off'
      output.out(
        `Stapel serves ${palette.bold(escapeControls(target))} at ${palette.cyan(url)} ${palette.dim(`(${how})`)}`,
      )
      if (exposed)
        output.out(palette.yellow('Other machines can reach it, and see source code when something fails.'))
      output.out(palette.dim('Press Ctrl+C to stop'))
    },
    changed(files) {
      output.out(palette.yellow(`${nameFiles(files)} changed, restarting`))
    },
    ready(ms) {
      output.out(palette.dim(`Ready in ${formatMs(ms)}`))
    },
    failed(failure, again) {
      output.err(`\n${formatFailure(failure, palette)}`)
      if (!reload) return
      const next = again
        ? 'The application ended; it is started again.'
        : 'The application is not running; it is started again when one of its files is saved.'
      output.err(palette.yellow(next))
    },
    threw(failure) {
      output.err(`\n${formatFailure(failure, palette)}`)
    },
    request(record) {
      output.out(formatRequest(record, palette))
    },
  }
}

function nameFiles(files: readonly string[]): string {
  const first = escapeControls(shortPath(files[0] ?? 'A file'))
  return files.length > 1 ? `${first} and ${files.length - 1} more` : first
}
