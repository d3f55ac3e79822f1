import { fileURLToPath } from 'node:url'

/** A place in a source file; line and column count from 1. */
export interface SourceLocation {
  readonly file: string
  readonly line: number
  readonly column?: number | undefined
}

/**
 * Where an error happened, from its stack or its message: the place that Node writes above a syntax error, the place in esbuild's report,
 * or else the first frame that is the application's own. `undefined` when none of these is there.
 */
export function locate(stack: string, message: string): SourceLocation | undefined {
  return locateHeading(stack) ?? locateReport(stack) ?? locateReport(message) ?? locateFrame(stack, false)
}

/** The first frame of a stack that belongs to a library. */
export function locateForeign(stack: string): SourceLocation | undefined {
  return locateFrame(stack, true)
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

function locateReport(text: string): SourceLocation | undefined {
  const match = /^(?:.*?failed[^\n]*\n)(.+?):(\d+):(\d+): ERROR: /m.exec(text)
  return match === null ? undefined : place(match[1] as string, match[2] as string, Number(match[3]) + 1)
}

/** Whether a line of a stack belongs to Node, to what loads TypeScript, or to this package. */
export function isTool(line: string): boolean {
  return (
    /[( ]node:|[\\/]node_modules[\\/](?:tsx|esbuild)[\\/]/.test(line) ||
    ownDirectories.some((directory) => line.includes(directory))
  )
}

// Source maps lead from the one to the other.
const ownDirectories = ['../../dist/', '../../src/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
)

function locateFrame(stack: string, foreign: boolean): SourceLocation | undefined {
  for (const line of stack.split('\n')) {
    if (isTool(line) || (!foreign && /[\\/]node_modules[\\/]/.test(line))) continue
    const match = /^\s+at (?:.*\()?(file:\/\/[^\s)]+|\/[^)]+|[A-Za-z]:\\[^)]+?):(\d+):(\d+)\)?$/.exec(line)
    if (match !== null) return place(match[1] as string, match[2] as string, Number(match[3]))
  }
  return undefined
}

function place(file: string, line: string, column: number | undefined): SourceLocation | undefined {
  try {
    return { file: file.startsWith('file:') ? fileURLToPath(file) : file, line: Number(line), column }
  } catch {
    return undefined
  }
}
