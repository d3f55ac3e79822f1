import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HeaderList } from '../protocol.ts'
import { addVary, formatVary, parseVary, varyOn } from './vary.ts'

describe('parseVary', () => {
  test('gives the names in lower case, each once', () => {
    expect(parseVary('Accept, accept-encoding,ACCEPT')).toEqual(['accept', 'accept-encoding'])
    expect(parseVary('')).toEqual([])
  })

  test('is an asterisk when one stands among them', () => {
    expect(parseVary('*')).toBe('*')
    expect(parseVary('Accept , *')).toBe('*')
  })

  test('leaves out what is no field name', () => {
    expect(parseVary('a b, "c", Accept, d:')).toEqual(['accept'])
  })
})

describe('addVary', () => {
  test.each([
    [undefined, ['Accept'], 'Accept'],
    ['', ['Accept', 'Cookie'], 'Accept, Cookie'],
    [' , ', ['Accept'], 'Accept'],
    ['Accept', ['Accept-Encoding'], 'Accept, Accept-Encoding'],
    ['Origin,Accept', ['ACCEPT', 'Cookie', 'cookie'], 'Origin,Accept, Cookie'],
    ['Accept', ['accept'], 'Accept'],
    ['*', ['Accept'], '*'],
    ['Accept, *', ['Cookie'], 'Accept, *'],
    ['Accept', ['*'], '*'],
    ['Accept', [], 'Accept'],
    [undefined, [], ''],
  ])('to %j of %j is %j', (header, names, expected) => {
    expect(addVary(header, ...names)).toBe(expected)
  })

  test.each(['', 'a b', 'a,b', 'a\r\nb', '"a"'])('refuses the field name %j', (name) => {
    expect(() => addVary('Accept', name)).toThrow(RangeError)
  })

  test('keeps what was there, adds what was not, and changes nothing the second time', () => {
    const name = fc.constantFrom('Accept', 'accept', 'Cookie', 'Origin', '*')
    const header = fc.array(name).map((names) => names.join(', '))
    fc.assert(
      fc.property(header, fc.array(name), (header, names) => {
        const added = addVary(header, ...names)
        const wanted = new Set([...parseVary(header), ...names.map((name) => name.toLowerCase())])
        const got = parseVary(added)
        expect(got === '*' ? wanted.has('*') : new Set(got)).toEqual(got === '*' ? true : wanted)
        expect(addVary(added, ...names)).toBe(added)
      }),
    )
  })

  test('takes any header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        const got = parseVary(addVary(header, 'Accept'))
        expect(got === '*' || got.includes('accept') || header.includes('"')).toBe(true)
      }),
    )
  })
})

describe('varyOn', () => {
  test('adds a header where there is none, and leaves the list it got alone', () => {
    const headers: HeaderList = [['Content-Type', 'text/plain']]
    expect(varyOn(headers, 'Accept', 'Cookie')).toEqual([
      ['Content-Type', 'text/plain'],
      ['Vary', 'Accept, Cookie'],
    ])
    expect(headers).toEqual([['Content-Type', 'text/plain']])
  })

  test('adds to the last one of several, in its place', () => {
    const headers: HeaderList = [
      ['Host', 'a'],
      ['Date', 'Vary'],
      ['vary', 'Origin'],
      ['VARY', 'Accept'],
      ['X-A', '1'],
    ]
    expect(varyOn(headers, 'Origin', 'Cookie')).toEqual([
      ['Host', 'a'],
      ['Date', 'Vary'],
      ['vary', 'Origin'],
      ['VARY', 'Accept, Cookie'],
      ['X-A', '1'],
    ])
    expect(headers[3]).toEqual(['VARY', 'Accept'])
  })

  test('gives the same list when nothing is to be added', () => {
    const named: HeaderList = [
      ['Vary', 'Origin'],
      ['Vary', 'Accept'],
    ]
    expect(varyOn(named, 'accept', 'ORIGIN')).toBe(named)
    const any: HeaderList = [
      ['Vary', '*'],
      ['Vary', 'Accept'],
    ]
    expect(varyOn(any, 'Cookie')).toBe(any)
    expect(varyOn(named)).toBe(named)
  })

  test('fills a header that names nothing', () => {
    expect(varyOn([['Vary', '']], 'Accept')).toEqual([['Vary', 'Accept']])
  })

  test('is an asterisk once one is added', () => {
    expect(parseVary(varyOn([['Vary', 'Accept']], '*')[0]?.[1] ?? '')).toBe('*')
  })
})

test.each([
  [undefined, ['Accept'], 'Accept'],
  ['', ['Accept'], 'Accept'],
  [' ', ['Accept'], 'Accept'],
  [',', ['Accept'], 'Accept'],
  ['Accept', ['ACCEPT'], 'Accept'],
  ['Accept', ['Cookie', 'cookie'], 'Accept, Cookie'],
  ['Accept,', ['Cookie'], 'Accept,, Cookie'],
  ['*', ['Accept'], '*'],
  ['Accept, *', ['Cookie'], 'Accept, *'],
  ['Accept', ['*'], '*'],
  ['Accept', ['Cookie', '*'], '*'],
  ['a b', ['Accept'], 'Accept'],
  ['Accept', [], 'Accept'],
])('%j with %j is %j (RFC 9110 section 12.5.5)', (header, names, expected) => {
  expect(addVary(header, ...names)).toBe(expected)
})

test.each(['', 'a b', 'a,b', 'a\r\nb', '\u00e4', '\u212a', 'a:'])('%j is no name of a field', (name) => {
  expect(() => addVary('Accept', name)).toThrow(RangeError)
  expect(() => varyOn([], name)).toThrow(RangeError)
  expect(() => varyOn([['Vary', 'Accept']], name)).toThrow(RangeError)
  expect(() => formatVary([name])).toThrow(RangeError)
})
