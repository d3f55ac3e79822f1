/**
 * The steps from one generated function to another: from a place that too many texts for one function lead on from to that of some of these texts, and from a text to that of the
 * place behind it.
 *
 * @module
 */
import type { Found } from './found.ts'
import { GENERATE_AFTER } from './generated-limits.ts'
import type { Search } from './search.ts'
import { type Branch, findBranch } from './static-branches.ts'
import type { Node } from './tree.ts'

/** Does what a search does with some of the texts that follow on a place, to which `slot` values lead; by a function of their own, once they were asked for often. */
export function walkBranch(
  branch: Branch,
  path: string,
  position: number,
  method: string,
  search: Search,
  slot: number,
): Found | undefined {
  const { generated } = branch
  if (generated !== undefined) return generated.walk(path, position, method, search, generated.constants)
  if (++branch.visits === GENERATE_AFTER) search.tree.generateBranch(branch, slot)
  const found = findBranch(branch, path, position)
  return found && walkFrom(found.next as Node, path, position + found.length, method, search, slot)
}

/** Does what a search does from a place on, to which `slot` values lead. */
export function walkFrom(
  node: Node,
  path: string,
  position: number,
  method: string,
  search: Search,
  slot: number,
): Found | undefined {
  const { generated } = node
  if (generated === undefined || position === path.length)
    return search.walk(path, method, node, position, slot)
  return generated.walk(path, position, method, search, generated.constants)
}
