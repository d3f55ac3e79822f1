import { relative } from 'node:path'
import { escapeControls, escapeLines, type Palette, plain } from '../terminal/terminal.ts'
import type { Failure } from './failure.ts'
import type { SourceLocation } from './source-location.ts'

/** A failure for the terminal, and for clients that want no HTML: message, place, source lines with a marker, stack and causes. */
export function formatFailure(
  failure: Failure,
  palette: Palette = plain,
  cwd: string = process.cwd(),
): string {
  const lines = [palette.red(palette.bold(escapeLines(failure.title)))]
  if (failure.location !== undefined) {
    lines.push(`  at ${palette.cyan(escapeControls(formatLocation(failure.location, cwd)))}`)
  }
  if (failure.excerpt.length > 0) lines.push('', ...formatExcerpt(failure, palette))
  if (failure.stack.length > 0) {
    lines.push('', ...failure.stack.map((frame) => palette.dim(`    ${escapeControls(frame)}`)))
  }
  for (const cause of failure.causes) lines.push('', `Caused by: ${escapeLines(cause)}`)
  return `${lines.join('\n')}\n`
}

/** `'src/app.ts:3:12'`; the path is relative where the file lies below `cwd`. */
export function formatLocation(location: SourceLocation, cwd: string = process.cwd()): string {
  const column = location.column === undefined ? '' : `:${location.column}`
  return `${shortPath(location.file, cwd)}:${location.line}${column}`
}

/** A path relative to a directory, where it lies below it. */
export function shortPath(file: string, cwd: string = process.cwd()): string {
  const short = relative(cwd, file)
  return short === '' || short.startsWith('..') ? file : short
}

function formatExcerpt(failure: Failure, palette: Palette): string[] {
  const width = String(failure.excerpt.at(-1)?.number ?? 0).length
  const column = failure.location?.column
  return failure.excerpt.flatMap((line) => {
    const number = String(line.number).padStart(width)
    const text = escapeControls(line.text.replaceAll('\t', ' '))
    if (!line.marked) return [palette.dim(`  ${number} | ${text}`)]
    const marked = `${palette.red('>')} ${number} | ${text}`
    if (column === undefined || column > line.text.length + 1) return [marked]
    return [marked, `  ${' '.repeat(width)} | ${' '.repeat(column - 1)}${palette.red('^')}`]
  })
}
