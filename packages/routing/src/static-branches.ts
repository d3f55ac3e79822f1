/**
 * Finds which of several static texts a path goes on with, without cutting the path into segments: they are told apart by the
 * characters in which most of them differ, then the one that is left is compared as a whole.
 *
 * @module
 */
import { chooseOffset, codeAt } from './choose-offset.ts'
import type { Generated } from './generate-walk.ts'
import type { Node } from './tree.ts'

/** Either a text with what follows it, or a table that leads on by the character at an offset. */
export interface Branch {
  /** The text, which begins with a slash and holds whole segments, with the slash that must follow where no path may end; `''` in a table. */
  readonly text: string
  /** Its length, without that slash. */
  readonly length: number
  /** The text in pieces that are compared one by one: the first, and the others if there are any. */
  readonly piece: string
  readonly pieces: readonly string[] | undefined
  readonly after: After
  readonly next: Node | undefined
  readonly table: readonly (Branch | undefined)[] | undefined
  /** The code of the first character in the table. */
  readonly base: number
  readonly offset: number
  /** How much room code for the texts takes, in alternatives of patterns: one for a text at which paths end, half a one for what leads on to another place. */
  readonly size: number
  /** How often a search came by, where these are some of too many texts for one function. */
  visits: number
  /** Does then what a search does from here on. */
  generated: Generated | undefined
}

/** A text, and where it leads. */
export interface Run {
  readonly text: string
  readonly next: Node
  /** Whether a path may end behind the text, and whether one may go on. */
  readonly ends: boolean
  readonly continues: boolean
}

/** What the texts lead to; no text may begin with another one and a slash. */
export function createBranches(runs: readonly Run[]): Branch | undefined {
  const [only] = runs
  if (only === undefined) return undefined
  return runs.length === 1 ? toBranch(only) : toTable(runs)
}

/** The branch whose text stands at a position of the path, as whole segments. */
export function findBranch(branches: Branch, path: string, position: number): Branch | undefined {
  let branch = branches
  while (branch.table !== undefined) {
    const { table, base } = branch
    const index = codeAt(path, position + branch.offset) - base
    if (index < 0 || index >= table.length) return undefined
    const next = table[index]
    if (next === undefined) return undefined
    branch = next
  }
  const { after, piece, pieces } = branch
  if (after !== SLASH_COMPARED) {
    const end = position + branch.length
    if (after === END ? end !== path.length : end < path.length && path.charCodeAt(end) !== SLASH)
      return undefined
  }
  const start = position + piece.length
  if (path.slice(position, start) !== piece) return undefined
  return pieces === undefined || standAt(path, start, pieces) ? branch : undefined
}

function standAt(path: string, position: number, pieces: readonly string[]): boolean {
  let start = position
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] as string
    const end = start + piece.length
    if (path.slice(start, end) !== piece) return false
    start = end
  }
  return true
}

const SLASH = 47

/** What is still to be seen behind a text: nothing, as the slash is compared with it; the end of the path; a slash or the end. */
type After = typeof SLASH_COMPARED | typeof END | typeof EITHER
export const SLASH_COMPARED = 0
export const END = 1
const EITHER = 2

function toBranch({ text, next, ends, continues }: Run): Branch {
  const after = afterOf(ends, continues)
  const compared = after === SLASH_COMPARED ? `${text}/` : text
  const [piece, ...pieces] = cut(compared)
  return {
    ...NOTHING,
    text: compared,
    length: text.length,
    piece: piece as string,
    pieces: pieces.length === 0 ? undefined : pieces,
    after,
    next,
    size: after === END ? 1 : 0.5,
  }
}

function toTable(runs: readonly Run[]): Branch {
  const offset = chooseOffset(runs)
  const groups = new Map<number, Run[]>()
  for (const run of runs) {
    const code = codeAt(run.text, offset)
    const group = groups.get(code)
    if (group === undefined) groups.set(code, [run])
    else group.push(run)
  }
  const codes = [...groups.keys()]
  const base = codes.reduce((least, code) => Math.min(least, code))
  const last = codes.reduce((most, code) => Math.max(most, code))
  const table: (Branch | undefined)[] = new Array(last - base + 1).fill(undefined)
  for (const [code, group] of groups) table[code - base] = createBranches(group)
  const size = table.reduce((sum, inner) => sum + (inner?.size ?? 0), 0)
  return { ...NOTHING, table, base, offset, size }
}

function afterOf(ends: boolean, continues: boolean): After {
  if (!ends) return SLASH_COMPARED
  return continues ? EITHER : END
}

/**
 * V8 copies pieces of up to twelve characters, and points into the text for longer ones, which then are slow to compare: 21 characters
 * took 27 ns in two pieces, 54 ns in one, and 82 ns with `startsWith` (Node 20).
 */
const PIECE = 12

function cut(text: string): string[] {
  const pieces: string[] = []
  for (let start = 0; start < text.length; start += PIECE) pieces.push(text.slice(start, start + PIECE))
  return pieces
}

const NOTHING: Branch = {
  text: '',
  length: 0,
  piece: '',
  pieces: undefined,
  after: EITHER,
  next: undefined,
  table: undefined,
  base: 0,
  offset: 0,
  size: 0,
  visits: 0,
  generated: undefined,
}
