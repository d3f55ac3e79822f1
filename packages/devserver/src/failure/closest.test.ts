import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closest } from './closest.ts'

test('the name that differs least is meant', () => {
  expect(closest('crate', ['app', 'create', 'created'])).toBe('create')
  expect(closest('App', ['app', 'ap'])).toBe('app')
  expect(closest('app', ['main', 'server'])).toBeUndefined()
  expect(closest('a', ['b'])).toBeUndefined()
  expect(closest('app', [])).toBeUndefined()
})

test('a name is closest to itself', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (name, others) => {
      expect(closest(name, [...others, name])?.toLowerCase()).toBe(name.toLowerCase())
    }),
  )
})
