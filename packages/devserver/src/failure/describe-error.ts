import { type ExcerptLine, excerptOf } from './excerpt.ts'
import { type Frame, framesOf } from './frames.ts'
import { secretName } from './secrets.ts'
import { locate, locateForeign, type SourceLocation } from './source-location.ts'
import { classOf, cut, describeValue, isError, memberOf } from './value-text.ts'

/** One error as plain data. */
export interface DescribedError {
  /** `'TypeError: x is not a function'`. */
  readonly title: string
  /** The error's `code`, where it has one. */
  readonly code?: string | undefined
  readonly location?: SourceLocation | undefined
  /** The source lines around the location. */
  readonly excerpt: readonly ExcerptLine[]
  /** Where it was thrown, the innermost call first. */
  readonly frames: readonly Frame[]
  /** How many frames there are besides. */
  readonly hiddenFrames: number
  /** What else the error carries: `errno`, `syscall`, members of the application's own. */
  readonly properties: readonly (readonly [name: string, value: string])[]
}

/** Longer messages are cut; in characters. */
export const MESSAGE_LIMIT = 4000
/** So many members of an error are shown. */
export const PROPERTY_LIMIT = 12

/** Describes one error, without those behind it. `excerpts` is how many of its frames are shown with their source lines. */
export function describeError(
  error: unknown,
  search?: () => SourceLocation | undefined,
  excerpts: number = 6,
): DescribedError {
  const stack = textOf(error, 'stack')
  const message = textOf(error, 'message')
  const { frames, hidden } = framesOf(stack, message, excerpts)
  const reports = reportsItsPlace(error)
  const location = locate(stack, message, reports) ?? search?.() ?? locateForeign(stack, message)
  const code = cut(textOf(error, 'code'), 200)
  return {
    title: titleOf(error, cut(message, MESSAGE_LIMIT)),
    ...(code !== '' && { code }),
    ...(location !== undefined && { location }),
    excerpt: location === undefined ? [] : excerptOf(location),
    frames,
    hiddenFrames: hidden,
    properties: propertiesOf(error),
  }
}

function titleOf(error: unknown, message: string): string {
  if (!isError(error)) return `${describeValue(error)} was thrown`
  // What esbuild reports is a syntax error with its place in the message.
  const reported = /^Transform failed[^\n]*\n[^\n]*?: ERROR: ([^\n]*)/.exec(message)
  if (reported !== null) return `SyntaxError: ${reported[1]}`
  // An error of a class of one's own has the name of the built-in one unless it sets it.
  const given = cut(textOf(error, 'name'), 200) || 'Error'
  const own = given === 'Error' ? (classOf(error) ?? given) : given
  return message === '' ? own : `${own}: ${message}`
}

/** Whether the place stands in the text of an error: where Node or esbuild could not read a file, which a client has no say in. */
function reportsItsPlace(error: unknown): boolean {
  return /^(?:SyntaxError|TransformError|Error)$/.test(textOf(error, 'name') || 'Error')
}

function textOf(error: unknown, key: string): string {
  const value = memberOf(error, key)
  return typeof value === 'string' ? value : ''
}

function propertiesOf(error: unknown): (readonly [string, string])[] {
  if (!isError(error)) return []
  const properties: (readonly [string, string])[] = []
  try {
    for (const name of Object.keys(error)) {
      if (properties.length >= PROPERTY_LIMIT) break
      if (usual.has(name)) continue
      const value = secretName.test(name) ? '(hidden)' : describeValue(memberOf(error, name))
      properties.push([cut(name, 100), value])
    }
  } catch {
    // A proxy that does not say what it holds.
  }
  return properties
}

// Shown in places of their own.
const usual = new Set(['name', 'message', 'stack', 'code', 'cause', 'errors'])
