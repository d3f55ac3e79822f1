import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exportsOf, exportsType, resolveFrom } from './export-names.ts'
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

test('types are told from what is there when the program runs', () => {
  const file = temporaryFile(
    'a.ts',
    `export type One = string
export interface Two {}
export type { Three, X as Four } from './b.ts'
export { type Five, six } from './b.ts'
export const seven = 7
`,
  )
  const types = ['One', 'Two', 'Three', 'Four', 'Five', 'six', 'seven', 'X', 'Nine'].filter((name) =>
    exportsType(file, name),
  )
  expect(types).toEqual(['One', 'Two', 'Three', 'Four', 'Five'])
})

test('types of a package are in the declarations beside its modules, also in those that are passed on', () => {
  const file = temporaryFile('index.js', 'export {}\n')
  const write = (name: string, text: string): void => writeFileSync(join(dirname(file), name), text)
  write(
    'index.d.ts',
    "export type * from './protocol.ts'\nexport * from './more.js'\nexport * from 'other'\n",
  )
  write('protocol.d.ts', 'export interface Environ {}\n')
  write('more.d.ts', "export declare type More = 1\nexport * from './index.js'\n")
  expect(exportsType(file, 'Environ')).toBe(true)
  expect(exportsType(file, 'More')).toBe(true)
  expect(exportsType(file, 'None')).toBe(false)
})

test('a file that is not there exports nothing', () => {
  expect(exportsOf('/none/a.ts')).toEqual([])
  expect(exportsType('/none/a.ts', 'A')).toBe(false)
})

test('any text can be looked through', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          'export ',
          '{',
          '}',
          ' as ',
          ',',
          'const a',
          'type ',
          "* from './a.ts'",
          '\n',
          'default',
        ),
      ),
      (parts) => {
        const file = temporaryFile('a.ts', parts.join(''))
        expect(exportsOf(file)).toBeInstanceOf(Array)
        expect(exportsType(file, 'a')).toBeTypeOf('boolean')
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
