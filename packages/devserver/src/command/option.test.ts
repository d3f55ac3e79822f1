import { describe, expect, test } from 'vitest'
import { seconds, text, texts, whole, word } from './option.ts'

const rest = { help: '', fallback: undefined }

test('a whole number is read from a text or taken as it is', () => {
  const option = whole(rest, 1, 8)
  expect([option.read('8', '--n'), option.read(1, 'n')]).toEqual([8, 1])
  for (const wrong of ['0', 9, 1.5, '', ' 1', Number.NaN, null, true, {}])
    expect(() => option.read(wrong, '--n')).toThrow('expected a number from 1 to 8.')
})

test('seconds may have decimals', () => {
  const option = seconds(rest, 60)
  expect([option.read('2.5', '-m'), option.read('0', '-m'), option.read(60, 'm')]).toEqual([2.5, 0, 60])
  for (const wrong of ['-1', '60.5', '1e1', '.5', '', 61, Number.NaN, true])
    expect(() => option.read(wrong, '-m')).toThrow('expected a number of seconds up to 60, as in 2.5.')
})

test('a text is one that is accepted', () => {
  const option = text(rest, 'a path', (given) => given.startsWith('/'))
  expect(option.read('/a', '--path')).toBe('/a')
  expect(() => option.read('a', '--path')).toThrow('Got "a" for --path; expected a path.')
  expect(() => option.read(1, '--path')).toThrow('Got 1 for --path; expected a path.')
})

test('a word is one of those named', () => {
  const option = word({ ...rest, fallback: 'red' }, ['red', 'green'])
  expect(option.read('green', '--colour')).toBe('green')
  expect(() => option.read('blue', '--colour')).toThrow('expected one of red, green.')
})

describe('texts', () => {
  const option = texts({ help: '' }, 'a pattern')
  test('are a list, or one', () => {
    expect(option.read(['a', 'b'], '--watch')).toEqual(['a', 'b'])
    expect(option.read('a', 'watch')).toEqual(['a'])
  })
  test('are none by default', () => {
    expect(option.fallback).toEqual([])
  })
  test('are refused one by one', () => {
    expect(() => option.read(['a', ''], '--watch')).toThrow('Got "" for --watch; expected a pattern.')
  })
})

test('what cannot be shown as JSON is shown all the same', () => {
  expect(() => text(rest, 'a text').read(() => 1, 'x')).toThrow('Got a function for x')
  expect(() => text(rest, 'a text').read(undefined, 'x')).toThrow('Got undefined for x')
})
