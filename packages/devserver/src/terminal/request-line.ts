import { escapeControls, type Paint, type Palette } from './terminal.ts'
import type { ExchangeHeads } from './trace-lines.ts'

/** What is known of a request when its last byte has gone. */
export interface RequestRecord {
  readonly method: string
  /** The request target as sent. */
  readonly target: string
  /** The status that was sent; 0 when none was. */
  readonly status: number
  /** The bytes of the body. */
  readonly bytes: number
  readonly ms: number
  /** How it ended, where it did not end well (`'client left'`), or what else is to be said of it. */
  readonly note?: string | undefined
  /** Gives what went over the connection, for `--trace`; absent where nobody kept it. */
  readonly heads?: (() => ExchangeHeads) | undefined
}

/** So many characters of a target are shown. */
export const TARGET_LIMIT = 2000

/** A request in one line: `GET /path 200 1.2 kB 3 ms`. */
export function formatRequest(record: RequestRecord, palette: Palette): string {
  const target =
    record.target.length > TARGET_LIMIT ? `${record.target.slice(0, TARGET_LIMIT)}…` : record.target
  const status = record.status === 0 ? '-' : String(record.status)
  const line = `${escapeControls(record.method)} ${escapeControls(target)} ${paintFor(record.status, palette)(status)}`
  const note = record.note === undefined ? '' : ` ${palette.yellow(`(${record.note})`)}`
  return `${line} ${palette.dim(`${formatBytes(record.bytes)} ${formatMs(record.ms)}`)}${note}`
}

/** `'512 B'`, `'1.2 kB'`, `'3.4 MB'`: thousands, as in SI. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)} kB`
  if (bytes < 999_950_000) return `${(bytes / 1_000_000).toFixed(1)} MB`
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`
}

/** `'3 ms'`, `'1.25 s'`. */
export function formatMs(ms: number): string {
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`
}

function paintFor(status: number, palette: Palette): Paint {
  if (status === 0 || status >= 500) return palette.red
  if (status >= 400) return palette.yellow
  if (status >= 300) return palette.cyan
  return palette.green
}
