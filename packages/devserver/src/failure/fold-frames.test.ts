import { expect, test } from 'vitest'
import { foldFrames, formatFold } from './fold-frames.ts'
import type { Frame } from './frames.ts'

const frame = (file: string, origin: Frame['origin']): Frame => ({
  call: 'f',
  location: { file, line: 1 },
  origin,
  excerpt: [],
})
const own = frame('/site/app.ts', 'application')
const express = frame('/site/node_modules/express/lib/router.js', 'library')
const scoped = frame('/site/node_modules/.pnpm/a/node_modules/@scope/name/x.js', 'library')
const linked = frame('/linked/packages/core/src/stack.ts', 'library')
const node = frame('node:fs', 'node')

test('runs of calls outside of the application are one group', () => {
  expect(foldFrames([own, express, node, own, own, node])).toEqual([
    { folded: false, frames: [own] },
    { folded: true, frames: [express, node] },
    { folded: false, frames: [own, own] },
    { folded: true, frames: [node] },
  ])
  expect(foldFrames([])).toEqual([])
})

test('a group says whose calls they are', () => {
  expect(formatFold([node])).toBe('1 call in Node')
  expect(formatFold([express, express, node])).toBe('3 calls in express and Node')
  expect(formatFold([express, scoped, node])).toBe('3 calls in express, @scope/name and Node')
  expect(formatFold([express, scoped, linked, node])).toBe('4 calls in express, @scope/name and others')
  expect(formatFold([linked])).toBe('1 call in @stapel/core')
})
