import { expect, test } from 'vitest'
import { candidatesFor } from './loaded-files.ts'

test('an import with an extension is that file, or its TypeScript source', () => {
  expect(candidatesFor('./a.ts', 'file:///site/app.ts')).toEqual(['/site/a.ts'])
  expect(candidatesFor('../lib/a.js', 'file:///site/src/app.ts')).toEqual([
    '/site/lib/a.js',
    '/site/lib/a.ts',
    '/site/lib/a.tsx',
  ])
})

test('an import without an extension may be completed', () => {
  const candidates = candidatesFor('./a', '/site/app.cjs')
  expect(candidates[0]).toBe('/site/a')
  expect(candidates).toContain('/site/a.ts')
  expect(candidates).toContain('/site/a/index.js')
})

test('a query is no part of the file', () => {
  expect(candidatesFor('./a.ts?v=1', 'file:///site/app.ts')).toEqual(['/site/a.ts'])
})

test.for([
  'package',
  '@scope/package/file.js',
  'node:fs',
  'data:text/javascript,1',
  '#internal',
  'file://%zz',
])('%s is no file to wait for', (specifier) => {
  expect(candidatesFor(specifier, 'file:///site/app.ts')).toEqual([])
})
