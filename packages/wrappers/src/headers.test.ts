import type { HeaderList } from '@stapel/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Headers } from './headers.ts'

describe('reading', () => {
  test('get finds a header whatever the case of its letters', () => {
    const headers = new Headers({ 'Content-Type': 'text/plain' })
    expect(headers.get('content-TYPE')).toBe('text/plain')
    expect(headers.has('CONTENT-type')).toBe(true)
  })

  test('get joins repeats with a comma, getAll gives them one by one', () => {
    const headers = new Headers([
      ['Vary', 'Accept'],
      ['X-Other', '1'],
      ['vary', 'Cookie'],
    ])
    expect(headers.get('Vary')).toBe('Accept, Cookie')
    expect(headers.getAll('Vary')).toEqual(['Accept', 'Cookie'])
  })

  test('a header that is not there is null, an empty list and false', () => {
    const headers = new Headers()
    expect(headers.get('Age')).toBeNull()
    expect(headers.getAll('Age')).toEqual([])
    expect(headers.has('Age')).toBe(false)
  })

  test('an empty value is not the same as none', () => {
    const headers = new Headers({ 'X-Empty': '' })
    expect(headers.get('X-Empty')).toBe('')
    headers.append('X-Empty', 'b')
    expect(headers.get('X-Empty')).toBe(', b')
  })

  test('getSetCookie keeps cookies apart', () => {
    const headers = new Headers([
      ['Set-Cookie', 'a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT'],
      ['set-cookie', 'b=2'],
    ])
    expect(headers.getSetCookie()).toEqual(['a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT', 'b=2'])
  })

  test('iteration gives names in lower case, in order, repeats one by one', () => {
    const headers = new Headers([
      ['B', '1'],
      ['A', '2'],
      ['b', '3'],
    ])
    const pairs = [
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ]
    expect([...headers]).toEqual(pairs)
    expect([...headers.entries()]).toEqual(pairs)
    expect([...headers.keys()]).toEqual(['b', 'a', 'b'])
    expect([...headers.values()]).toEqual(['1', '2', '3'])
    const seen: unknown[] = []
    headers.forEach((value, name, all) => {
      seen.push([name, value, all === headers])
    })
    expect(seen).toEqual(pairs.map((pair) => [...pair, true]))
  })

  test('toList keeps the letter case and is a copy to its pairs', () => {
    const headers = new Headers({ 'X-Mixed': '1' })
    const list = headers.toList()
    expect(list).toEqual([['X-Mixed', '1']])
    ;(list[0] as [string, string])[1] = '2'
    expect(headers.get('X-Mixed')).toBe('1')
  })
})

describe('writing', () => {
  test('set takes the place of the first and removes the others', () => {
    const headers = new Headers([
      ['A', '1'],
      ['B', '2'],
      ['a', '3'],
      ['C', '4'],
      ['A', '5'],
    ])
    headers.set('a', 'new')
    expect(headers.toList()).toEqual([
      ['a', 'new'],
      ['B', '2'],
      ['C', '4'],
    ])
  })

  test('set adds a header that was not there', () => {
    const headers = new Headers({ A: '1' })
    headers.set('B', '2')
    expect(headers.get('b')).toBe('2')
  })

  test('delete removes every one of a name and no other', () => {
    const headers = new Headers([
      ['A', '1'],
      ['AB', '2'],
      ['a', '3'],
    ])
    headers.delete('A')
    expect(headers.toList()).toEqual([['AB', '2']])
    headers.delete('nothing')
    expect(headers.toList()).toHaveLength(1)
  })

  test('from writes through to the list it was given', () => {
    const list: HeaderList = [['Vary', 'Accept']]
    const headers = Headers.from(list)
    headers.append('Vary', 'Cookie')
    headers.set('Age', '1')
    expect(list).toEqual([
      ['Vary', 'Accept'],
      ['Vary', 'Cookie'],
      ['Age', '1'],
    ])
  })

  test('set changes no pair that somebody else holds', () => {
    const pair: [string, string] = ['Age', '1']
    Headers.from([pair]).set('Age', '2')
    expect(pair).toEqual(['Age', '1'])
  })
})

