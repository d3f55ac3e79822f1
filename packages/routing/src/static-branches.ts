/**
 * Finds which of several static texts a path goes on with, without cutting the path into pieces: texts that share a beginning are told
 * apart by the first character in which they differ, then the one that is left is compared as a whole.
 *
 * @module
 */
import type { Node } from './tree.ts'

/** Either a text with what follows it, or a table that leads on by one character. */
export interface Branch {
  /** Begins with a slash, holds whole segments. `''` in a table. */
  readonly text: string
  readonly next: Node | undefined
  /** Where the character stands, from the beginning of the text. */
  readonly offset: number
  /** The code of the table's first character. */
  readonly base: number
  readonly table: readonly (Branch | undefined)[] | undefined
}

/** What the texts lead to; no text may begin with another one and a slash. */
export function createBranches(runs: readonly { text: string; next: Node }[]): Branch | undefined {
  const [only] = runs
  if (only === undefined) return undefined
  if (runs.length === 1) return { text: only.text, next: only.next, offset: 0, base: 0, table: undefined }
  const offset = firstDifference(runs.map(({ text }) => text))
  const groups = new Map<number, { text: string; next: Node }[]>()
  for (const run of runs) {
    const code = codeAt(run.text, offset)
    const group = groups.get(code)
    if (group === undefined) groups.set(code, [run])
    else group.push(run)
  }
  const base = Math.min(...groups.keys())
  const table = Array.from({ length: Math.max(...groups.keys()) - base + 1 }, (_, index) =>
    createBranches(groups.get(base + index) ?? []),
  )
  return { text: '', next: undefined, offset, base, table }
}

/** The branch whose text stands at a position of the path, as whole segments. */
export function findBranch(branches: Branch, path: string, position: number): Branch | undefined {
  let branch = branches
  while (branch.table !== undefined) {
    const index = codeAt(path, position + branch.offset) - branch.base
    if (index < 0 || index >= branch.table.length) return undefined
    const next = branch.table[index]
    if (next === undefined) return undefined
    branch = next
  }
  const { text } = branch
  const end = position + text.length
  if (end < path.length ? path.charCodeAt(end) !== SLASH : end > path.length) return undefined
  return path.startsWith(text, position) ? branch : undefined
}

const SLASH = 47

/** The end of a path ends a segment as a slash does. */
function codeAt(text: string, index: number): number {
  return index < text.length ? text.charCodeAt(index) : SLASH
}

function firstDifference(texts: readonly string[]): number {
  const [first = ''] = texts
  let offset = 1
  while (texts.every((text) => codeAt(text, offset) === codeAt(first, offset))) offset++
  return offset
}
