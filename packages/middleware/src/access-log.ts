/**
 * Writes a line for every request, when its answer is at an end.
 *
 * The threat: a log that lies. One that is written when the headers are known shows no download that broke off and no stream that ran for an hour;
 * one that prints what clients send as they sent it shows lines that they wrote. What is not stopped: secrets in URLs and `Referer` are
 * logged with them (choose `path` in place of `target`, and no `referer`), and whoever may read the log learns who was where.
 *
 * @module
 */
import {
  type Application,
  type Environ,
  isPromise,
  type Middleware,
  reportTo,
  type StartResponse,
} from '@stapel/core'
import { type AccessEntry, Recording } from './access-log-entry.ts'
import {
  type AccessField,
  type AccessFormat,
  createJsonFormat,
  createOwnFormat,
  defaultFields,
  formatCombined,
  formatCommon,
  isAccessField,
} from './access-log-format.ts'
import { callback, checkOptions, integer, type OptionChecks, show } from './check-options.ts'

export type { AccessEntry } from './access-log-entry.ts'
export type { AccessField, AccessFormat } from './access-log-format.ts'
export type {} from './remote-user.ts'
export type {} from './request-id.ts'

/** Where lines go: a function that gets each without its line break, or a stream, such as `process.stdout`, that gets them with it. */
export type AccessLogTarget = ((line: string) => unknown) | LogStream

/** A stream as far as a log needs it. */
export interface LogStream {
  write(text: string): unknown
  /** Bytes, or characters, that wait to be written. */
  readonly writableLength?: number
}

/** How an access log is written. */
export interface AccessLogOptions {
  /**
   * `'combined'` and `'common'` as Apache and nginx have them, `'json'` with an object a line, or a function that gives the line of an entry
   * (`undefined` for none).
   *
   * @default 'combined'
   */
  format?: 'combined' | 'common' | 'json' | AccessFormat | undefined
  /** With `'json'`: which fields there are, in this order. @default time, id, address, user, method, host, target, protocol, status, size, wait, duration, outcome, referer, agent */
  fields?: readonly AccessField[] | undefined
  /** Entries that are not logged, such as those of a health check. @default none */
  skip?: ((entry: AccessEntry) => boolean) | undefined
  /** A stream in which so much waits already gets no more lines; how many were lost is told to `wsgi.errors`. @default 16777216 (16 MiB) */
  bufferLimit?: number | undefined
}

/**
 * Writes one line for every request when its answer is complete, when its client leaves, or when the application fails.
 *
 * It watches bodies and changes nothing: lists keep their length, files the gateway's fast way, each chunk is handed on when it comes. What a
 * log throws, or rejects with, is told to `wsgi.errors` and touches no request. Throws a TypeError for a target that is none and for
 * options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { accessLog } from '@stapel/middleware/access-log'
 *
 * export const app = stack((_environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']])
 *   return 'Hello'
 * }, accessLog(process.stdout, { format: 'json', fields: ['time', 'method', 'path', 'status', 'duration'] }))
 * ```
 */
export function accessLog(target: AccessLogTarget, options: AccessLogOptions = {}): Middleware {
  checkOptions('accessLog', options, checks)
  const { skip, bufferLimit = 16_777_216 } = options
  const format = formatOf(options)
  const write = createWriter(target, bufferLimit)

  function log(entry: AccessEntry): void {
    const report = reportTo(entry.environ)
    try {
      if (skip?.(entry) === true) return
      const line = format(entry)
      if (line !== undefined) write(line, report)
    } catch (error) {
      report(error)
    }
  }

  return function accessLog(app: Application): Application {
    return function accessLog(environ: Environ, startResponse: StartResponse) {
      const recording = new Recording(environ, startResponse, log)
      const fail = (error: unknown): never => {
        recording.fail(error)
        throw error
      }
      let result: ReturnType<Application>
      try {
        result = app(environ, recording.start)
      } catch (error) {
        return fail(error)
      }
      if (!isPromise(result)) return recording.watch(result)
      recording.watchClient()
      return result.then((body) => recording.watch(body), fail)
    }
  }
}

const formats = { combined: formatCombined, common: formatCommon } as const

const checks: OptionChecks<AccessLogOptions> = {
  format: {
    expected: "'combined', 'common', 'json', or a function that gets an entry and gives its line",
    accepts: (value) =>
      typeof value === 'function' || value === 'combined' || value === 'common' || value === 'json',
  },
  fields: {
    expected: "a list of names of fields, as in ['time', 'status', 'request.accept', 'answer.content-type']",
    accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(isAccessField),
  },
  skip: callback('a function that gets an entry and gives true for what is not logged'),
  bufferLimit: integer(1, Number.MAX_SAFE_INTEGER, 'a number of bytes'),
}

function formatOf({ format = 'combined', fields }: AccessLogOptions): AccessFormat {
  if (fields !== undefined && format !== 'json') {
    throw new TypeError(
      "accessLog: got the option fields for a format that has its own; expected the format 'json'.",
    )
  }
  if (typeof format === 'function') return createOwnFormat(format)
  return format === 'json' ? createJsonFormat(fields ?? defaultFields) : formats[format]
}

type Report = (error: unknown) => void

function createWriter(target: AccessLogTarget, bufferLimit: number): (line: string, report: Report) => void {
  if (typeof target === 'function') {
    return (line, report) => {
      const result = target(line)
      if (isPromise(result)) result.then(undefined, report)
    }
  }
  if (typeof target?.write !== 'function') {
    throw new TypeError(
      `accessLog: got ${show(target)} to write to; expected a function that gets a line, or a stream as process.stdout.`,
    )
  }
  let lost = 0
  return (line, report) => {
    if ((target.writableLength ?? 0) > bufferLimit) {
      lost++
      return
    }
    if (lost > 0) report(new Error(`accessLog: ${lost} lines were lost, as the stream took no more.`))
    lost = 0
    target.write(`${line}\n`)
  }
}
