/**
 * How much of a form is accepted.
 *
 * The threat: a form is the cheapest way to fill a server's memory or disk, or to keep it busy: one endless file, a thousand fields
 * of a megabyte, a million empty parts, a part whose headers never end. Each has a limit, all are finite unless `Infinity` is said
 * aloud, and all count what arrives, whatever `Content-Length` says. Above one of them the request is answered 413.
 *
 * @module
 */

/** The limits of a form; sizes in bytes. */
export interface FormLimits {
  /** The whole content of a multipart request. @default 20000000 */
  total: number
  /** One file. @default 10000000 */
  file: number
  /** Files. @default 100 */
  files: number
  /** Files and fields together. @default 1000 */
  parts: number
  /** The name of a field or file. @default 1000 */
  name: number
  /** The value of a field. @default 100000 */
  field: number
  /** Names and values of all fields together; also the whole content of a urlencoded form. @default 500000 */
  fields: number
  /** A file up to this size is kept in memory; a larger one is written to a temporary file. @default 500000 */
  memory: number
  /** All files that are kept in memory together; beyond it, smaller files are written to temporary files as well. @default 5000000 */
  totalMemory: number
  /** The headers of one part. @default 8192 */
  partHeaders: number
  /** The lines of the headers of one part. @default 32 */
  partHeaderLines: number
  /** What precedes the first boundary. @default 16384 */
  preamble: number
}

/** The limits of a form where nothing else is said. */
export const defaultFormLimits: Readonly<FormLimits> = {
  total: 20_000_000,
  file: 10_000_000,
  files: 100,
  parts: 1000,
  name: 1000,
  field: 100_000,
  fields: 500_000,
  memory: 500_000,
  totalMemory: 5_000_000,
  partHeaders: 8192,
  partHeaderLines: 32,
  preamble: 16_384,
}

/** The limits that are to be others; what is absent or `undefined` keeps its default. */
export type FormLimitsInit = { readonly [Name in keyof FormLimits]?: number | undefined }

/** The default limits with some replaced; throws a RangeError for what is no limit, and a TypeError for a name that is none. */
export function formLimits(changes?: FormLimitsInit): Readonly<FormLimits> {
  if (changes === undefined) return defaultFormLimits
  const limits: FormLimits = { ...defaultFormLimits }
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(defaultFormLimits, name)) {
      const known = Object.keys(defaultFormLimits).join(', ')
      throw new TypeError(`Got the form limit ${name}; expected one of ${known}.`)
    }
    if (value !== undefined) limits[name as keyof FormLimits] = checkLimit(name, value)
  }
  return limits
}

/** A limit as given; throws a RangeError for anything but a whole number from 0 or `Infinity`. */
export function checkLimit(name: string, value: number): number {
  // A NaN or a text compares false with everything, which silently means no limit.
  if (value !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(value) && value >= 0)) {
    throw new RangeError(
      `Got ${String(value)} for the limit ${name}; expected a whole number from 0, or Infinity.`,
    )
  }
  return value
}
