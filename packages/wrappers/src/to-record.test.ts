import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toRecord } from './to-record.ts'

describe('toRecord', () => {
  test('keeps repeats, and the order of names and values', () => {
    const record = toRecord(new URLSearchParams('tag=b&q=tea&tag=a&empty='))
    expect(Object.entries(record)).toEqual([
      ['tag', ['b', 'a']],
      ['q', 'tea'],
      ['empty', ''],
    ])
  })

  test('gives a list for the names that are said to have one', () => {
    const record = toRecord(new URLSearchParams('a=1&b=2&b=3'), { lists: ['a', 'b', 'none'] })
    expect(record).toEqual(Object.assign(Object.create(null), { a: ['1'], b: ['2', '3'], none: [] }))
  })

  test('takes forms with files as well', () => {
    const form = new FormData()
    form.append('name', 'Ada')
    form.append('picture', new File(['x'], 'x.png'))
    expect(toRecord(form).picture).toBeInstanceOf(File)
  })

  // robustness.md K2
  test.each(['__proto__', 'constructor', 'hasOwnProperty'])('has %s for a key like any other', (name) => {
    const record = toRecord(new URLSearchParams([[name, 'x']]))
    expect(Object.getPrototypeOf(record)).toBeNull()
    expect(Object.entries(record)).toEqual([[name, 'x']])
    expect(toRecord([], { lists: [name] })[name]).toEqual([])
  })

  test('loses nothing of any pairs', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', '', '__proto__'), fc.string())), (pairs) => {
        const record = toRecord(pairs)
        for (const [name] of pairs) {
          const values = pairs.filter(([other]) => other === name).map(([, value]) => value)
          expect([record[name]].flat()).toEqual(values)
        }
        expect(Object.keys(record)).toHaveLength(new Set(pairs.map(([name]) => name)).size)
      }),
    )
  })

  test('refuses a text in place of the list of names, whose letters would be names', () => {
    expect(() => toRecord([], { lists: 'tags' } as never)).toThrow(
      new TypeError('Got "tags" for lists of toRecord(); expected a list of names.'),
    )
  })

  test('refuses an unknown option', () => {
    expect(() => toRecord([], { list: ['a'] } as never)).toThrow('Got the unknown option "list"')
  })
})