describe('what it can be made of', () => {
  test('other headers, a fetch Headers and a Map', () => {
    expect(new Headers(new Headers({ A: '1' })).get('a')).toBe('1')
    expect(new Headers(new globalThis.Headers({ A: '1' })).get('a')).toBe('1')
    expect(new Headers(new Map([['A', '1']])).get('a')).toBe('1')
  })

  test('a fetch Headers can be made of it', () => {
    const headers = new Headers([
      ['A', '1'],
      ['a', '2'],
    ])
    expect(new globalThis.Headers(headers as never).get('a')).toBe('1, 2')
  })

  test('the list it was made of is not touched', () => {
    const list: HeaderList = [['A', '1']]
    new Headers(list).set('A', '2')
    expect(list).toEqual([['A', '1']])
  })

  test('it is no fetch Headers and does not pose as one', () => {
    expect(new Headers()).not.toBeInstanceOf(globalThis.Headers)
    expect(Object.prototype.toString.call(new Headers())).toBe('[object Object]')
  })

  test.each([null, 'A: 1', 5])('%j is refused', (init) => {
    expect(() => new Headers(init as never)).toThrow(
      new TypeError(`Got ${init} for the headers; expected [name, value] pairs or a record.`),
    )
  })
})

describe('what may not be sent (robustness.md H1)', () => {
  test.each(['a\r\nSet-Cookie: b', 'a\nb', 'a\rb', 'a\0b', 'łódź', '\u2028'])('the value %j', (value) => {
    const headers = new Headers()
    expect(() => headers.set('X-Name', value)).toThrow(JSON.stringify(value))
    expect(() => headers.append('X-Name', value)).toThrow(/X-Name/)
    expect(() => new Headers({ 'X-Name': value })).toThrow(TypeError)
    expect(headers.toList()).toEqual([])
  })

  test.each(['', 'a b', 'a:b', 'a\r\nb', 'ä', 'a\0'])('the name %j', (name) => {
    const headers = new Headers()
    expect(() => headers.set(name, '1')).toThrow(JSON.stringify(name))
    expect(() => headers.append(name, '1')).toThrow(TypeError)
    expect(() => headers.get(name)).toThrow(TypeError)
    expect(() => headers.delete(name)).toThrow(TypeError)
  })

  test('values that are no strings', () => {
    expect(() => new Headers().set('X-Count', 5 as never)).toThrow('Got the value 5 for the header X-Count')
  })

  test('a name and a value are shown as they are, texts in quotes', () => {
    expect(() => new Headers().set('A', 'b\n')).toThrow(
      'Got the value "b\\n" for the header A; expected a string of HTAB, 0x20-0x7E and 0x80-0xFF.',
    )
    expect(() => new Headers().get(5 as never)).toThrow('Got the header name 5; expected a token')
    expect(() => new Headers().get('a b')).toThrow('Got the header name "a b"; expected a token')
  })

  test('a long value is shown in part', () => {
    // With its quotes and the escape that is 200 characters, and one more.
    const value = `${'x'.repeat(196)}\n`
    expect(() => new Headers().set('A', value)).toThrow(`Got the value ${JSON.stringify(value)} for`)
    expect(() => new Headers().set('A', `x${value}`)).toThrow(`Got the value "${'x'.repeat(197)}\\n… for`)
    expect(() => new Headers().set('A', `${'x'.repeat(1000)}\n`)).toThrow(/^.{1,400}$/s)
  })

  test('tabs and latin-1 are allowed', () => {
    expect(new Headers({ A: 'caf\u00e9\ttab' }).get('a')).toBe('caf\u00e9\ttab')
  })
})

test('hostile names are only names (robustness.md K2)', () => {
  const headers = new Headers()
  expect(headers.get('__proto__')).toBeNull()
  expect(headers.get('constructor')).toBeNull()
  headers.set('__proto__', '1')
  expect(headers.get('__PROTO__')).toBe('1')
  expect(headers.toList()).toEqual([['__proto__', '1']])
})

test('agrees with fetch on get, has, set, append and delete for any sequence of them', () => {
  const name = fc.constantFrom('a', 'A', 'b', 'X-C')
  const value = fc.stringMatching(/^[a-z]{1,4}$/)
  const step = fc.tuple(fc.constantFrom('set', 'append', 'delete'), name, value)
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const ours = new Headers()
      const theirs = new globalThis.Headers()
      for (const [method, key, text] of steps) {
        for (const headers of [ours, theirs]) {
          if (method === 'delete') headers.delete(key)
          else headers[method as 'set' | 'append'](key, text)
        }
      }
      for (const key of ['a', 'b', 'x-c']) expect(ours.get(key)).toBe(theirs.get(key))
    }),
  )
})
