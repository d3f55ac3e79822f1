import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exportsOf, resolveFrom } from './export-names.ts'
import { temporaryFile } from './temporary-file.test-support.ts'

test('declarations, lists and the default export are found', () => {
  const file = temporaryFile(
    'a.ts',
    `export const one = 1
export async function two() {}
export function* three() {}
export class Four {}
export type Five = string
export interface Six {}
const a = 1, b = 2
export { a, b as seven, type Eight } from './b.ts'
export default a
  // export const commented = 1
`,
  )
  expect(exportsOf(file)).toEqual(['one', 'two', 'three', 'Four', 'a', 'seven', 'default'])
})

test('a file that is not there exports nothing', () => {
  expect(exportsOf('/none/a.ts')).toEqual([])
})

test('any text can be looked through', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('export ', '{', '}', ' as ', ',', 'const a', '\n', 'default')),
      (parts) => {
        expect(exportsOf(temporaryFile('a.js', parts.join('')))).toBeInstanceOf(Array)
      },
    ),
    { numRuns: 30 },
  )
})

test('an import is resolved from the file that has it', () => {
  expect(resolveFrom('./b.ts', '/site/src/a.ts')).toBe('/site/src/b.ts')
  expect(resolveFrom('vitest', import.meta.filename)).toContain('node_modules')
  expect(resolveFrom('there-is-no-such-package', import.meta.filename)).toBeUndefined()
})
