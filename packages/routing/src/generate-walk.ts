/**
 * Turns a place of the tree and what follows into a function, which calls those of the places that it has no room for: what the search finds by going from node to node stands there as code, texts and
 * positions as constants, values in variables. Measured, a path with a parameter takes 0.6 of the time.
 *
 * The threat: texts of patterns that end a literal and go on as code. Texts and names come into the source through JSON.stringify alone, everything else
 * there is written by this package or is a number; no text of a request comes into it. What is generated is bounded: see `generated-limits.ts`. Where the host forbids it
 * (a Content-Security-Policy without `unsafe-eval`, Workers), the tree is searched, with the same answers.
 *
 * @module
 */
import { decode, decodeList, tryDecode } from './capture.ts'
import { Found } from './found.ts'
import { generateFunction, mayGenerate } from './generate-function.ts'
import { FUNCTION_SOURCE_LIMIT, KEPT_SOURCE_LIMIT } from './generated-limits.ts'
import { scanSegment } from './scan-segment.ts'
import type { Search } from './search.ts'
import type { Tree } from './tree.ts'
import { walkBranch, walkFrom } from './walk-branches.ts'
import { WalkSource } from './walk-source.ts'

/** Does what a search does from a place on, where the path goes on. The same function serves all places whose source is the same. */
export type GeneratedWalk = (
  path: string,
  position: number,
  method: string,
  search: Search,
  constants: readonly unknown[],
) => Found | undefined

/** A function, and what it needs of the place. */
export interface Generated {
  readonly walk: GeneratedWalk
  readonly constants: readonly unknown[]
  /** How many characters of source are new. */
  readonly added: number
}

/** Generates the function that is written for a tree; `undefined` where it would be longer than the budget, or is forbidden. */
export function generateWalk(
  tree: Tree,
  write: (source: WalkSource) => string | undefined,
  budget: number,
): Generated | undefined {
  if (!mayGenerate()) return undefined
  const source = new WalkSource(tree, FUNCTION_SOURCE_LIMIT)
  const code = write(source)
  if (code === undefined) return undefined
  const { constants } = source
  const known = kept.get(code)
  if (known !== undefined) return { walk: known, constants, added: 0 }
  if (code.length > budget) return undefined
  const walk = compile(code)
  return walk && { walk, constants, added: code.length }
}

/** By source: resources that have the same rules below them differ in the constants alone. */
const kept: Map<string, GeneratedWalk> = new Map()
let keptSize = 0

function compile(code: string): GeneratedWalk | undefined {
  const walk = generateFunction(code, helpers) as GeneratedWalk | undefined
  if (walk === undefined) return undefined
  keptSize += code.length
  if (keptSize > KEPT_SOURCE_LIMIT) {
    kept.clear()
    keptSize = code.length
  }
  kept.set(code, walk)
  return walk
}

const helpers: Readonly<Record<string, unknown>> = {
  Found,
  decode,
  decodeList,
  scanSegment,
  tryDecode,
  walkBranch,
  walkFrom,
}
