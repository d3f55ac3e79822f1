import { describe, expect, test } from 'vitest'
import { GENERATE_AFTER } from './generated-limits.ts'
import { MethodTable } from './method-table.ts'
import { parsePattern } from './pattern.ts'
import { Candidate, Rule } from './rule.ts'
import { Search } from './search.ts'
import { type Node, Tree } from './tree.ts'

function plant(patterns: readonly string[]): Tree {
  return new Tree(
    patterns.map((pattern) => {
      const [alternative] = parsePattern(pattern).alternatives as [never]
      const table = new MethodTable()
      table.add(new Candidate(new Rule({ pattern, app: () => '' }), []))
      return { alternative, table, mounted: false }
    }),
  )
}

function find(tree: Tree, path: string): string | undefined {
  return new Search(tree).find(path, 'GET')?.rule.pattern
}

/** The places that were made what they are. */
function countOpen(node: Node | undefined): number {
  if (node === undefined || node.draft !== undefined) return 0
  return 1 + countOpen(node.plain) + countOpen(node.wildcard?.next)
}

describe('a tree', () => {
  test('opens the places that a path comes by, and no others', () => {
    const tree = plant(['/:a/:b/:c', '/*rest'])
    expect(countOpen(tree.root)).toBe(0)
    expect(find(tree, '/x')).toBe('/*rest')
    expect(countOpen(tree.root)).toBe(2)
    expect(find(tree, '/x/y/z')).toBe('/:a/:b/:c')
    expect(countOpen(tree.root)).toBe(5)
  })

  test('has code for a place that a path came by often', () => {
    const tree = plant(['/:a/:b/:c', '/:a/x', '/*rest'])
    for (let i = 1; i < GENERATE_AFTER; i++) find(tree, '/x/y')
    expect(tree.root.generated).toBeUndefined()
    find(tree, '/x/y')
    expect(tree.root.generated?.walk).toBeTypeOf('function')
    for (const [path, pattern] of [
      ['/x/y/z', '/:a/:b/:c'],
      ['/x/x', '/:a/x'],
      ['/x/y', '/*rest'],
      ['//x', undefined],
      ['', undefined],
      ['x', undefined],
    ] as const)
      expect(find(tree, path)).toBe(pattern)
  })

  test('gives a search that began before the wildcards of places that another one opened', () => {
    const tree = plant(['/a/*b/c/*d/e', '/z/*b/c/*d/e/*f/g'])
    const first = new Search(tree)
    expect(first.find('/a/1/c/2/c/3/e', 'GET')?.rule.pattern).toBe('/a/*b/c/*d/e')
    expect(find(tree, '/z/1/c/2/e/3/g')).toBe('/z/*b/c/*d/e/*f/g')
    expect(first.find('/z/1/c/2/c/e/e/3/h', 'GET')).toBeUndefined()
    expect(first.find('/z/1/c/2/c/e/e/3/g', 'GET')?.rule.pattern).toBe('/z/*b/c/*d/e/*f/g')
  })

  test('is the same whichever order the rules have', () => {
    const patterns = ['/a/:b', '/a/x', '/:a/x', '/a/:b.json', '/*rest']
    for (const path of ['/a/x', '/a/y', '/b/x', '/a/y.json', '/b/y'])
      expect(find(plant(patterns), path)).toBe(find(plant(patterns.toReversed()), path))
  })
})
