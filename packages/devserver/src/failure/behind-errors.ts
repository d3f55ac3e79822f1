import { describeError } from './describe-error.ts'
import type { BehindError } from './failure.ts'
import { isError, memberOf } from './value-text.ts'

/** So many errors behind one are described; those that go in a circle once. */
export const BEHIND_LIMIT = 12

/** The errors behind an error, each before those behind itself; never throws. */
export function behindErrors(error: unknown): BehindError[] {
  const found: BehindError[] = []
  const seen = new Set<unknown>([error])
  const visit = (outer: unknown, depth: number): void => {
    for (const [relation, inner] of behindOf(outer)) {
      if (found.length >= BEHIND_LIMIT || seen.has(inner)) continue
      seen.add(inner)
      found.push({ relation, depth, ...describeError(inner, undefined, 1) })
      visit(inner, depth + 1)
    }
  }
  visit(error, 1)
  return found
}

function behindOf(error: unknown): [BehindError['relation'], unknown][] {
  if (!isError(error)) return []
  const behind: [BehindError['relation'], unknown][] = []
  const cause = memberOf(error, 'cause')
  if (cause !== undefined) behind.push(['cause', cause])
  const parts = memberOf(error, 'errors')
  if (Array.isArray(parts)) {
    for (const part of parts.slice(0, BEHIND_LIMIT)) behind.push(['part', part])
  }
  return behind
}
