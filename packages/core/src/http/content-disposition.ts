/**
 * `Content-Disposition` (RFC 6266): whether content is shown or saved, and under which name.
 *
 * The threat: a file name is chosen by somebody else. One that holds a path writes where it likes; a quote or a line break in it writes
 * parameters and headers of its own; a mark that reverses the direction of text makes `exe.txt` of `txt.exe`. Names are made safe in
 * both directions here. What is not stopped: a harmful extension, a device name of Windows, a name that is there already. Never use
 * a name from a client as a path.
 *
 * @module
 */
import { extendedParameters, extendedValueOf } from './extended-value.ts'
import { isToken } from './field.ts'
import { parseOptions } from './options.ts'
import { formatParameters, type Parameter } from './parameters.ts'

/** A `Content-Disposition` taken apart. */
export interface ContentDisposition {
  /** In lower case: `'inline'`, `'attachment'`; a recipient treats other types as `attachment`. */
  readonly type: string
  /** Made safe by {@link safeFilename}; `undefined` when none was given or nothing is left of it. */
  readonly filename?: string | undefined
  /** All parameters as they were sent, the file name among them. */
  readonly parameters: readonly Parameter[]
}

/** How {@link formatContentDisposition} writes a name. */
export interface FilenameOptions {
  /** The name for recipients that know no `filename*`. @default the name without accents, with `_` for what is not ASCII */
  fallback?: string | undefined
}

/** The longest file name that is read or sent, in UTF-16 units; what is beyond it is cut off before the extension. */
export const FILENAME_LIMIT = 255

/** The parts of a `Content-Disposition`; `undefined` when it is malformed, which is to be ignored. `filename*` comes before `filename`. */
export function parseContentDisposition(header: string): ContentDisposition | undefined {
  const options = parseOptions(header)
  if (options === undefined || !isToken(options.value)) return undefined
  const { parameters } = options
  const filename = safeFilename(extendedValueOf(parameters, 'filename') ?? '')
  return { type: options.value.toLowerCase(), filename: filename === '' ? undefined : filename, parameters }
}

/**
 * A `Content-Disposition`, with a `filename` that every recipient understands and, for a name beyond plain ASCII, a `filename*`. The name
 * may be anything: it is made safe by {@link safeFilename} and left out when nothing is left of it. Throws a RangeError for a type that
 * is no token.
 *
 * @example
 * ```ts
 * import { formatContentDisposition } from '@stapel/core/http'
 *
 * formatContentDisposition('attachment', 'Übersicht.pdf')
 * // `attachment; filename=Ubersicht.pdf; filename*=UTF-8''%C3%9Cbersicht.pdf`
 * ```
 */
export function formatContentDisposition(
  type: 'attachment' | 'inline' | (string & {}),
  filename?: string,
  options: FilenameOptions = {},
): string {
  if (!isToken(type)) {
    throw new RangeError(
      `Got the disposition ${JSON.stringify(type)}; expected 'attachment', 'inline' or another token.`,
    )
  }
  const name = safeFilename(filename ?? '')
  if (name === '') return type
  const fallback = safeFilename(options.fallback ?? name.normalize('NFKD').replace(combining, ''))
  return (
    type +
    formatParameters(extendedParameters('filename', name, { fallback: fallback.replace(notPlain, '_') }))
  )
}

/**
 * A file name fit for a header: the last segment of a path of any system, controls and marks that change the direction of text replaced by
 * `_`, cut to {@link FILENAME_LIMIT}. `''` for `.`, `..` and what ends in a separator.
 */
export function safeFilename(filename: string): string {
  const slash = Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\'))
  const name = filename.slice(slash + 1)
  if (name === '.' || name === '..') return ''
  return (name.length > FILENAME_LIMIT ? cut(name) : name).replace(unsafe, '_')
}

// C0, DEL, C1, line and paragraph separators, and the embeddings, overrides and isolates of the bidirectional algorithm.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const unsafe = /[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g
const combining = /\p{Mn}+/gu
// RFC 6266 appendix D: escapes and percent signs are misread by some recipients.
const notPlain = /[^\x20\x21\x23\x24\x26-\x5b\x5d-\x7e]/gu

function cut(name: string): string {
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : ''
  // Half a surrogate pair is no text.
  return name.slice(0, FILENAME_LIMIT - extension.length).replace(/[\ud800-\udbff]$/, '') + extension
}
