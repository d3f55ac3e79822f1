/**
 * Work grows with the size of a header, not with its square (robustness.md L1, L2, L3, L5 and drill 21). Compared are two sizes of the same text,
 * in time of the processor, which others on the machine do not use, and again where the first comparison was disturbed.
 */
import { expect, test } from 'vitest'
import { isLinear } from './linear.test-support.ts'
import { headsOf, readers, repeats } from './parsers.test-support.ts'

test.each(Object.entries(readers))('%s takes time in proportion to what it reads', (name, read) => {
  const slow: string[] = []
  const heads = headsOf(name)
  for (const [kind, unit] of Object.entries(repeats)) {
    for (const head of heads) {
      if (!isLinear(read, (size) => head + unit.repeat(size / unit.length))) slow.push(`${head} and ${kind}`)
    }
    // A character that fits nowhere makes a search give up at the very end.
    if (!isLinear(read, (size) => `${unit.repeat(size / unit.length)}\0`)) slow.push(`${kind} and NUL`)
  }
  expect(slow).toEqual([])
})

test('what takes time in proportion to the square is seen', () => {
  const square = (text: string) => {
    let found = 0
    for (let at = 0; at < text.length; at++) if (text.indexOf('x', at) === -1) found++
    return found
  }
  expect(isLinear(square, (size) => 'a'.repeat(size))).toBe(false)
})
