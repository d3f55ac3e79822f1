import { networkInterfaces } from 'node:os'
import type { Failure } from '../failure/failure.ts'
import { formatFailure, formatLocation, shortPath } from '../failure/failure-text.ts'
import { maskQuery } from '../failure/secrets.ts'
import type { DevServerEvents } from '../reload/dev-server.ts'
import type { Restart } from '../reload/restarts.ts'
import { formatBanner, networkUrls } from './banner.ts'
import { Repeats } from './repeats.ts'
import { formatMs, formatRequest, type RequestRecord } from './request-line.ts'
import { escapeControls, escapeLines, type Palette } from './terminal.ts'
import { formatTrace } from './trace-lines.ts'

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
  readonly host: string
  readonly reload: boolean
  /** Whether single keys are listened to. */
  readonly keys: boolean
  /** Whether repeated lines are told in one; for terminals. */
  readonly collapse: boolean
  /** Whether requests and answers are shown with their header fields, and whether what is secret in them and in addresses is. */
  readonly trace: boolean
  readonly secrets: boolean
  /** Milliseconds since the start of the command. */
  readonly elapsed: () => number
}

/** Prints what happens, one event a line; failures with their source lines. */
export interface Reporter extends DevServerEvents {
  /** Prints what is held back. */
  flush(): void
  /** Prints a line of its own. */
  say(text: string): void
}

export function createReporter(options: ReporterOptions): Reporter {
  const { output, palette, reload } = options
  const lines = new Repeats((text) => output.out(text), palette)
  let shown: string | undefined
  let ended: string | undefined
  let unwatched = false
  const fail = (failure: Failure): void => {
    lines.flush()
    output.err(`\n${formatFailure(failure, palette)}`)
  }
  return {
    flush: () => lines.flush(),
    say: (text) => lines.line(text),
    listening(url, ready) {
      for (const line of formatBanner({
        ...options,
        url,
        exposed: !loopback.test(options.host),
        network: networkUrls(url, options.host, networkInterfaces()),
        ms: ready ? options.elapsed() : undefined,
      })) {
        lines.line(line)
      }
    },
    unwatched(error) {
      // One limit of the system is met by every file after it.
      if (unwatched) return
      unwatched = true
      output.err(palette.yellow(`Some files cannot be watched: ${escapeControls(error.message)}`))
    },
    taken([first]) {
      lines.line(palette.yellow(`Port ${first} is in use; taking the next free one`))
    },
    changed(files) {
      shown = undefined
      const why = files.length === 0 ? 'Restarting' : `${nameFiles(files)} changed, restarting`
      lines.line(palette.yellow(why))
    },
    ready(ms) {
      lines.line(palette.dim(`Ready in ${formatMs(ms)}`))
    },
    failed(failure, restart) {
      const kind = kindOf(failure)
      const repeated = restart.ends > 1 && kind === ended
      ended = kind
      if (repeated) output.err(palette.red(`${again(failure)}, as above`))
      else fail(failure)
      if (reload) output.err(palette.yellow(restartLine(restart, options.keys)))
    },
    threw(failure) {
      const kind = kindOf(failure)
      const repeated = options.collapse && kind === shown
      shown = kind
      if (repeated) output.err(palette.red(`${again(failure)}, as above`))
      else fail(failure)
    },
    request(record) {
      if (options.trace && record.heads !== undefined) {
        lines.line(formatTrace(record.heads(), palette, options.secrets))
      }
      const kind = options.collapse && !options.trace ? requestKind(record) : undefined
      const target = options.secrets ? record.target : maskQuery(record.target)
      lines.line(formatRequest({ ...record, target }, palette), kind)
    },
  }
}

const loopback = /^(?:localhost|127\..*|::1)$/

function restartLine({ wait, ends }: Restart, keys: boolean): string {
  if (wait === 0) return 'The application ended; it is started again.'
  if (wait !== undefined)
    return `The application ended soon after its start; it is started again in ${formatMs(wait)}.`
  return ends === 0
    ? `The application is not running; it is started again when one of its files is saved${keys ? ', and by the key r' : ''}.`
    : `The application ended ${ends} times soon after its start, and is not running; a save${keys ? ', the key r' : ''} or a request starts it again.`
}

/** Two failures of one kind differ in their request alone. */
function kindOf({ title, location, frames }: Failure): string {
  return JSON.stringify([title, location, frames.map((frame) => [frame.call, frame.location])])
}

function again({ title, location }: Failure): string {
  const place = location === undefined ? '' : ` at ${formatLocation(location)}`
  return escapeControls(`${escapeLines(title).split('\n')[0] as string}${place}`)
}

/** Two requests of one kind differ in the time they took and the bytes they sent. */
function requestKind({ method, target, status, note = '' }: RequestRecord): string {
  return `${method} ${target} ${status} ${note}`
}

function nameFiles(files: readonly string[]): string {
  const first = escapeControls(shortPath(files[0] ?? 'A file'))
  return files.length > 1 ? `${first} and ${files.length - 1} more` : first
}
