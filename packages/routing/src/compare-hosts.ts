import type { HostAlternative } from './host-pattern.ts'
import { compareSegments } from './specificity.ts'

/**
 * Orders host patterns, the more specific first: label by label from the right, as segments of a path are from the left; then the longer. Does not
 * depend on the order in which they were added.
 */
export function compareHosts({ labels: a }: HostAlternative, { labels: b }: HostAlternative): number {
  for (let i = 1; i <= a.length && i <= b.length; i++) {
    const [left, right] = [a.at(-i), b.at(-i)]
    const order = left === undefined || right === undefined ? 0 : compareSegments(left, right)
    if (order !== 0) return order
  }
  return b.length - a.length
}
