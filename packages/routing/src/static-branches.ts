/**
 * Finds which of several static texts a path goes on with, without cutting the path into segments: they are told apart by the
 * characters in which most of them differ, one by one or, where there are many texts, four at once; then the one that is left is compared as a whole.
 *
 * @module
 */
import { chooseOffsets, keyAt, keyOf, roomFor } from './character-key.ts'
import { chooseOffset, codeAt } from './choose-offset.ts'
import { FUNCTION_SIZE_LIMIT } from './generated-limits.ts'
import type { Node } from './tree.ts'

/** Either a text with what follows it, or a table that leads on by one character, or by the key of four. */
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
  /** Whether the table or any within it leads on by keys, of which no code is generated. */
  readonly isKeyed: boolean
  /** The code of the first character in the table; `BY_KEY` where it leads on by keys. */
  readonly base: number
  /** Where the characters stand, from the beginning of the text. */
  readonly offset: number
  readonly second: number
  readonly third: number
  readonly fourth: number
  /** The length of the shortest text in a table by keys, which is beyond all of the places. */
  readonly shortest: number
}

/** No code of a character. */
export const BY_KEY = -1

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
  if (runs.length === 1) return toBranch(only)
  return (runs.length > FUNCTION_SIZE_LIMIT ? branchByKey(runs) : undefined) ?? branchByCharacter(runs)
}

/** The branch whose text stands at a position of the path, as whole segments. */
export function findBranch(branches: Branch, path: string, position: number): Branch | undefined {
  let branch = branches
  while (branch.table !== undefined) {
    const { table, base } = branch
    let index: number
    if (base === BY_KEY) {
      if (path.length - position < branch.shortest) return undefined
      index =
        keyOf(
          path.charCodeAt(position + branch.offset),
          path.charCodeAt(position + branch.second),
          path.charCodeAt(position + branch.third),
          path.charCodeAt(position + branch.fourth),
        ) &
        (table.length - 1)
    } else {
      index = codeAt(path, position + branch.offset) - base
      if (index < 0 || index >= table.length) return undefined
    }
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
  }
}

function branchByCharacter(runs: readonly Run[]): Branch {
  const offset = chooseOffset(runs)
  const groups = groupBy(runs, ({ text }) => codeAt(text, offset))
  const codes = [...groups.keys()]
  const base = codes.reduce((least, code) => Math.min(least, code))
  const last = codes.reduce((most, code) => Math.max(most, code))
  const table = tableOf(groups, last - base + 1, base)
  return { ...NOTHING, isKeyed: table.some((branch) => branch?.isKeyed), offset, base, table }
}

/** `undefined` where the keys tell no two texts apart. */
function branchByKey(runs: readonly Run[]): Branch | undefined {
  const texts = runs.map(({ text }) => text)
  const shortest = texts.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY)
  // The first character is a slash in all.
  if (shortest < 2) return undefined
  const offsets = chooseOffsets(texts, 1, shortest)
  const size = roomFor(runs.length)
  const groups = groupBy(runs, ({ text }) => keyAt(text, offsets) & (size - 1))
  if (groups.size === 1) return undefined
  const [offset, second, third, fourth] = offsets
  return {
    ...NOTHING,
    isKeyed: true,
    offset,
    second,
    third,
    fourth,
    shortest,
    base: BY_KEY,
    table: tableOf(groups, size, 0),
  }
}

function groupBy(runs: readonly Run[], keyOfRun: (run: Run) => number): ReadonlyMap<number, readonly Run[]> {
  const groups = new Map<number, Run[]>()
  for (const run of runs) {
    const key = keyOfRun(run)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [run])
    else group.push(run)
  }
  return groups
}

function tableOf(
  groups: ReadonlyMap<number, readonly Run[]>,
  size: number,
  base: number,
): (Branch | undefined)[] {
  const table: (Branch | undefined)[] = new Array(size).fill(undefined)
  for (const [key, group] of groups) table[key - base] = createBranches(group)
  return table
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
  isKeyed: false,
  base: 0,
  offset: 0,
  second: 0,
  third: 0,
  fourth: 0,
  shortest: 0,
}
