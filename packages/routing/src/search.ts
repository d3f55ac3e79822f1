/**
 * Walks a path through the tree of rules, segment by segment, the more specific way first, and back where a way ends.
 *
 * The threat: paths made so that ways are tried again and again. A node that no wildcard leads to is visited at most once, a node below a
 * wildcard at most once for each segment, since a wildcard below another one remembers from where on it has failed: the time is linear in the length of
 * the path. What a converter does with a segment is its own affair.
 *
 * @module
 */
import { tryDecode } from './capture.ts'
import { splitConverted } from './converted-segment.ts'
import { Found } from './found.ts'
import type { GeneratedWalk } from './generate-walk.ts'
import { GENERATE_AFTER } from './generated-limits.ts'
import type { MethodTable } from './method-table.ts'
import { matchMixed } from './mixed-segment.ts'
import type { Parameter } from './pattern-tokens.ts'
import type { Candidate } from './rule.ts'
import { findBranch } from './static-branches.ts'
import {
  BRANCHES,
  type ConvertedEdge,
  type MixedEdge,
  type Node,
  PLAIN,
  REST,
  type Tree,
  type WildcardEdge,
} from './tree.ts'

/** The state of one match; it may be used again when the match is over. */
export class Search {
  /** The rules whose path matched and whose methods did not. */
  missed: MethodTable[] | undefined

  readonly tree: Tree
  readonly #root: Node
  /** What was generated for the root. */
  #generated: GeneratedWalk | undefined
  #constants: readonly unknown[] = []
  /** Whether a match left something that the next one must not find. */
  #isUsed = false
  /** What the tree is searched for. */
  method = ''
  /** Where each value begins and ends in the path, in its order. */
  readonly spans: number[]
  /** The values that converters gave. */
  readonly values: unknown[]
  /** For each nested wildcard, the first position from which on it is known to fail. */
  readonly #failedFrom: number[] = []

  constructor(tree: Tree) {
    this.tree = tree
    this.#root = tree.root
    this.spans = new Array(tree.size * 2).fill(0)
    this.values = new Array(tree.size).fill(undefined)
  }

  /**
   * The rule that answers, with what it captured.
   *
   * Throws a BadRequest when a value is no valid percent-encoding of UTF-8.
   */
  find(path: string, method: string): Found | undefined {
    if (this.#isUsed) this.#forget()
    const generated = this.#generated
    // Anything else is no path (clause 2), and its first character would be taken for a slash.
    if (generated !== undefined && path.length > 0 && path.charCodeAt(0) === SLASH) {
      return generated(path, 0, method, this, this.#constants)
    }
    if (path !== '' && path.charCodeAt(0) !== SLASH) return undefined
    if (this.#root.generated !== undefined) {
      this.#generated = this.#root.generated.walk
      this.#constants = this.#root.generated.constants
    }
    return this.walk(path, method, this.#root, 0, 0)
  }

  #forget(): void {
    this.missed = undefined
    this.#failedFrom.fill(Infinity)
    this.#isUsed = false
  }

  /** What is found from a place on, which is at a position of the path and to which `slot` values lead. */
  walk(path: string, method: string, node: Node, position: number, slot: number): Found | undefined {
    this.method = method
    return this.#walk(path, node, position, slot)
  }

  // The path is handed on: a search lives long, and to note in it what is new costs the collector.
  #walk(path: string, from: Node, start: number, firstSlot: number): Found | undefined {
    const spans = this.spans
    const length = path.length
    let node = from
    let position = start
    let slot = firstSlot
    while (position !== length) {
      const { branches, only, generated } = node
      if (generated !== undefined)
        return generated.walk(path, position, this.method, this, generated.constants)
      if (++node.visits === GENERATE_AFTER) {
        this.tree.generate(node, slot)
        continue
      }
      if (branches !== undefined) {
        const branch = findBranch(branches, path, position)
        if (branch !== undefined) {
          const after = position + branch.length
          if (only === BRANCHES) {
            node = branch.next as Node
            position = after
            continue
          }
          const found = this.#walk(path, branch.next as Node, after, slot)
          if (found !== undefined) return found
        }
      }
      if (!node.dynamic) {
        if (node.draft === undefined) return this.#pickMount(node, path, position)
        this.tree.open(node)
        // It comes by the same place again.
        node.visits = 0
        continue
      }
      const first = position + 1
      if (only === REST) {
        // Only static text matches an empty segment.
        if (first === length || path.charCodeAt(first) === SLASH) return undefined
        spans[slot * 2] = first
        spans[slot * 2 + 1] = length
        node = (node.wildcard as WildcardEdge).next
        break
      }
      const slash = path.indexOf('/', first)
      const end = slash === -1 ? length : slash
      if (end === first) return this.#pickMount(node, path, position)
      if (only !== PLAIN)
        return this.#walkDynamic(path, node, first, end, slot) ?? this.#pickMount(node, path, position)
      spans[slot * 2] = first
      spans[slot * 2 + 1] = end
      node = node.plain as Node
      position = end
      slot++
    }
    return this.#pickEnd(node, path)
  }

  #walkDynamic(path: string, node: Node, start: number, end: number, slot: number): Found | undefined {
    let found: Found | undefined
    if (node.mixed !== undefined) {
      found = this.#walkMixed(path, node.mixed, start, end, slot)
      if (found !== undefined) return found
    }
    if (node.converted !== undefined) {
      found = this.#walkConverted(path, node.converted, start, end, slot)
      if (found !== undefined) return found
    }
    if (node.plain !== undefined) {
      this.spans[slot * 2] = start
      this.spans[slot * 2 + 1] = end
      found = this.#walk(path, node.plain, end, slot + 1)
      if (found !== undefined) return found
    }
    return node.wildcard && this.walkWildcard(path, node.wildcard, start, end, slot)
  }

