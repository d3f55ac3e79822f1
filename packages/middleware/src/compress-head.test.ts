import { createRequire } from 'node:module'
import type { HeaderList } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { encodedHeaders, isCompressibleType, readHead, remembering } from './compress-head.ts'

describe('readHead', () => {
  test('gives the type in lower case and without parameters', () => {
    expect(readHead([['content-TYPE', ' Text/HTML ; charset=utf-8']]).type).toBe('text/html')
  })

  test.each([
    ['12', 12],
    ['0', 0],
    ['', -1],
    ['+1', -1],
    ['1e3', -1],
    ['9'.repeat(30), -1],
  ])('reads the length %j as %i', (value, length) => {
    expect(readHead([['Content-Length', value]]).length).toBe(length)
  })

  test.each([
    ['no-transform', true],
    ['private, No-Transform', true],
    ['max-age=1,no-transform,private', true],
    ['no-transformers', false],
    ['x-no-transform', false],
  ])('knows that Cache-Control: %s fixes the bytes: %s', (value, fixed) => {
    expect(readHead([['Cache-Control', value]]).fixed).toBe(fixed)
  })

  test('passes over what is no header, which startResponse refuses', () => {
    const broken = [undefined, ['a'], [1, 2], 'ab', ['Content-Type', 'text/plain']] as unknown as HeaderList
    expect(readHead(broken).type).toBe('text/plain')
  })
})

test('encodedHeaders keeps the order and repeats of all others', () => {
  const headers: HeaderList = [
    ['Set-Cookie', 'a=1'],
    ['CONTENT-LENGTH', '5'],
    ['etag', '"x"'],
    ['Set-Cookie', 'b=2'],
    ['accept-ranges', 'bytes'],
  ]
  expect(encodedHeaders(headers, 'gzip')).toEqual([
    ['Set-Cookie', 'a=1'],
    ['etag', 'W/"x"'],
    ['Set-Cookie', 'b=2'],
    ['Content-Encoding', 'gzip'],
    ['Vary', 'Accept-Encoding'],
  ])
  expect(headers).toHaveLength(5)
  expect(headers[2]).toEqual(['etag', '"x"'])
})

test.each([
  ['Accept', 'Accept, Accept-Encoding'],
  ['accept-encoding', 'accept-encoding'],
  ['*', '*'],
])('encodedHeaders adds to Vary: %s what it lacks', (value, whole) => {
  expect(encodedHeaders([['VARY', value]], 'br')).toEqual([
    ['VARY', whole],
    ['Content-Encoding', 'br'],
  ])
})

test.each([
  ['text/html', true],
  ['text/event-stream', true],
  ['application/json', true],
  ['application/problem+json', true],
  ['application/atom+xml', true],
  ['image/svg+xml', true],
  ['application/wasm', true],
  ['font/ttf', true],
  ['image/x-icon', true],
  ['font/woff2', false],
  ['image/png', false],
  ['video/mp4', false],
  ['application/zip', false],
  ['application/octet-stream', false],
  ['application/pdf', false],
  ['constructor', false],
  ['multipart/byteranges', false],
  ['', false],
])('isCompressibleType(%j) is %s', (type, expected) => {
  expect(isCompressibleType(type)).toBe(expected)
})

test('isCompressibleType agrees with the MIME database where that decides', () => {
  const near = createRequire(import.meta.url).resolve('mime-types')
  const database: Record<string, { compressible?: boolean }> = createRequire(near)('mime-db')
  const types = Object.entries(database)
  expect(types.length).toBeGreaterThan(2000)
  const others = types
    .filter(
      ([type, { compressible }]) => compressible !== undefined && compressible !== isCompressibleType(type),
    )
    .map(([type]) => type)
  expect(others).toEqual(['application/octet-stream'])
})

test('what is remembered is what was decided, also beyond what fits', () => {
  let asked = 0
  const isEven = remembering((text) => {
    asked++
    return Number(text) % 2 === 0
  })
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 1000; i++) expect(isEven(String(i))).toBe(i % 2 === 0)
  }
  expect(asked).toBe(1000 + 744)
})
