import { expect, test } from 'vitest'
import { isOwnModule } from './own-packages.ts'

test('packages and their subpaths count', () => {
  expect(['@stapel/wrappers', '@stapel/core/http', '@stapel/middleware/etag'].map(isOwnModule)).toEqual([
    true,
    true,
    true,
  ])
})

test('whatever else has a similar name does not', () => {
  const others = [
    '@stapel/corex',
    '@stapel/devserver',
    '@stapel',
    './@stapel/core',
    'stapel',
    '@other/@stapel/core',
  ]
  expect(others.filter(isOwnModule)).toEqual([])
})
