import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isTool, locate, locateForeign, type SourceLocation } from './source-location.ts'

/** Why an application cannot answer, as plain data: it travels between processes and is shown in the terminal and as a page. */
export interface Failure {
  /** `'target'`: the command line names what is not there, which one sentence says; `'error'`: the application threw or ended. */
  readonly kind: 'target' | 'error'
  /** `'TypeError: x is not a function'`. */
  readonly title: string
  /** The error's `code`, where it has one. */
  readonly code?: string | undefined
  readonly location?: SourceLocation | undefined
  /** The source lines around the location. */
  readonly excerpt: readonly ExcerptLine[]
  /** Where it was thrown, one frame an item, without those of Node itself. */
  readonly stack: readonly string[]
  /** The titles of the errors behind it. */
  readonly causes: readonly string[]
}

export interface ExcerptLine {
  readonly number: number
  readonly text: string
  /** Whether it is the line of the failure. */
  readonly marked: boolean
}

/** So many lines are shown on each side of the one that failed. */
export const EXCERPT_CONTEXT = 3
/** A source file larger than this, in bytes, is not read: 4 MiB. */
export const EXCERPT_FILE_LIMIT = 4_194_304
/** Longer lines, as in minified files, are cut; in characters. */
export const EXCERPT_LINE_LIMIT = 200
/** Longer messages are cut; in characters. */
export const MESSAGE_LIMIT = 4000
const STACK_LIMIT = 20
const CAUSE_LIMIT = 8

/** Describes anything that was thrown; never throws itself. `search` is asked where it happened when the error does not say. */
export function describeFailure(error: unknown, search?: () => SourceLocation | undefined): Failure {
  const stack = textOf(error, 'stack')
  const message = titleOf(error)
  const where = locate(stack, textOf(error, 'message')) ?? search?.() ?? locateForeign(stack)
  return {
    kind: 'error',
    title: message,
    code: codeOf(error),
    location: where,
    excerpt: where === undefined ? [] : excerptOf(where),
    stack: framesOf(stack),
    causes: causesOf(error),
  }
}

/** A failure that one sentence explains. */
export function plainFailure(kind: Failure['kind'], title: string): Failure {
  return { kind, title, excerpt: [], stack: [], causes: [] }
}

/** The lines around a location; none when the file cannot be read. */
export function excerptOf(location: SourceLocation): ExcerptLine[] {
  let source: string
  try {
    if (statSync(location.file).size > EXCERPT_FILE_LIMIT) return []
    source = readFileSync(location.file, 'utf8')
  } catch {
    return []
  }
  const lines = source.replace(/(?:\r\n?|\n)$/, '').split(/\r\n?|\n/)
  if (location.line > lines.length) return []
  const first = Math.max(1, location.line - EXCERPT_CONTEXT)
  return lines.slice(first - 1, location.line + EXCERPT_CONTEXT).map((text, index) => ({
    number: first + index,
    text: text.length > EXCERPT_LINE_LIMIT ? `${text.slice(0, EXCERPT_LINE_LIMIT)}…` : text,
    marked: first + index === location.line,
  }))
}

function titleOf(error: unknown): string {
  const message = textOf(error, 'message')
  let title: string
  if (error instanceof Error) {
    const name = textOf(error, 'name') || 'Error'
    // What esbuild reports is a syntax error with its place in the message.
    const reported = /^Transform failed[^\n]*\n[^\n]*?: ERROR: ([^\n]*)/.exec(message)
    if (reported !== null) title = `SyntaxError: ${reported[1]}`
    else title = message === '' ? name : `${name}: ${message}`
  } else {
    title = `${describeValue(error)} was thrown`
  }
  return title.length > MESSAGE_LIMIT ? `${title.slice(0, MESSAGE_LIMIT)}…` : title
}

function describeValue(value: unknown): string {
  try {
    if (typeof value === 'string') return JSON.stringify(value)
    if (typeof value === 'object' && value !== null)
      return `an object ${JSON.stringify(value) ?? ''}`.trimEnd()
    return String(value)
  } catch {
    return 'a value that cannot be shown'
  }
}

function textOf(error: unknown, key: 'stack' | 'message' | 'name'): string {
  try {
    const value = (error as Record<string, unknown> | null | undefined)?.[key]
    return typeof value === 'string' ? value : ''
  } catch {
    return ''
  }
}

function codeOf(error: unknown): string | undefined {
  try {
    const { code } = error as { code?: unknown }
    return typeof code === 'string' ? code : undefined
  } catch {
    return undefined
  }
}

function causesOf(error: unknown): string[] {
  const causes: string[] = []
  const seen = new Set<unknown>([error])
  let current = causeOf(error)
  while (current !== undefined && !seen.has(current) && causes.length < CAUSE_LIMIT) {
    seen.add(current)
    causes.push(titleOf(current))
    current = causeOf(current)
  }
  return causes
}

function causeOf(error: unknown): unknown {
  try {
    return error instanceof Error ? error.cause : undefined
  } catch {
    return undefined
  }
}

function framesOf(stack: string): string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !isTool(line))
    .slice(0, STACK_LIMIT)
    .map((line) => line.trim().replace(/file:\/\/[^\s)]+/, plainPath))
}

/** `file:///app.js:3:5` as `/app.js:3:5`. */
function plainPath(text: string): string {
  const position = /(?::\d+)*$/.exec(text)?.[0] ?? ''
  try {
    return fileURLToPath(text.slice(0, text.length - position.length)) + position
  } catch {
    return text
  }
}
