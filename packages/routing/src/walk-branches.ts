/**
 * The steps that generated code leaves to data: from a place that too many texts for one function lead on from to the function of some of these texts, and from one function
 * to that of the next place.
 *
 * @module
 */
import type { Found } from './found.ts'
import type { GeneratedWalk } from './generate-walk.ts'
import { FUNCTION_SIZE_LIMIT, GENERATE_AFTER } from './generated-limits.ts'
import type { Search } from './search.ts'
import { type Branch, findBranch, stepFrom } from './static-branches.ts'
import type { Node } from './tree.ts'

/** Does what a search does with the static texts that follow on a place to which `slot` values lead. */
export function walkBranches(branches: Branch, slot: number): GeneratedWalk {
  if (branches.size <= FUNCTION_SIZE_LIMIT)
    return (path, position, method, search) => walkBranch(branches, path, position, method, search, slot)
  return function walk(path, position, method, search) {
    let branch: Branch | undefined = branches
    do {
      branch = stepFrom(branch, path, position)
      if (branch === undefined) return undefined
    } while (branch.size > FUNCTION_SIZE_LIMIT)
    return walkBranch(branch, path, position, method, search, slot)
  }
}

/** By the function of these texts, once they were asked for often. */
function walkBranch(
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
