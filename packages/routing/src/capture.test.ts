import { BadRequest } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { assignCapturer, type Capture, createCapturer, isDecodable, NO_PARAMS } from './capture.ts'

describe.each([
  { title: 'compiled', create: createCapturer },
  { title: 'assigned', create: assignCapturer },
])('captures, $title', ({ create }) => {
  test('give decoded texts, converted values and lists', () => {
    const captures: Capture[] = [
      { name: 'text', kind: 'text' },
      { name: 'value', kind: 'value' },
      { name: 'list', kind: 'list' },
    ]
    const params = create(captures)('/a%20b/7/x%2Fy//z', [1, 6, 7, 8, 9, 17], [undefined, 7, undefined])
    expect(params).toEqual({ text: 'a b', value: 7, list: ['x/y', '', 'z'] })
    expect(Object.keys(params)).toEqual(['text', 'value', 'list'])
  })

  test('give lists of any length, which end where the wildcard does', () => {
    const list = (path: string, start: number, end: number): unknown =>
      create([{ name: 'list', kind: 'list' }])(path, [start, end], []).list
    const path = '/a/b%2F/c/d/%zz'
    expect(list(path, 1, 2)).toEqual(['a'])
    expect(list('/a', 1, 2)).toEqual(['a'])
    expect(list('/ab/c', 1, 5)).toEqual(['ab', 'c'])
    expect(list('/a/b/c', 1, 4)).toEqual(['a', 'b'])
    expect(list('/a/b/c/d/e', 1, 8)).toEqual(['a', 'b', 'c', 'd'])
    expect(list(path, 1, 11)).toEqual(['a', 'b/', 'c', 'd'])
  })

  test('end where their spans do, whichever place they have', () => {
    const captures = ['list', 'text', 'list'].map((kind, i) => ({ name: `p${i}`, kind }) as Capture)
    const params = create(captures)('/a/b/c/d/e/f', [1, 4, 5, 6, 7, 10], [])
    expect(params).toEqual({ p0: ['a', 'b'], p1: 'c', p2: ['d', 'e'] })
  })

  test('may have any name', () => {
    const name = '"\\\u2028 first `}` + 1'
    expect(create([{ name, kind: 'text' }])('/x', [1, 2], [])).toEqual({ [name]: 'x' })
  })

  test('throw a BadRequest for what cannot be decoded', () => {
    expect(() => create([{ name: 'a', kind: 'text' }])('/%C3', [1, 4], [])).toThrow(BadRequest)
    expect(() => create([{ name: 'a', kind: 'list' }])('/a/%zz', [1, 6], [])).toThrow(BadRequest)
  })
})

test('captures of the same names and kinds share what was compiled for them', () => {
  const captures = (): Capture[] => [{ name: 'shared', kind: 'text' }]
  expect(createCapturer(captures())).toBe(createCapturer(captures()))
  expect(createCapturer(captures())).not.toBe(createCapturer([{ name: 'shared', kind: 'list' }]))
  expect(String(createCapturer(captures()))).not.toBe(String(assignCapturer(captures())))
})

test('the parameters of a rule that has none cannot be changed', () => {
  expect(Object.isFrozen(NO_PARAMS)).toBe(true)
})

test.each([
  ['/a', true],
  ['/%C3%A4', true],
  ['/%2F', true],
  ['/%', false],
  ['/%zz', false],
  ['/%C3', false],
  ['/%FF/x', false],
])('whether %s can be decoded is %s', (path, decodable) => {
  expect(isDecodable(path)).toBe(decodable)
})
