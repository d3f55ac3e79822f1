import { expect, test } from 'vitest'
import { callback, checkOptions, flag, integer, show, text } from './check-options.ts'

const checks = { size: integer(1, 9, 'a size'), on: flag, name: text, choose: callback('a function') }

test('accepts what the checks accept, and undefined for any option', () => {
  expect(() =>
    checkOptions('layer', { size: 9, on: false, name: 'a', choose: () => {} }, checks),
  ).not.toThrow()
  expect(() => checkOptions('layer', { size: undefined }, checks)).not.toThrow()
})

test.each([
  [null, 'layer: got null for the options; expected an object.'],
  ['a', 'layer: got "a" for the options; expected an object.'],
  [[1, 2], 'layer: got [1, 2] for the options; expected an object.'],
  [{ sise: 1 }, 'layer: got the unknown option "sise"; it knows size, on, name, choose.'],
  [{ toString: 1 }, 'layer: got the unknown option "toString"; it knows size, on, name, choose.'],
  [{ size: 10 }, 'layer: got 10 for the option size; expected a size: an integer from 1 to 9.'],
  [{ size: Number.NaN }, 'layer: got NaN for the option size'],
  [{ on: 'yes' }, 'layer: got "yes" for the option on; expected true or false.'],
  [{ name: ' ' }, 'layer: got " " for the option name; expected a text that is not empty.'],
  [{ choose: {} }, 'layer: got {} for the option choose; expected a function.'],
  [
    function app() {},
    'layer: got the function app for the options; expected an object. Middleware is called, as in stack(app, etag()).',
  ],
])('refuses %j', (options, message) => {
  expect(() => checkOptions('layer', options, checks)).toThrow(TypeError)
  expect(() => checkOptions('layer', options, checks)).toThrow(message)
})

test('shows what a list or a plain object holds, and lists in lists', () => {
  const shown = [
    [],
    ['gzip', 5, {}],
    [['X-A', ['b']], []],
    { level: 11, names: ['a'], at: new Date(0) },
    [undefined, () => {}],
    Array(1e6).fill('a'),
  ].map(show)
  expect(shown).toEqual([
    '[]',
    '["gzip", 5, an object of class Object]',
    '[["X-A", a list of 1], []]',
    '{ level: 11, names: a list of 1, at: an object of class Date }',
    '[undefined, the function (anonymous)]',
    `[${'"a", '.repeat(20).slice(0, 99)}…`,
  ])
})

test('shows what throws when it is looked at', () => {
  const broken = {
    get size() {
      throw new Error('broken')
    },
  }
  expect(show(broken)).toBe('an object of class Object')
})

test('shows every kind of value in few words', () => {
  const shown = [undefined, 1n, Symbol('a'), Object.create(null), new Map(), Math.max, 'a'.repeat(200)].map(
    show,
  )
  expect(shown).toEqual([
    'undefined',
    '1',
    'Symbol(a)',
    'an object of class null',
    'an object of class Map',
    'the function max',
    `"${'a'.repeat(99)}…`,
  ])
})
