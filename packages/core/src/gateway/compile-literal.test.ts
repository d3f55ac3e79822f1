import { expect, test } from 'vitest'
import { compileLiteral } from './compile-literal.ts'

test('makes plain objects of own data properties, in the order of the rows', () => {
  const make = compileLiteral<(a: string, b: number) => object>(
    [
      ['one', 'a'],
      ['a.b', 'b + 1'],
    ],
    ['a', 'b'],
  )
  const made = make?.('x', 1) as object
  expect(Object.getPrototypeOf(made)).toBe(Object.prototype)
  expect(Object.entries(made)).toEqual([
    ['one', 'x'],
    ['a.b', 2],
  ])
  expect(Object.getOwnPropertyDescriptor(made, 'one')).toMatchObject({ writable: true, configurable: true })
})

test('expressions may name constants', () => {
  const constant = {}
  expect(compileLiteral<() => object>([['x', 'given']], [], { given: constant })?.()).toEqual({ x: constant })
})

test('a key that looks like code is only a key', () => {
  const key = '"]: 0, x: (() => { throw 1 })(), ["\\\u2028`${'
  expect(compileLiteral<() => object>([[key, '1']], [])?.()).toEqual({ [key]: 1 })
})

test('gives nothing where code may not be generated', () => {
  expect(compileLiteral([['x', 'not code at all']], [])).toBeUndefined()
})