  #walkConverted(
    path: string,
    edges: readonly ConvertedEdge[],
    start: number,
    end: number,
    slot: number,
  ): Found | undefined {
    const text = tryDecode(path, start, end)
    if (text === undefined) return undefined
    for (const { converter, next } of edges) {
      const value = converter.parse(text)
      if (value === undefined) continue
      this.values[slot] = value
      const found = this.#walk(path, next, end, slot + 1)
      if (found !== undefined) return found
    }
    return undefined
  }

  #walkMixed(
    path: string,
    edges: readonly MixedEdge[],
    start: number,
    end: number,
    slot: number,
  ): Found | undefined {
    // Cut out, so that looking for a text never goes beyond the segment.
    const segment = path.slice(start, end)
    for (const edge of edges) {
      if (!this.takeMixed(path, edge, segment, start, slot)) continue
      const found = this.#walk(path, edge.next, end, slot + edge.size)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Whether an edge takes a segment that begins at a position; its values are kept from a slot on. */
  takeMixed(path: string, edge: MixedEdge, segment: string, start: number, slot: number): boolean {
    return edge.converts
      ? this.#convertMixed(path, edge.parts, segment, slot, start)
      : matchMixed(edge.parts, segment, this.spans, slot * 2, start)
  }

  #convertMixed(
    path: string,
    parts: readonly (string | Parameter)[],
    segment: string,
    first: number,
    offset: number,
  ): boolean {
    return splitConverted({
      parts,
      segment,
      accept: ({ converter }, index, start, end) => {
        const slot = first + index
        this.spans[slot * 2] = offset + start
        this.spans[slot * 2 + 1] = offset + end
        if (converter === undefined) return true
        const text = tryDecode(path, offset + start, offset + end)
        const value = text === undefined ? undefined : converter.parse(text)
        this.values[slot] = value
        return value !== undefined
      },
    })
  }

  /** Takes one segment, then one more each time that what follows does not match. */
  walkWildcard(
    path: string,
    { next, nested, last }: WildcardEdge,
    start: number,
    first: number,
    slot: number,
  ): Found | undefined {
    this.spans[slot * 2] = start
    if (last) {
      this.spans[slot * 2 + 1] = path.length
      return this.#pickEnd(next, path)
    }
    const limit = nested === -1 ? Infinity : (this.#failedFrom[nested] ?? Infinity)
    let end = first
    while (end < limit) {
      this.spans[slot * 2 + 1] = end
      const found = this.#walk(path, next, end, slot + 1)
      if (found !== undefined) return found
      if (end === path.length) break
      const slash = path.indexOf('/', end + 1)
      end = slash === -1 ? path.length : slash
    }
    if (first < limit && nested !== -1) this.#noteFailure(nested, first)
    return undefined
  }

  #noteFailure(nested: number, from: number): void {
    this.#isUsed = true
    while (this.#failedFrom.length <= nested) this.#failedFrom.push(Infinity)
    this.#failedFrom[nested] = from
  }

  /** Notes rules whose path matched and whose methods did not. */
  miss(table: MethodTable): void {
    this.#isUsed = true
    if (this.missed === undefined) this.missed = [table]
    else this.missed.push(table)
  }

  #pickEnd(node: Node, path: string): Found | undefined {
    const { end } = node
    if (end !== undefined) {
      const candidate = end.pick(this.method)
      if (candidate !== undefined) return this.#foundOf(candidate, path, path.length)
      this.miss(end)
    }
    return this.#pickMount(node, path, path.length)
  }

  #pickMount({ mount }: Node, path: string, position: number): Found | undefined {
    const candidate = mount?.pick(this.method)
    return candidate && this.#foundOf(candidate, path, position)
  }

  #foundOf(candidate: Candidate, path: string, position: number): Found {
    const { rule, size } = candidate
    const params = size === 0 ? candidate.fixedParams : candidate.capture(path, this.spans, this.values)
    if (!rule.mounted) return new Found(rule, params, '', path)
    return new Found(rule, params, path.slice(0, position), path.slice(position))
  }
}

const SLASH = 47
