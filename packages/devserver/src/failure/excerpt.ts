import { readFileSync, statSync } from 'node:fs'
import type { SourceLocation } from './source-location.ts'

export interface ExcerptLine {
  readonly number: number
  readonly text: string
  /** Whether it is the line of the failure. */
  readonly marked: boolean
}

/** So many lines are shown on each side of the one that failed. */
export const EXCERPT_CONTEXT = 5
/** A source file larger than this, in bytes, is not read: 4 MiB. */
export const EXCERPT_FILE_LIMIT = 4_194_304
/** Longer lines, as in minified files, are cut; in characters. */
export const EXCERPT_LINE_LIMIT = 200

/** The lines around a location; none when the file cannot be read, or is no source file. */
export function excerptOf(location: SourceLocation): ExcerptLine[] {
  const lines = linesOf(location.file)
  // What is missing at the end of a file is missed on the line after its last.
  if (lines.length > 0 && location.line === lines.length + 1) lines.push('')
  if (location.line > lines.length) return []
  const first = Math.max(1, location.line - EXCERPT_CONTEXT)
  return lines.slice(first - 1, location.line + EXCERPT_CONTEXT).map((text, index) => ({
    number: first + index,
    text: text.length > EXCERPT_LINE_LIMIT ? `${text.slice(0, EXCERPT_LINE_LIMIT)}…` : text,
    marked: first + index === location.line,
  }))
}

/** The lines of a source file; none where it cannot be read. A place comes from a text, which may name any file: only code is shown. */
export function linesOf(file: string): string[] {
  if (!sourceName.test(file)) return []
  try {
    const stats = statSync(file)
    if (!stats.isFile() || stats.size > EXCERPT_FILE_LIMIT) return []
    return readFileSync(file, 'utf8')
      .replace(/(?:\r\n?|\n)$/, '')
      .split(/\r\n?|\n/)
  } catch {
    return []
  }
}

const sourceName = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|coffee|civet|mdx|json)$/i
