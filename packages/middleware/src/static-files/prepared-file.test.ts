import type { OpenedState, StatedFile } from '@stapel/core/files'
import { describe, expect, test } from 'vitest'
import { readOptions, type StaticFilesOptions } from './options.ts'
import { isSameState, type PreparedFile, prepareFile } from './prepared-file.ts'
import type { Resource } from './source.ts'
import type { Variant } from './variants.ts'

const state: OpenedState = {
  dev: 1,
  ino: 2,
  size: 10,
  mtimeMs: 1_700_000_000_123.5,
  ctimeMs: 1_700_000_000_200,
}
const file = {} as StatedFile
const resource: Resource = {
  file,
  state,
  name: 'a.txt',
  path: '/a.txt',
  filePath: '/a.txt',
  openNeighbour: async () => undefined,
}

function prepare(
  options: StaticFilesOptions,
  given: Partial<Resource> = {},
  codings: string[] = [],
): PreparedFile {
  const variants: [Variant, ...Variant[]] = [{ coding: 'identity', opened: resource }]
  for (const coding of codings) variants.push({ coding, opened: { file, state } })
  return prepareFile({ ...resource, ...given }, '/static/a.txt', variants, readOptions(options))
}

function names(headers: readonly [string, string][]): string[] {
  return headers.map(([name]) => name)
}

test('the lists say what each answer needs, Cache-Control first', () => {
  const [{ whole, partial, notModified }] = prepare({ maxAge: 60 }).representations
  expect(notModified).toEqual([
    ['Cache-Control', 'public, max-age=60'],
    ['Last-Modified', 'Tue, 14 Nov 2023 22:13:20 GMT'],
    ['ETag', '"a-60a241820226c"'],
  ])
  expect(names(partial)).toEqual([...names(notModified), 'Accept-Ranges', 'X-Content-Type-Options'])
  expect(whole.slice(partial.length)).toEqual([
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Length', '10'],
  ])
})

test('further headers stand in all of them, those of the content not in a 304 (robustness.md N5)', () => {
  const headers: [string, string][] = [
    ['X-One', '1'],
    ['Content-Language', 'de'],
  ]
  const [{ whole, partial, notModified }] = prepare({ headers }).representations
  expect(names(whole)).toEqual(expect.arrayContaining(['X-One', 'Content-Language']))
  expect(names(partial)).toEqual(expect.arrayContaining(['X-One', 'Content-Language']))
  expect(names(notModified)).toContain('X-One')
  expect(names(notModified)).not.toContain('Content-Language')
})

test('codings have their own tags, though sizes and times are equal', () => {
  const { representations } = prepare({}, {}, ['br', 'gzip'])
  expect(new Set(representations.map(({ etag }) => etag.value)).size).toBe(3)
  for (const { whole, notModified, partial } of representations) {
    for (const list of [whole, notModified, partial]) expect(list).toContainEqual(['Vary', 'Accept-Encoding'])
  }
  expect(representations[1]?.partial).toContainEqual(['Content-Encoding', 'br'])
  expect(names(representations[1]?.notModified ?? [])).not.toContain('Content-Encoding')
})

test('a page for what was not found has no validators and no ranges', () => {
  const { status, representations } = prepare({}, { status: 404 })
  expect(status).toBe(404)
  expect(names(representations[0].whole)).toEqual([
    'Cache-Control',
    'X-Content-Type-Options',
    'Content-Type',
    'Content-Length',
  ])
})

describe('a state is the same', () => {
  test('when all of it is', () => {
    expect(isSameState(state, { ...state })).toBe(true)
  })

  test.each(['dev', 'ino', 'size', 'mtimeMs', 'ctimeMs'] as const)('not when %s differs', (name) => {
    expect(isSameState(state, { ...state, [name]: state[name] + 1 })).toBe(false)
  })
})
