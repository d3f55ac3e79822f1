import { allowedMethods, MethodTable } from './method-table.ts'
import type { Alternative, Pattern } from './pattern.ts'
import type { Rule } from './rule.ts'
import { Search } from './search.ts'
import { createTree, type Leaf, type Tree } from './tree.ts'

/** Why no rule answers. */
export interface Refusal {
  /** 204 for OPTIONS on something that is there, 400 for a parameter that cannot be decoded. */
  readonly status: 204 | 400 | 404 | 405
  /** The methods that rules with this path answer, sorted; empty for 400 and 404. */
  readonly allow: readonly string[]
}

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
  #tree: Tree | undefined
  #idle: Search | undefined
  #refused: Search | undefined

  /** Adds a rule; throws a TypeError when it cannot be told from another, and then nothing is added. */
  add(pattern: Pattern, rule: Rule): void {
    const added = new Map<string, Alternative>()
    for (const alternative of pattern.alternatives) {
      const key = keyOf(alternative, rule)
      const candidate = { rule, names: alternative.names }
      this.#leaves.get(key)?.table.check(candidate)
      const twin = added.get(key)
      if (twin !== undefined) {
        const table = new MethodTable()
        table.add({ rule, names: twin.names })
        table.check(candidate)
      }
      added.set(key, alternative)
    }
    for (const [key, alternative] of added) this.#addAlternative(key, alternative, rule)
    this.#tree = undefined
    this.#idle = undefined
  }

  #addAlternative(key: string, alternative: Alternative, rule: Rule): void {
    let leaf = this.#leaves.get(key)
    if (leaf === undefined) {
      leaf = { alternative, table: new MethodTable(), mounted: rule.mounted }
      this.#leaves.set(key, leaf)
      if (isLookup(leaf)) this.#paths.set(alternative.shape, leaf.table)
    }
    leaf.table.add({ rule, names: alternative.names })
  }

  /**
   * The rule for a path in normal form and a method; what it captured is in `params` and `mountEnd` until the next call.
   *
   * Throws a BadRequest when a parameter is no valid percent-encoding of UTF-8.
   */
  find(path: string, method: string): Rule | undefined {
    // Nothing is more specific than a path that is static from end to end.
    const table = this.#paths.get(path)
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
    this.params = found.names.length === 0 ? undefined : search.params(found)
    this.mountEnd = search.mountEnd
    return found.rule
  }

  /** Why the last call of `find` gave nothing. */
  refusal(method: string): Refusal {
    const { missed = [], malformed = false } = this.#refused ?? {}
    if (missed.length > 0) return { status: method === 'OPTIONS' ? 204 : 405, allow: allowedMethods(missed) }
    return { status: malformed ? 400 : 404, allow: [] }
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
