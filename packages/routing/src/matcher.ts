import { allowedMethods, MethodTable } from './method-table.ts'
import type { Alternative, Pattern } from './pattern.ts'
import { Candidate, type Rule } from './rule.ts'
import { Search } from './search.ts'
import { createTree, type Leaf, type Tree } from './tree.ts'

/** Why no rule answers. */
export interface Refusal {
  /** 204 for OPTIONS on something that is there, 400 for a path that cannot be decoded. */
  readonly status: 204 | 400 | 404 | 405
  /** The methods that rules with this path answer, sorted; empty for 400 and 404. */
  readonly allow: readonly string[]
}

const LENGTHS = 256

/**
 * Holds rules and finds the one for a path. Paths without parameters are looked up, the others walk a tree, which is built when the first of
 * them is asked for after rules were added.
 */
export class Matcher {
  /** What the last rule that was found captured; `undefined` when it has no parameters. */
  params: Record<string, unknown> | undefined
  /** Where the path of the last mount that was found ends. */
  mountEnd = 0

  readonly #leaves: Map<string, Leaf> = new Map()
  readonly #paths: Map<string, MethodTable> = new Map()
  // Whether a looked-up path has this length; the last counts for all that are longer. Spares most other paths the look-up.
  readonly #lengths: Uint8Array = new Uint8Array(LENGTHS)
  #tree: Tree | undefined
  #idle: Search | undefined
  #refused: Search | undefined

  /** Adds a rule; throws a TypeError when it cannot be told from another, and then nothing is added. */
  add(pattern: Pattern, rule: Rule): void {
    const keys = pattern.alternatives.map((alternative) => keyOf(alternative, rule))
    if (new Set(keys).size < keys.length) {
      throw new TypeError(
        `Two ways to fill the optional groups of ${pattern.source} match the same paths; put one group inside the other.`,
      )
    }
    const candidates = pattern.alternatives.map(({ captures }) => new Candidate(rule, captures))
    candidates.forEach((candidate, i) => {
      this.#leaves.get(keys[i] as string)?.table.check(candidate)
    })
    candidates.forEach((candidate, i) => {
      this.#table(keys[i] as string, pattern.alternatives[i] as Alternative, rule.mounted).add(candidate)
    })
    this.#tree = undefined
    this.#idle = undefined
  }

  /**
   * The rule for a path in normal form and a method; what it captured is in `params` and `mountEnd` until the next call.
   *
   * Throws a BadRequest when a parameter is no valid percent-encoding of UTF-8.
   */
  find(path: string, method: string): Rule | undefined {
    // Nothing is more specific than a path that is static from end to end.
    const lookup = this.#lengths[path.length < LENGTHS ? path.length : LENGTHS - 1] === 1
    const table = lookup ? this.#paths.get(path) : undefined
    const fixed = table?.pick(method)
    if (fixed !== undefined) {
      this.params = undefined
      return fixed.rule
    }
    // A converter may ask the same router, so a search is taken away while it runs.
    const search = this.#idle ?? this.#createSearch()
    this.#idle = undefined
    const found = search.find(path, method)
    if (search.tree === this.#tree) this.#idle = search
    if (found === undefined) {
      if (table !== undefined) search.miss(table)
      this.#refused = search
      return undefined
    }
    this.params = found.size === 0 ? undefined : search.params(found)
    this.mountEnd = search.mountEnd
    return found.rule
  }

  /** Why the last call of `find`, for this path, gave nothing. */
  refusal(path: string, method: string): Refusal {
    const { missed = [] } = this.#refused ?? {}
    if (missed.length > 0) return { status: method === 'OPTIONS' ? 204 : 405, allow: allowedMethods(missed) }
    return { status: isDecodable(path) ? 404 : 400, allow: [] }
  }

  #table(key: string, alternative: Alternative, mounted: boolean): MethodTable {
    let leaf = this.#leaves.get(key)
    if (leaf === undefined) {
      leaf = { alternative, table: new MethodTable(), mounted }
      this.#leaves.set(key, leaf)
      if (isLookup(leaf)) this.#addPath(alternative.shape, leaf.table)
    }
    return leaf.table
  }

  #addPath(path: string, table: MethodTable): void {
    this.#paths.set(path, table)
    this.#lengths[Math.min(path.length, LENGTHS - 1)] = 1
  }

  #createSearch(): Search {
    this.#tree ??= createTree([...this.#leaves.values()].filter((leaf) => !isLookup(leaf)))
    return new Search(this.#tree)
  }
}

function keyOf(alternative: Alternative, rule: Rule): string {
  return rule.mounted ? `${alternative.shape}{mount}` : alternative.shape
}

function isLookup({ alternative, mounted }: Leaf): boolean {
  return !mounted && alternative.segments.every(({ kind }) => kind === 'static')
}

function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
