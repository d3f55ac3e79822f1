import { isDecodable } from './capture.ts'
import { Found } from './found.ts'
import { allowedMethods, MethodTable } from './method-table.ts'
import { PathTable } from './path-table.ts'
import type { Alternative, Pattern } from './pattern.ts'
import { Candidate, type Rule } from './rule.ts'
import { Search } from './search.ts'
import { Tree } from './tree.ts'
import type { Leaf } from './tree-draft.ts'

/** Why no rule answers. */
export interface Refusal {
  /** 204 for OPTIONS on something that is there, 400 for a path that cannot be decoded. */
  readonly status: 204 | 400 | 404 | 405
  /** The methods that rules with this path answer, sorted; empty for 400 and 404. */
  readonly allow: readonly string[]
}

/**
 * Holds rules and finds the one for a path. Paths without parameters are looked up, the others walk a tree, which is built when the first of
 * them is asked for after rules were added.
 */
export class Matcher {
  /** Those that are looked up, by their path. */
  readonly #paths: PathTable<MethodTable> = new PathTable()
  /** The others by their shape. */
  readonly #leaves: Map<string, Leaf> = new Map()
  #tree: Tree | undefined
  #idle: Search | undefined
  /** What the last call of `find` that gave nothing was asked, and the rules whose path matched. */
  #miss: Miss | undefined

  /** Throws a TypeError for a rule that cannot be told from another. */
  check({ alternatives, source }: Pattern, rule: Rule): void {
    if (
      alternatives.length > 1 &&
      new Set(alternatives.map(({ shape }) => shape)).size < alternatives.length
    ) {
      throw new TypeError(
        `Two ways to fill the optional groups of ${source} match the same paths; put one group inside the other.`,
      )
    }
    for (const alternative of alternatives) this.#tableOf(alternative, rule)?.check(rule)
  }

  /** Adds a rule that was checked. */
  add({ alternatives }: Pattern, rule: Rule): void {
    for (const alternative of alternatives) {
      const table = this.#tableOf(alternative, rule) ?? this.#createTable(alternative, rule)
      table.add(new Candidate(rule, alternative.captures))
    }
    this.#tree = undefined
    this.#idle = undefined
    this.#miss = undefined
  }

  /**
   * The rule for a path in normal form and a method, with what it captured.
   *
   * Throws a BadRequest when a parameter is no valid percent-encoding of UTF-8.
   */
  find(path: string, method: string): Found | undefined {
    // Nothing is more specific than a path that is static from end to end.
    const table = this.#paths.get(path)
    if (table !== undefined) {
      if (method === 'GET' && table.found !== undefined) return table.found
      const fixed = table.pick(method)
      if (fixed !== undefined) return this.#foundAt(table, fixed, method, path)
    }
    const search = this.#idle ?? this.#createSearch()
    const found = search.tree.converts ? this.#findTaken(search, path, method) : search.find(path, method)
    if (found === undefined) this.#miss = { path, method, missed: search.missed }
    return found
  }

  /** Why `find` gives nothing for a path and a method. */
  refusal(path: string, method: string): Refusal {
    // Nearly always that of the last call; a converter of a host may have asked this router for another path since.
    if (this.#miss?.path !== path || this.#miss.method !== method) {
      this.#miss = undefined
      this.find(path, method)
    }
    const missed = this.#missed()
    const table = this.#paths.get(path)
    const matching = table === undefined ? missed : [table, ...missed]
    if (matching.length > 0)
      return { status: method === 'OPTIONS' ? 204 : 405, allow: allowedMethods(matching) }
    return { status: isDecodable(path) ? 404 : 400, allow: [] }
  }

  #missed(): readonly MethodTable[] {
    return this.#miss?.missed ?? []
  }

  #tableOf(alternative: Alternative, rule: Rule): MethodTable | undefined {
    if (isLookup(alternative, rule)) return this.#paths.get(alternative.shape)
    return this.#leaves.get(keyOf(alternative, rule))?.table
  }

  #createTable(alternative: Alternative, rule: Rule): MethodTable {
    const table = new MethodTable()
    if (isLookup(alternative, rule)) this.#paths.set(alternative.shape, table)
    else this.#leaves.set(keyOf(alternative, rule), { alternative, table, mounted: rule.mounted })
    return table
  }

  /** What is found each time, because the path is one and the same. */
  #foundAt(table: MethodTable, candidate: Candidate, method: string, path: string): Found {
    candidate.found ??= Object.freeze(new Found(candidate.rule, candidate.fixedParams, '', path))
    if (method === 'GET') table.found = candidate.found
    return candidate.found
  }

  /** A converter may ask the same router, so a search that may ask one is taken away while it runs. */
  #findTaken(search: Search, path: string, method: string): Found | undefined {
    this.#idle = undefined
    const found = search.find(path, method)
    if (search.tree === this.#tree) this.#idle = search
    return found
  }

  #createSearch(): Search {
    this.#tree ??= new Tree(this.#leaves.values())
    this.#idle = new Search(this.#tree)
    return this.#idle
  }
}

interface Miss {
  readonly path: string
  readonly method: string
  readonly missed: readonly MethodTable[] | undefined
}

function keyOf(alternative: Alternative, rule: Rule): string {
  return rule.mounted ? `${alternative.shape}{mount}` : alternative.shape
}

function isLookup({ captures }: Alternative, { mounted }: Rule): boolean {
  return !mounted && captures.length === 0
}
