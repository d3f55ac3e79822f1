import { fileURLToPath } from 'node:url'
import { packageRoot } from '../package-root.ts'

/** A place in a source file; line and column count from 1. */
export interface SourceLocation {
  readonly file: string
  readonly line: number
  readonly column?: number | undefined
}

/** No more of a stack is read; in characters. */
export const STACK_LIMIT = 40_000

/**
 * Where an error happened: the first frame that is the application's own. Before that, where the error `reports` its place in a text, the one
 * that Node writes above a syntax error, or the one in esbuild's report. `undefined` when none of these is there.
 */
export function locate(stack: string, message: string, reports: boolean): SourceLocation | undefined {
  const reported = reports ? (locateHeading(stack) ?? locateReport(message)) : undefined
  return reported ?? locateFrame(stack, message, false)
}

/** The first frame of a stack that belongs to a library. */
export function locateForeign(stack: string, message: string): SourceLocation | undefined {
  return locateFrame(stack, message, true)
}

/**
 * The lines of a stack that are frames: those at its end, below the message. A message may quote what a client sent, and that may look like
 * a frame, whose file would then be shown.
 */
export function frameLines(stack: string, message: string): string[] {
  const index = message === '' ? -1 : stack.indexOf(message)
  const start = index === -1 ? 0 : index + message.length
  const lines = stack.slice(start, start + STACK_LIMIT).split('\n')
  // Where it was cut, the last line is not whole.
  if (stack.length > start + STACK_LIMIT) lines.pop()
  const below = lines.findLastIndex((line) => line !== '' && !isFrame(line))
  return lines.slice(below + 1).filter(isFrame)
}

/** The call and the place of a frame. */
export function parseFrame(line: string): { call: string; location?: SourceLocation } {
  const text = line.trim().slice('at '.length)
  const position = /:(\d+):(\d+)\)?$/.exec(text)
  const start = /(?: \(|^async |^)(?=file:\/\/|\/|[A-Za-z]:\\|node:)/.exec(text)
  if (position === null || start === null || text.includes('eval at ')) return { call: text }
  const file = text.slice(start.index + start[0].length, position.index)
  const location = place(file, position[1] as string, Number(position[2]))
  return location === undefined ? { call: text } : { call: text.slice(0, start.index), location }
}

/** The place that Node writes above the source line: `file:///app.js:3`, the line, and `^` below the column. */
export function locateHeading(text: string): SourceLocation | undefined {
  const lines = text.split('\n', 6)
  const match = /^(file:\/\/\S+|\/.+|[A-Za-z]:\\.+):(\d+)$/.exec(lines[0] as string)
  if (match === null) return undefined
  const caret = lines.findIndex((line) => /^\s*\^+\s*$/.test(line))
  const column = caret === -1 ? undefined : (lines[caret] as string).indexOf('^') + 1
  return place(match[1] as string, match[2] as string, column)
}

function locateReport(message: string): SourceLocation | undefined {
  const match = /^Transform failed[^\n]*\n([^\n]+?):(\d+):(\d+): ERROR: /.exec(message)
  return match === null ? undefined : place(match[1] as string, match[2] as string, Number(match[3]) + 1)
}

/** Whether a frame belongs to this package or to what loads TypeScript. */
export function isTool(line: string): boolean {
  return (
    /[\\/]node_modules[\\/](?:tsx|esbuild)[\\/]/.test(line) ||
    ownDirectories.some((directory) => line.includes(directory))
  )
}

/** Whether a file is somebody else's: below `node_modules`, or of the packages that this one came with. */
export function isLibrary(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file) || siblings.test(file)
}

// Source maps lead from the one to the other.
const ownDirectories = ['dist/', 'src/'].map((path) => fileURLToPath(new URL(path, packageRoot)))

// Where the packages of this project are linked, their files do not lie below `node_modules`.
const siblings = new RegExp(
  `^${fileURLToPath(new URL('..', packageRoot)).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}[^\\\\/]+[\\\\/](?:dist|src)[\\\\/]`,
)

function locateFrame(stack: string, message: string, foreign: boolean): SourceLocation | undefined {
  for (const line of frameLines(stack, message)) {
    if (isTool(line)) continue
    const { location } = parseFrame(line)
    if (location === undefined || location.file.startsWith('node:')) continue
    if (foreign || !isLibrary(location.file)) return location
  }
  return undefined
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line)
}

function place(file: string, line: string, column: number | undefined): SourceLocation | undefined {
  try {
    const path = file.startsWith('file:') ? fileURLToPath(file.replace(/\?.*$/, '')) : file
    return absolute.test(path) ? { file: path, line: Number(line), column } : undefined
  } catch {
    return undefined
  }
}

const absolute = /^(?:\/|[A-Za-z]:[\\/]|node:)/
