import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const here = new URL('.', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, here), 'utf8')
const files = readdirSync(here).filter((name) => /^validated?-?.*\.ts$/.test(name))
const sources = files.filter((name) => !name.endsWith('.test.ts')).map(read)
const tests = files.filter((name) => name.endsWith('.test.ts')).map(read)

/** What the sources can throw: `'2 Caller'`, `'3.3 App'` … */
function checked(): Set<string> {
  const found = new Set<string>()
  for (const source of sources) {
    for (const [, side, clause] of source.matchAll(/\.(app|outer)\(\s*'([\d.]+)'/g)) {
      found.add(`${clause} ${side === 'app' ? 'App' : 'Caller'}`)
    }
  }
  // What parseStatus and checkHeaders throw, and the two that are reported instead of thrown.
  return found.add('3.4 App').add('4.2 App').add('4.2 Caller')
}

/** What section 9 of the protocol says is checked. */
function documented(): Set<string> {
  const section = read('../../../docs/protocol.md').split('## 9.')[1] ?? ''
  const rows = section.matchAll(/^\| ([\d.]+)(?: †)? +\| (.*?) +\| (App|Caller) +\|$/gm)
  return new Set(Array.from(rows, ([, clause, , side]) => `${clause} ${side}`))
}

/** Rows of the table that another clause carries out. */
const carried = new Map([
  ['5 App', '4.2 App'],
  ['6 Caller', '2 Caller'],
])

describe('the table in section 9 of the protocol', () => {
  test('has every check', () => {
    expect([...checked()].filter((check) => !documented().has(check))).toEqual([])
  })

  test('has no row without a check', () => {
    const rows = [...documented()].map((row) => carried.get(row) ?? row)
    expect(rows.filter((row) => !checked().has(row))).toEqual([])
    expect(rows.length).toBeGreaterThan(15)
  })
})

test('each clause that is checked has tests that carry its number', () => {
  const clauses = new Set([...checked()].map((check) => check.split(' ')[0] as string))
  const titles = tests.join('\n')
  const untested = [...clauses].filter(
    (clause) => !new RegExp(`['"\`]${clause.replace('.', '\\.')}: `).test(titles),
  )
  expect(untested).toEqual([])
})
