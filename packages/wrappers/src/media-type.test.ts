import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { essenceOf, parseMediaType, parseParameters, valuesOf } from './media-type.ts'

test('takes a media type apart', () => {
  expect(parseMediaType('Text/HTML; Charset=UTF-8 ;a="b;c"')).toEqual({
    essence: 'text/html',
    parameters: [
      ['charset', 'UTF-8'],
      ['a', 'b;c'],
    ],
  })
})

test.each([
  ['text/plain', 'text/plain'],
  [' TEXT/plain\t; charset=x', 'text/plain'],
  ['', ''],
  [';', ''],
])('the essence of %j is %j', (text, essence) => {
  expect(essenceOf(text)).toBe(essence)
})

describe('what is no media type', () => {
  test.each([
    '',
    'text',
    '/plain',
    'text/',
    'text/pl ain',
    'text/plain/x',
    'te,xt/plain',
    'text/plain; charset',
    'a/b; =c',
    'a/b; c="d',
    'a/b; c=d e',
    'a/b; c=',
  ])('%j', (text) => {
    expect(parseMediaType(text)).toBeUndefined()
  })
})

describe('parameters', () => {
  test('repeats are kept for the caller to refuse', () => {
    expect(valuesOf(parseParameters('; a=1; A=2', 0) ?? [], 'a')).toEqual(['1', '2'])
  })

  test('empty ones are allowed', () => {
    expect(parseParameters('; ; a=1;', 0)).toEqual([['a', '1']])
  })

  test('a quoted value may hold what a bare one may not, and be empty', () => {
    expect(parseParameters(';a="x=1; y"; b=""', 0)).toEqual([
      ['a', 'x=1; y'],
      ['b', ''],
    ])
  })

  test('a backslash escapes a quote and itself, and stands for itself otherwise', () => {
    expect(parseParameters(String.raw`;a="say \"hi\" C:\dir\\x"`, 0)).toEqual([
      ['a', String.raw`say "hi" C:\dir\x`],
    ])
  })

  test('hostile names are only names (K2)', () => {
    expect(parseParameters(';__proto__=1', 0)).toEqual([['__proto__', '1']])
  })
})

test('quoted values round-trip', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const quoted = value.replace(/["\\]/g, String.raw`\$&`)
      expect(parseParameters(`;a="${quoted}"`, 0)).toEqual([['a', value]])
    }),
  )
})

test('any text gives a media type or undefined', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '/', ';', '=', '"', '\\', ' ', '\n') }), (text) => {
      const type = parseMediaType(text)
      expect(type === undefined || type.essence.includes('/')).toBe(true)
    }),
  )
})

/** Reads of the text, a measure of work that no other process disturbs. */
function work(text: string): number {
  let reads = 0
  const counting = new Proxy(Object(text) as object, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads++
      const value = Reflect.get(target, key) as unknown
      return typeof value === 'function' ? value.bind(text) : value
    },
  })
  parseParameters(counting as never, 0)
  return reads
}

test.each([
  ['spaces', (n: number) => `;${' '.repeat(n)}`],
  ['semicolons', (n: number) => ';'.repeat(n)],
  ['an open quote', (n: number) => `;a="${'x'.repeat(n)}`],
  ['backslashes', (n: number) => `;a="${'\\'.repeat(n)}`],
  ['parameters', (n: number) => ';a=b'.repeat(n)],
])('work grows in step with %s (L5)', (_name, make) => {
  expect(work(make(4000))).toBeLessThan(2.5 * work(make(2000)) + 100)
})
