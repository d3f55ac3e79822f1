import { describe, expect, test } from 'vitest'
import { chooseAlternative, isDefault, isGiven, valueFor } from './choose-alternative.ts'
import { parsePattern } from './pattern.ts'

/** The names that the chosen alternative takes, or those that are missing. */
function choose(source: string, params: object, defaults?: object): string {
  const choice = chooseAlternative(parsePattern(source), params as never, defaults as never)
  if (choice.alternative !== undefined) return choice.alternative.captures.map(({ name }) => name).join()
  return choice.missing === undefined ? 'none' : `missing ${choice.missing.join()}`
}

describe('without defaults', () => {
  test('the alternative is taken whose parameters are those given', () => {
    expect(choose('/p{/:a{/:b}}', {})).toBe('')
    expect(choose('/p{/:a{/:b}}', { a: 1 })).toBe('a')
    expect(choose('/p{/:a{/:b}}', { a: 1, b: 2 })).toBe('a,b')
    expect(choose('/p{/x/:a}{/y/:b}', { b: 1 })).toBe('b')
  })

  test('undefined is not given', () => {
    expect(choose('/p{/:a}', { a: undefined })).toBe('')
    expect(choose('/p/:a', { a: undefined })).toBe('missing a')
  })

  test('what the nearest lacks is missing', () => {
    expect(choose('/p{/:a{/:b{/:c}}}', { b: 1 })).toBe('missing a')
    expect(choose('/p/:a/:b', {})).toBe('missing a,b')
  })

  test('names that are inherited are not given', () => {
    expect(choose('/:constructor/:toString', {})).toBe('missing constructor,toString')
    expect(choose('/:constructor', { constructor: 'a' })).toBe('constructor')
  })

  test('values of other names are not looked at', () => {
    expect(choose('/p{/:a}', { z: 1 })).toBe('')
  })

  test('one of two that take the same is the first', () => {
    expect(chooseAlternative(parsePattern('/a{b}c'), {}, undefined).alternative?.shape).toBe('/abc')
  })

  test('none is taken when no alternative has all that is given', () => {
    const pattern = {
      alternatives: [{ captures: [{ name: 'a', kind: 'text' }] }],
      names: new Set(['a', 'b']),
    } as const
    expect(chooseAlternative(pattern, { a: 1, b: 2 }, undefined)).toEqual({})
  })
})

describe('with defaults', () => {
  test('a value that is the default needs no parameter', () => {
    expect(choose('/p{/:page}', { page: 1 }, { page: 1 })).toBe('')
    expect(choose('/p{/:page}', { page: 2 }, { page: 1 })).toBe('page')
  })

  test('a value that is not given may be the default', () => {
    expect(choose('/p/:page', {}, { page: 1 })).toBe('page')
    expect(choose('/p{/:page}', {}, { page: 1 })).toBe('')
    expect(choose('/p{/:page{/:size}}', { size: 5 }, { page: 1 })).toBe('page,size')
  })
})

test('valueFor prefers what is given', () => {
  expect(valueFor({ a: 1 }, { a: 2 }, 'a')).toBe(1)
  expect(valueFor({ a: undefined }, { a: 2 }, 'a')).toBe(2)
  expect(valueFor({}, undefined, 'a')).toBeUndefined()
  expect(valueFor({}, {}, 'constructor')).toBeUndefined()
})

test('isGiven and isDefault look at own names', () => {
  expect([isGiven({ a: null }, 'a'), isGiven({ a: undefined }, 'a'), isGiven({}, 'toString')]).toEqual([
    true,
    false,
    false,
  ])
  expect(isDefault({ a: ['x'] }, { a: ['x'] }, 'a')).toBe(true)
  expect(isDefault({ a: 'x' }, { a: 'y' }, 'a')).toBe(false)
  expect(isDefault({ toString: 1 }, {}, 'toString')).toBe(false)
})
