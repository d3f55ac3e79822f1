import { BadRequest } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { assignCapturer, type Capture, createCapturer } from './capture.ts'

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

  test('may have any name', () => {
    const name = '"\\\u2028 first `}` + 1'
    expect(create([{ name, kind: 'text' }])('/x', [1, 2], [])).toEqual({ [name]: 'x' })
  })

  test('throw a BadRequest for what cannot be decoded', () => {
    expect(() => create([{ name: 'a', kind: 'text' }])('/%C3', [1, 4], [])).toThrow(BadRequest)
    expect(() => create([{ name: 'a', kind: 'list' }])('/a/%zz', [1, 6], [])).toThrow(BadRequest)
  })
})
