import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { locateHeading, type SourceLocation } from './source-location.ts'

/** So many of the loaded files are checked for the syntax error, the last saved first. */
export const CHECK_LIMIT = 8
/** So long may the check of one file take, in milliseconds. */
export const CHECK_TIMEOUT_MS = 5000

/**
 * Where an error is whose stack does not say it: an import that finds nothing, or a syntax error in an ECMAScript module, whose place Node
 * tells only when it prints the error and ends. Such a file is found by `node --check`.
 */
export function searchLocation(error: unknown, loaded: Iterable<string>): SourceLocation | undefined {
  if (!(error instanceof Error)) return undefined
  try {
    if (error instanceof SyntaxError) return locateImport(error) ?? locateSyntaxError(loaded)
    return locateImport(error) ?? locateJsonImport(error, loaded)
  } catch {
    return undefined
  }
}

/** The file whose import or `require` failed. */
export function importingFile(error: Error & { requireStack?: unknown }): string | undefined {
  const parent =
    / imported from ([^\n]+)$/m.exec(error.message)?.[1] ??
    (Array.isArray(error.requireStack) ? String(error.requireStack[0]) : undefined)
  if (parent === undefined) return locateHeading(error.stack ?? '')?.file
  return parent.startsWith('file:') ? fileURLToPath(parent) : parent
}

/** The line that imports what was not found. */
function locateImport(error: Error): SourceLocation | undefined {
  const match = /^(?:Cannot find (?:module|package)|Directory import) '([^']+)'/.exec(error.message)
  const file = importingFile(error)
  if (match === null || file === undefined) return undefined
  return locateName(file, basename(match[1] as string)) ?? { file, line: 1 }
}

/** The line that imports JSON without saying so, for which Node does not tell the file. */
function locateJsonImport(error: Error, loaded: Iterable<string>): SourceLocation | undefined {
  const name = /^Module "[^"]*?([^"/]+)" needs an import (?:attribute|assertion)/.exec(error.message)?.[1]
  if (name === undefined) return undefined
  for (const file of lastSaved(loaded, /^\.[cm]?[jt]sx?$/)) {
    const location = locateName(file, name)
    if (location !== undefined) return location
  }
  return undefined
}

/** The first line with a name and a quote. */
function locateName(file: string, name: string): SourceLocation | undefined {
  const lines = readFileSync(file, 'utf8').split(/\r\n?|\n/)
  const index = lines.findIndex((line) => line.includes(name) && /['"`]/.test(line))
  if (index === -1) return undefined
  return { file, line: index + 1, column: (lines[index] as string).search(/['"`]/) + 1 }
}

function locateSyntaxError(loaded: Iterable<string>): SourceLocation | undefined {
  for (const file of lastSaved(loaded, /^\.[cm]?js$/)) {
    const report = checkSyntax(file)
    const location = report === undefined ? undefined : locateHeading(report.trimStart())
    if (location !== undefined) return location
  }
  return undefined
}

/** The files of these kinds that were saved last. */
function lastSaved(files: Iterable<string>, extension: RegExp): string[] {
  return [...files]
    .filter((file) => extension.test(extname(file)))
    .map((file) => ({ file, saved: statSync(file).mtimeMs }))
    .sort((a, b) => b.saved - a.saved)
    .slice(0, CHECK_LIMIT)
    .map(({ file }) => file)
}

/** What Node prints about a file with a syntax error. */
function checkSyntax(file: string): string | undefined {
  try {
    execFileSync(process.execPath, ['--check', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      timeout: CHECK_TIMEOUT_MS,
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    return undefined
  } catch (error) {
    const { stderr } = error as { stderr?: unknown }
    return typeof stderr === 'string' ? stderr : undefined
  }
}
