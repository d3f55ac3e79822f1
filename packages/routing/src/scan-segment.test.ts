import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { scanSegment } from './scan-segment.ts'

const path = fc.string({ unit: fc.constantFrom('a', 'b', 'ä', '/', '%'), maxLength: 40 })

/** How many characters a scan looks at by `indexOf`. */
function countLooked(path: string, start: number): number {
  const find = String.prototype.indexOf
  let looked = 0
  const spy = vi.spyOn(String.prototype, 'indexOf').mockImplementation(function (
    this: string,
    text,
    from = 0,
  ) {
    const found = find.call(this, text, from)
    looked += (found === -1 ? this.length : found) - from
    return found
  })
  scanSegment(path, start, path.length)
  spy.mockRestore()
  return looked
}

describe('the end of a segment', () => {
  test('is the next slash, or that of the path', () => {
    expect(scanSegment('/ab/c', 1, 5)).toBe(3)
    expect(scanSegment('/ab/c', 4, 5)).toBe(5)
    expect(scanSegment('//c', 1, 3)).toBe(1)
    expect(scanSegment('/', 1, 1)).toBe(1)
  })

  test('is complemented where the segment holds a percent sign', () => {
    expect(scanSegment('/a%20b/c', 1, 8)).toBe(~6)
    expect(scanSegment('/a/%20', 1, 6)).toBe(2)
    expect(scanSegment('/%', 1, 2)).toBe(~2)
  })

  test('is found behind any number of characters', () => {
    for (const size of [11, 12, 13, 100]) {
      const text = 'x'.repeat(size)
      expect(scanSegment(`/${text}/y%`, 1, size + 4)).toBe(size + 1)
      expect(scanSegment(`/${text}%/y`, 1, size + 4)).toBe(~(size + 2))
      expect(scanSegment(`/${text}`, 1, size + 1)).toBe(size + 1)
    }
  })

  test('is found without a look at all of a long path, which wildcards have scanned at each segment', () => {
    expect(countLooked(`/${'x'.repeat(20)}`.repeat(3000), 1)).toBeLessThan(1000)
    expect(countLooked(`/${'x'.repeat(20)}`.repeat(3000), 22)).toBeLessThan(1000)
  })

  test('is found in long paths as in short ones', () => {
    const rest = '/%y'.repeat(500)
    for (const text of ['x'.repeat(13), 'x'.repeat(600)]) {
      const path = `/${text}${rest}`
      expect(scanSegment(path, 1, path.length)).toBe(text.length + 1)
      const escaped = `/${text}%20${rest}`
      expect(scanSegment(escaped, 1, escaped.length)).toBe(~(text.length + 4))
    }
  })

  test('is what splitting finds', () => {
    const property = fc.property(path, fc.nat(40), (text, at) => {
      const start = Math.min(at, text.length)
      const [segment = ''] = text.slice(start).split('/')
      const end = start + segment.length
      expect(scanSegment(text, start, text.length)).toBe(segment.includes('%') ? ~end : end)
    })
    fc.assert(property, { numRuns: 1000 })
  })
})
