import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkHeaders, contentLengthOf, flattenHeaders, parseStatus } from './head.ts'
import { isFieldValue } from './http/field.ts'
import type { HeaderList, Status } from './protocol.ts'

describe('parseStatus', () => {
  test.each<{ status: Status; code: number; reason: string }>([
    { status: '200 OK', code: 200, reason: 'OK' },
    { status: '404 Not Found', code: 404, reason: 'Not Found' },
    { status: '599 ', code: 599, reason: '' },
    { status: '999 Caf\xe9', code: 999, reason: 'Caf\xe9' },
  ])('$status is $code', ({ status, code, reason }) => {
    expect(parseStatus(status)).toEqual({ code, reason })
  })

  test.each([
    '',
    '200',
    '100 Continue',
    '199 ',
    '1000 Big',
    ' 200 OK',
    '200 OK\r\nSet-Cookie: a=b',
    '200 OK\n',
    '200 \u0000',
    '200 \u20ac',
    '2\u0660\u0660 OK',
    200,
    undefined,
    Object.create(null),
  ])('%j is refused', (status) => {
    expect(() => parseStatus(status as Status)).toThrow(expect.objectContaining({ clause: '3.4' }))
  })

  test('the message shows what was got, but not all of a long one', () => {
    expect(() => parseStatus('20 OK' as Status)).toThrow('Got the status "20 OK"; expected three digits')
    expect(() => parseStatus('x'.repeat(10_000) as Status)).toThrow(/^Got the status "x{199}…;/)
  })
})

describe('checkHeaders', () => {
  test('tokens and latin-1 values pass', () => {
    expect(() =>
      checkHeaders([
        ['X-Any', ''],
        ["!#$%&'*+-.^_`|~09AZaz", 'a\tb \x80\xff'],
        ['Set-Cookie', 'a=b'],
        ['Set-Cookie', 'c=d'],
      ]),
    ).not.toThrow()
  })

  test.each([
    { headers: null, shown: 'null' },
    { headers: { a: 'b' }, shown: 'an object of class Object' },
    { headers: Object.create(null), shown: 'an object of class null' },
    { headers: [['A']], shown: 'the header' },
    { headers: [['A', 'b', 'c']], shown: 'the header' },
    { headers: [undefined], shown: 'the header undefined' },
    { headers: [['', 'b']], shown: 'the header name ""' },
    { headers: [['A B', 'b']], shown: 'the header name "A B"' },
    { headers: [['A:', 'b']], shown: 'the header name "A:"' },
    { headers: [['\xc4', 'b']], shown: 'the header name' },
    { headers: [[1, 'b']], shown: 'the header name the number 1' },
    { headers: [['A', 'b\r\nC: d']], shown: 'the value "b\\r\\nC: d" for the header A' },
    { headers: [['A', 'b\0']], shown: 'for the header A' },
    { headers: [['A', '\u0100']], shown: 'RFC 8187' },
    { headers: [['A', undefined]], shown: 'the value undefined for the header A' },
    { headers: [['Keep-Alive', 'timeout=5']], shown: 'Keep-Alive, which belongs to the connection' },
    { headers: [['UPGRADE', 'h2c']], shown: 'UPGRADE, which belongs to the connection' },
  ])('$headers is refused, and shown', ({ headers, shown }) => {
    expect(() => checkHeaders(headers as HeaderList)).toThrow(
      expect.objectContaining({ clause: '3.4', message: expect.stringContaining(shown) }),
    )
  })

  test('a name that passed once does not let a bad value pass', () => {
    checkHeaders([['X-Known', 'good']])
    expect(() => checkHeaders([['X-Known', 'bad\n']])).toThrow('for the header X-Known')
  })

  test('a value that passed lets no other pass, and one that was refused does not pass later', () => {
    const known = `X-${'v'.repeat(20)}`
    checkHeaders([[known, '']])
    for (const bad of [
      undefined,
      null,
      0,
      ['v'],
      { toString: () => 'v' },
      '\n',
      'v\r',
      `${'v'.repeat(300)}\0`,
    ]) {
      checkHeaders([[known, 'v']])
      for (let round = 0; round < 2; round++) {
        expect(() => checkHeaders([[known, bad as string]])).toThrow(`for the header ${known}`)
      }
    }
  })

  test('a header name without a value is refused when the name is new', () => {
    expect(() => checkHeaders([['X-Never-Seen', undefined as never]])).toThrow('for the header X-Never-Seen')
  })

  test('a list is checked as if it were the first', () => {
    const names = fc.constantFrom('A', 'B', 'a')
    const values = fc.oneof(fc.constantFrom('', 'v', 'v\n', 'w'.repeat(257)), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(names, values), { maxLength: 3 }), { maxLength: 4 }),
        (lists) => {
          for (const list of lists) {
            const expected = list.every(([, value]) => isFieldValue(value))
            if (expected) expect(flattenHeaders(list)).toEqual(list.flat())
            else expect(() => flattenHeaders(list)).toThrow('Got the value')
          }
        },
      ),
    )
  })

  test('what passes never holds a line break or a NUL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, value) => {
        try {
          checkHeaders([[name, value]])
        } catch {
          return
        }
        expect(`${name}${value}`).not.toMatch(/[\r\n\0]/)
        expect([...`${name}${value}`].every((character) => character.charCodeAt(0) <= 0xff)).toBe(true)
      }),
    )
  })
})

test('flattenHeaders gives names and values in one list, checked', () => {
  expect(
    flattenHeaders([
      ['A', 'b'],
      ['C', 'd'],
    ]),
  ).toEqual(['A', 'b', 'C', 'd'])
  expect(() => flattenHeaders([['A', '\n']])).toThrow('for the header A')
  expect(() => flattenHeaders({} as never)).toThrow('for the headers')
})

test.each([
  { flat: ['content-length', '5'], length: 5 },
  { flat: ['X-Length', '1', 'Content-Length', '0'], length: 0 },
  { flat: [], length: -1 },
  { flat: ['X', 'content-length', 'Y', '5'], length: -1 },
  { flat: ['Content-Length', '-5'], length: -1 },
  { flat: ['Content-Length', '5, 5'], length: -1 },
  { flat: ['Content-Length', '1e3'], length: -1 },
  { flat: ['Content-Length', '9999999999999999'], length: -1 },
])('contentLengthOf $flat is $length', ({ flat, length }) => {
  expect(contentLengthOf(flat)).toBe(length)
})
