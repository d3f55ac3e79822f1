import { relative } from 'node:path'
import { escapeControls, escapeLines, type Palette, plain } from '../terminal/terminal.ts'
import type { FailedRequest } from './failed-request.ts'
import type { DescribedError, Failure, Frame } from './failure.ts'
import { foldFrames, formatFold } from './fold-frames.ts'
import { commonFrames } from './frames.ts'
import type { SourceLocation } from './source-location.ts'

/** So many lines are shown on each side of the one that failed; a page shows more. */
export const TEXT_CONTEXT = 3

/**
 * A failure for the terminal, and for clients that want no HTML: what happened, message, place, source lines with a marker, stack, the errors behind
 * it, the layers of the request, and what to do.
 */
export function formatFailure(
  failure: Failure,
  palette: Palette = plain,
  cwd: string = process.cwd(),
): string {
  const lines: string[] = []
  if (failure.happened !== undefined) lines.push(palette.dim(escapeControls(failure.happened)), '')
  lines.push(palette.red(palette.bold(escapeLines(failure.title))), ...formatError(failure, palette, cwd))
  let outer: DescribedError = failure
  for (const error of failure.behind) {
    const relation = error.relation === 'cause' ? 'Caused by' : 'One of its errors'
    lines.push('', `${relation}: ${escapeLines(error.title)}`, ...formatError(error, palette, cwd, outer))
    outer = error
  }
  if (failure.request !== undefined) lines.push(...formatRequestParts(failure.request, palette))
  if (failure.advice.length > 0) {
    lines.push('', ...failure.advice.map((line) => palette.yellow(escapeControls(line))))
  }
  if (failure.next !== undefined) lines.push('', palette.dim(escapeControls(failure.next)))
  return `${lines.join('\n')}\n`
}

/** `'src/app.ts:3:12'`; the path is relative where the file lies below `cwd`. */
export function formatLocation(location: SourceLocation, cwd: string = process.cwd()): string {
  const column = location.column === undefined ? '' : `:${location.column}`
  return `${shortPath(location.file, cwd)}:${location.line}${column}`
}

/** A path relative to a directory, where it lies below it. */
export function shortPath(file: string, cwd: string = process.cwd()): string {
  if (file.startsWith('node:')) return file
  const short = relative(cwd, file)
  return short === '' || short.startsWith('..') ? file : short
}

/** Code, place, properties, lines and frames of one error; the frames without those it has in common with an `outer` one. */
function formatError(error: DescribedError, palette: Palette, cwd: string, outer?: DescribedError): string[] {
  const lines: string[] = []
  if (error.location !== undefined) {
    lines.push(`  at ${palette.cyan(escapeControls(formatLocation(error.location, cwd)))}`)
  }
  if (error.code !== undefined) lines.push(palette.dim(`  code: ${escapeControls(error.code)}`))
  for (const [name, value] of error.properties) {
    lines.push(palette.dim(`  ${escapeControls(name)}: ${escapeControls(value)}`))
  }
  if (error.excerpt.length > 0) lines.push('', ...formatExcerpt(error, palette))
  const frames = formatFrames(error, palette, cwd, outer)
  return frames.length === 0 ? lines : [...lines, '', ...frames]
}

function formatFrames(
  { frames, hiddenFrames }: DescribedError,
  palette: Palette,
  cwd: string,
  outer?: DescribedError,
): string[] {
  const common = outer === undefined ? 0 : commonFrames(frames, outer.frames)
  const own = frames.slice(0, frames.length - common)
  const lines = foldFrames(own).flatMap((group) =>
    group.folded
      ? [palette.dim(`    … ${escapeControls(formatFold(group.frames))}`)]
      : group.frames.map((frame) => `    ${escapeControls(formatFrame(frame, cwd))}`),
  )
  if (common > 0) lines.push(palette.dim(`    … ${common === 1 ? '1 call' : `${common} calls`} as above`))
  if (hiddenFrames > 0) lines.push(palette.dim(`    … ${hiddenFrames} more calls`))
  return lines
}

function formatFrame({ call, location }: Frame, cwd: string): string {
  if (location === undefined) return `at ${call}`
  const place = formatLocation(location, cwd)
  return call === '' ? `at ${place}` : `at ${call} (${place})`
}

function formatExcerpt(error: DescribedError, palette: Palette): string[] {
  const width = String(error.excerpt.at(-1)?.number ?? 0).length
  const { line: failed = 0, column } = error.location ?? {}
  const near = error.excerpt.filter(({ number }) => Math.abs(number - failed) <= TEXT_CONTEXT)
  return near.flatMap((line) => {
    const number = String(line.number).padStart(width)
    const text = escapeControls(line.text.replaceAll('\t', ' '))
    if (!line.marked) return [palette.dim(`  ${number} | ${text}`)]
    const marked = `${palette.red('>')} ${number} | ${text}`
    if (column === undefined || column > line.text.length + 1) return [marked]
    return [marked, `  ${' '.repeat(width)} | ${' '.repeat(column - 1)}${palette.red('^')}`]
  })
}

/** The layers that the request passed, and the rules that matched. */
function formatRequestParts(request: FailedRequest, palette: Palette): string[] {
  const { layers, rules, params } = request
  const passed = layers.map(({ name, ms, threw }) => {
    const text = `${escapeControls(name)}${ms === undefined ? '' : ` ${ms.toFixed(1)} ms`}`
    return threw ? palette.red(`${text} (threw)`) : text
  })
  return [
    '',
    ...(passed.length > 0 ? [`Layers: ${passed.join(' > ')}`] : []),
    ...rules.map((rule) => `Matched: ${escapeControls(rule)}`),
    ...params.map(([name, value]) => `  ${escapeControls(name)}: ${escapeControls(value)}`),
    ...(request.begun ? formatRequest(request).map(palette.dim) : []),
  ]
}

/** The request itself: where there is a page, it is there. */
function formatRequest({ method, target, headers, environ }: FailedRequest): string[] {
  const lines = [...headers, ...environ].map(([name, value]) => `  ${name}: ${value}`)
  return [`Request: ${method} ${target}`, ...lines].map(escapeControls)
}
