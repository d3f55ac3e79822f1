import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Pieces } from './pieces.ts'

test('whatever the pieces, the bytes come out in their order', () => {
  const size = fc.oneof(fc.integer({ max: 50, min: 0 }), fc.constantFrom(1023, 1024, 16_000, 20_000))
  fc.assert(
    fc.property(fc.array(size, { maxLength: 40 }), (sizes) => {
      const pieces = new Pieces()
      const added = sizes.map((bytes, index) => Buffer.alloc(bytes, index + 1))
      for (const piece of added) pieces.add(piece)
      const all = Buffer.concat(added)
      expect(pieces.size).toBe(all.length)
      expect(Buffer.concat(pieces.take()).equals(all)).toBe(true)
      expect(pieces.size).toBe(0)
      expect(pieces.take()).toEqual([])
    }),
  )
})

test('large pieces are kept as they are', () => {
  const pieces = new Pieces()
  const large = Buffer.alloc(5000)
  pieces.add(large)
  expect(pieces.take()[0]).toBe(large)
})

test('a hundred thousand single bytes become a few blocks after the first', () => {
  const pieces = new Pieces()
  for (let i = 0; i < 100_000; i++) pieces.add(Uint8Array.of(i))
  expect(pieces.take()).toHaveLength(8)
})
