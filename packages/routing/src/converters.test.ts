import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { date, float, int, oneOf, string, uuid } from './index.ts'

describe('int', () => {
  test('gives whole numbers in their one spelling', () => {
    expect(int().parse('0')).toBe(0)
    expect(int().parse('42')).toBe(42)
    expect(int().parse('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
  })

  test.each([
    '',
    '007',
    '00',
    '+1',
    '-1',
    '1.0',
    '1e3',
    ' 1',
    '1 ',
    '0x1',
    '٣',
    '9007199254740992',
    '9'.repeat(1000),
    '1\n',
    '2/3',
    '2:3',
  ])('refuses %j', (text) => {
    expect(int().parse(text)).toBeUndefined()
  })

  test('reads what a pattern and Number read', () => {
    const part = fc.constantFrom('0', '1', '9', '-', '+', ' ', '9007199254740', '٣', '.')
    const options = fc.record({ signed: fc.boolean(), digits: fc.constantFrom(undefined, 1, 3, 16) })
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), options, (parts, { signed, digits }) => {
        const text = parts.join('')
        const count = digits === undefined ? '[1-9][0-9]{0,15}' : `[0-9]{${digits}}`
        const isOne = new RegExp(`^(?:0|${signed ? '-?' : ''}${count})$`).test(text)
        const isZero = /^-?0*$/.test(text)
        const spelt = digits === undefined ? text === '0' : text === '0'.repeat(digits)
        const number =
          isOne && (!isZero || spelt) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined
        expect(int({ signed, ...(digits === undefined ? {} : { digits }) }).parse(text), text).toBe(number)
      }),
      { numRuns: 3000 },
    )
  })

  test('keeps to its limits', () => {
    const converter = int({ min: 1, max: 3 })
    expect(['0', '1', '3', '4'].map((text) => converter.parse(text))).toEqual([undefined, 1, 3, undefined])
  })

  test('takes a minus sign when it is asked to, or below a negative limit', () => {
    expect(int({ signed: true }).parse('-5')).toBe(-5)
    expect(int({ min: -9 }).parse('-5')).toBe(-5)
    expect(int({ min: -9, signed: false }).parse('-5')).toBeUndefined()
    expect(int({ signed: true }).parse('-0')).toBeUndefined()
    expect(int({ min: -1, max: -1 }).parse('-1')).toBe(-1)
    expect(int({ min: -1, max: -1 }).parse('1')).toBeUndefined()
    expect(int({ max: 0 }).parse('0')).toBe(0)
  })

  test('gives back every number it formats', () => {
    const converter = int({ signed: true })
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => converter.parse(converter.format(value)) === value + 0),
    )
  })

  test.each([
    { min: 1.5 },
    { max: Number.NaN },
    { min: '1' as never },
    { min: 2, max: 1 },
    { signed: false, max: -1 },
    { max: -1 },
    { digits: 0 },
    { digits: 17 },
    { digits: 1.5 },
    { digits: '4' as never },
    { digits: 2, min: 100 },
    { digits: 2, signed: true, max: -100 },
  ])('throws for the limits %j', (options) => {
    expect(() => int(options)).toThrow(RangeError)
  })

  test('says which limit is none, and what one would be', () => {
    expect(() => int({ min: 1.5 })).toThrow('Got 1.5 for min of int(); expected a safe integer.')
    expect(() => int({ min: 2, max: 1 })).toThrow('Got int({"max":1,"min":2}), which accepts nothing')
  })

  test('throws for options that are no object', () => {
    expect(() => int(5 as never)).toThrow('Got 5 for the options of int(); expected an object.')
    expect(() => int(null as never)).toThrow('Got null for the options of int(); expected an object.')
    expect(() => float('5' as never)).toThrow('Got "5" for the options of float(); expected an object.')
    expect(() => string(3 as never)).toThrow('Got 3 for the options of string(); expected an object.')
    expect(() => date('2026-11-21' as never)).toThrow('for the options of date(); expected an object.')
  })

  test('throws for an option that there is not', () => {
    expect(() => int({ maximum: 3 } as never)).toThrow(
      'Got the unknown option "maximum" for int(); there are min, max, signed, digits.',
    )
  })
})

describe('int with a fixed number of digits', () => {
  test('takes leading zeros, and writes them', () => {
    const year = int({ digits: 4 })
    expect(['2026', '0042', '0000'].map((text) => year.parse(text))).toEqual([2026, 42, 0])
    expect([2026, 42, 0].map((value) => year.format(value))).toEqual(['2026', '0042', '0000'])
  })

  test.each(['', '42', '00042', '-042', '-0042', '+042', '4e01', '٠٠٤٢', '0042\n'])('refuses %j', (text) => {
    expect(int({ digits: 4 }).parse(text)).toBeUndefined()
  })

  test.each(['', '-', '0x7', '1e1', ' 7 ', '1.0', '+7'])('makes no number of the text %j', (text) => {
    const converter = int({ digits: 3, signed: true })
    expect(converter.parse(converter.format(text as never))).toBeUndefined()
  })

  test('fills up a text of digits', () => {
    expect(int({ digits: 3 }).format('7' as never)).toBe('007')
  })

  test('counts digits, not the sign', () => {
    const converter = int({ digits: 3, signed: true })
    expect(['-042', '042', '-42', '-000'].map((text) => converter.parse(text))).toEqual([
      -42,
      42,
      undefined,
      undefined,
    ])
    expect(converter.format(-42)).toBe('-042')
    expect(converter.format(-1)).toBe('-001')
  })

  test('takes limits that just fit its digits', () => {
    expect(int({ digits: 2, min: 99 }).parse('99')).toBe(99)
    expect(int({ digits: 2, signed: true, max: -99 }).parse('-99')).toBe(-99)
  })

  test('takes no more than 2⁵³ − 1', () => {
    expect(int({ digits: 16 }).parse('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
    expect(int({ digits: 16 }).parse('9007199254740992')).toBeUndefined()
    expect(int({ digits: 16 }).parse('0000000000000001')).toBe(1)
  })

  test('gives back every number that fits, and refuses the text of every other', () => {
    const numbers = fc
      .integer({ min: 1, max: 16 })
      .chain((digits) => fc.tuple(fc.constant(digits), fc.maxSafeInteger()))
    fc.assert(
      fc.property(numbers, ([digits, value]) => {
        const converter = int({ digits, signed: true })
        const fits = Math.abs(value) < 10 ** digits
        expect(converter.parse(converter.format(value))).toBe(fits ? value + 0 : undefined)
      }),
    )
  })

  test('has one text for each number: what it takes is what it writes', () => {
    const texts = fc.stringMatching(/^-?[0-9]{1,5}$/)
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 5 }), (text, digits) => {
        const converter = int({ digits, signed: true })
        const value = converter.parse(text)
        if (value !== undefined) expect(converter.format(value)).toBe(text)
      }),
    )
  })
})

describe('float', () => {
  test('gives decimal numbers, with or without a fraction', () => {
    expect(['12', '12.5', '0.50', '007.25'].map((text) => float().parse(text))).toEqual([12, 12.5, 0.5, 7.25])
  })

  test('takes 300 digits on either side, and no more', () => {
    const [most, more] = ['1'.repeat(300), '1'.repeat(301)]
    expect(float().parse(`${most}.${most}`)).toBe(Number(most))
    expect(float().parse(`1.${more}`)).toBeUndefined()
    expect(float().parse(`${more}.1`)).toBeUndefined()
  })

  test('takes a minus sign only where a number below zero is accepted', () => {
    expect(float({ min: -0.5 }).parse('-0.5')).toBe(-0.5)
    expect(float({ min: 0 }).parse('-0')).toBeUndefined()
    expect(float({ signed: true }).parse('-0.5')).toBe(-0.5)
  })

  test.each(['', '.5', '5.', '-1.5', '1e3', 'NaN', 'Infinity', '1,5', '1.2.3', '9'.repeat(301)])(
    'refuses %j',
    (text) => {
      expect(float().parse(text)).toBeUndefined()
    },
  )

  test('keeps to its limits', () => {
    const converter = float({ min: -0.5, max: 0.5 })
    expect(['-0.6', '-0.5', '0.5', '0.6'].map((text) => converter.parse(text))).toEqual([
      undefined,
      -0.5,
      0.5,
      undefined,
    ])
  })

  test('writes numbers without exponent', () => {
    const converter = float()
    expect([1e-7, 1.25e-9, 1e21, 1.5e24].map((value) => converter.format(value))).toEqual([
      '0.0000001',
      '0.00000000125',
      '1000000000000000000000',
      '1500000000000000000000000',
    ])
    expect(float({ signed: true }).format(-1e-7)).toBe('-0.0000001')
    expect(converter.format('1e21' as never)).toBe('1e21')
  })

  test('gives back every number of at most 300 digits on either side', () => {
    const converter = float({ signed: true })
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = converter.format(value)
        const fits = text.split('.').every((part) => part.replace('-', '').length <= 300)
        expect(converter.parse(text)).toBe(fits ? value + 0 : undefined)
      }),
    )
  })

  test('throws for limits that leave nothing', () => {
    expect(() => float({ max: -1 })).toThrow(
      'Got float({"max":-1}), which accepts nothing; widen the limits.',
    )
  })

  test('throws for an option that there is not', () => {
    expect(() => float({ digits: 2 } as never)).toThrow(
      'Got the unknown option "digits" for float(); there are min, max, signed.',
    )
  })

  test('throws for a limit that is no finite number', () => {
    expect(() => float({ max: Infinity })).toThrow(
      'Got Infinity for max of float(); expected a finite number.',
    )
  })
})

describe('date', () => {
  test('gives days of the calendar as they are written', () => {
    for (const day of ['2026-11-21', '2024-02-29', '2000-02-29', '0000-01-01', '9999-12-31']) {
      expect(date().parse(day)).toBe(day)
    }
  })

  test.each([
    '',
    '2026-11-31',
    '2026-02-29',
    '1900-02-29',
    '2026-00-10',
    '2026-13-10',
    '2026-10-00',
    '2026-1-1',
    '20261121',
    '2026/11/21',
    '2026-11-21T00:00',
    '+2026-11-21',
    '12026-11-21',
    '２０２６-11-21',
    '2026-11-21\n',
  ])('refuses %j', (text) => {
    expect(date().parse(text)).toBeUndefined()
  })

  test('keeps to its limits', () => {
    const converter = date({ min: '2026-01-01', max: '2026-12-31' })
    expect(
      ['2025-12-31', '2026-01-01', '2026-12-31', '2027-01-01'].map((day) => converter.parse(day)),
    ).toEqual([undefined, '2026-01-01', '2026-12-31', undefined])
  })

  test('may have limits that leave one day', () => {
    expect(date({ min: '2026-11-21', max: '2026-11-21' }).parse('2026-11-21')).toBe('2026-11-21')
  })

  test.each([
    ['01', 31],
    ['02', 28],
    ['03', 31],
    ['04', 30],
    ['05', 31],
    ['06', 30],
    ['07', 31],
    ['08', 31],
    ['09', 30],
    ['10', 31],
    ['11', 30],
    ['12', 31],
  ])('takes the days of month %s up to %d', (month, last) => {
    expect(date().parse(`2026-${month}-${last}`)).toBe(`2026-${month}-${last}`)
    expect(date().parse(`2026-${month}-${last + 1}`)).toBeUndefined()
  })

  test('takes the days that Date knows, and no others', () => {
    const days = fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(days, (day) => {
        const text = day.toISOString().slice(0, 10)
        expect(date().parse(date().format(text))).toBe(text)
      }),
    )
    const digits = (max: number): fc.Arbitrary<string> =>
      fc.nat(max).map((value) => String(value).padStart(2, '0'))
    fc.assert(
      fc.property(fc.nat(9999), digits(14), digits(33), (year, month, day) => {
        const text = `${String(year).padStart(4, '0')}-${month}-${day}`
        const known = new Date(`${text}T00:00:00Z`)
        // Date takes 30 February for a day in March.
        const exists = !Number.isNaN(known.getTime()) && known.toISOString().startsWith(text)
        expect(date().parse(text)).toBe(exists ? text : undefined)
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    { min: '2026-02-30' },
    { max: '2026' },
    { min: 2026 as never },
    { min: '2026-02-01', max: '2026-01-01' },
  ])('throws for the limits %j', (options) => {
    expect(() => date(options)).toThrow(RangeError)
  })

  test('throws for an option that there is not', () => {
    expect(() => date({ from: '2026-01-01' } as never)).toThrow('Got the unknown option "from" for date()')
  })
})

describe('uuid', () => {
  test('gives back every UUID it formats', () => {
    fc.assert(
      fc.property(fc.uuid(), (value) => {
        expect(uuid().parse(uuid().format(value))).toBe(value)
        expect(uuid().parse(value.toUpperCase())).toBe(value)
      }),
    )
  })

  test('gives lower case, whatever the case', () => {
    expect(uuid().parse('F81D4FAE-7dec-11d0-A765-00a0c91e6bf6')).toBe('f81d4fae-7dec-11d0-a765-00a0c91e6bf6')
  })

  test.each([
    '',
    'f81d4fae7dec11d0a76500a0c91e6bf6',
    'g81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    '{81d4fae-7dec-11d0-a765-00a0c91e6bf6',
  ])('refuses %j', (text) => {
    expect(uuid().parse(text)).toBeUndefined()
  })
})

describe('oneOf', () => {
  test('gives its texts and refuses others', () => {
    const converter = oneOf('a', 'b')
    expect(['a', 'b', 'A', 'ab', ''].map((text) => converter.parse(text))).toEqual([
      'a',
      'b',
      undefined,
      undefined,
      undefined,
    ])
  })

  test('has one name for the same texts in any order', () => {
    expect(oneOf('a', 'b').name).toBe(oneOf('b', 'a', 'b').name)
    expect(oneOf('a', 'b').name).toBe('oneOf("a","b")')
  })

  test('gives back each of its texts, and no other', () => {
    const texts = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(texts, fc.string(), (values, other) => {
        const converter = oneOf(...values)
        for (const value of values) expect(converter.parse(converter.format(value))).toBe(value)
        expect(converter.parse(other)).toBe(values.includes(other) ? other : undefined)
      }),
    )
  })

  test('throws without texts and for empty ones', () => {
    expect(() => oneOf()).toThrow(TypeError)
    expect(() => oneOf('a', '')).toThrow('Got oneOf("a", "")')
    expect(() => oneOf(['a', 'b'] as never)).toThrow(
      "expected texts that are not empty, one by one, as in oneOf('a', 'b')",
    )
  })
})

describe('string', () => {
  test('keeps to its lengths', () => {
    expect(['a', 'ab', 'abc'].map((text) => string({ length: 2 }).parse(text))).toEqual([
      undefined,
      'ab',
      undefined,
    ])
    expect(['', 'a'].map((text) => string().parse(text))).toEqual([undefined, 'a'])
    expect(['a', 'ab'].map((text) => string({ max: 1 }).parse(text))).toEqual(['a', undefined])
    expect(string({ length: 2, min: 2, max: 2 }).parse('ab')).toBe('ab')
    expect(['ab', 'abc'].map((text) => string({ length: 2, max: 3 }).parse(text))).toEqual(['ab', undefined])
    expect(['a', 'ab', 'abcd'].map((text) => string({ min: 2, max: 3 }).parse(text))).toEqual([
      undefined,
      'ab',
      undefined,
    ])
  })

  test.each([
    { length: 0 },
    { min: -1 },
    { max: 1.5 },
    { min: 3, max: 2 },
    { length: 5, max: 3 },
    { length: 2, min: 3 },
  ])('throws for the lengths %j', (options) => {
    expect(() => string(options)).toThrow(RangeError)
  })

  test('says which option is none', () => {
    expect(() => string({ length: 0 })).toThrow(
      'Got 0 for length of string(); expected a whole number from 1.',
    )
    expect(() => string({ len: 2 } as never)).toThrow(
      'Got the unknown option "len" for string(); there are length, min, max.',
    )
  })

  test('gives back every text of its lengths', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 5 }), fc.nat(5), (text, min, more) => {
        const converter = string({ min, max: min + more })
        const fits = text.length >= min && text.length <= min + more
        expect(converter.parse(converter.format(text))).toBe(fits ? text : undefined)
      }),
    )
  })
})

test.each([
  ['int', int()],
  ['int with digits', int({ digits: 2 })],
  ['float', float()],
  ['date', date()],
  ['uuid', uuid()],
  ['oneOf', oneOf('07')],
  ['string', string()],
])('%s does not take a list of one for what is in it', (_, converter) => {
  expect(() => (converter.format as (value: unknown) => string)(['07'])).toThrow(
    'Got a list; expected one value.',
  )
})

test('the same limits have the same name, whatever their order', () => {
  expect(int({ min: 1, max: 2 }).name).toBe(int({ max: 2, min: 1 }).name)
  expect(int({ min: 1, max: undefined as never }).name).toBe('int({"min":1})')
  expect(int({ signed: true, max: 2, min: 1 }).name).toBe('int({"max":2,"min":1,"signed":true})')
  const all = [int(), float({ max: 1 }), uuid(), date({ min: '2026-01-01' }), string({ length: 2 })]
  expect(all.map(({ name }) => name)).toEqual([
    'int()',
    'float({"max":1})',
    'uuid()',
    'date({"min":"2026-01-01"})',
    'string({"length":2})',
  ])
})

test('the converter that accepts less is tried first', () => {
  const weights = [
    string(),
    string({ min: 2 }),
    string({ min: 2, max: 3 }),
    float(),
    float({ min: 1 }),
    int(),
    int({ min: 1 }),
    int({ digits: 2, min: 1 }),
    date(),
    date({ min: '2026-01-01' }),
    oneOf('a', 'b'),
  ].map(({ weight }) => weight as number)
  expect(weights).toEqual(weights.toSorted((a, b) => a - b))
  expect(new Set(weights).size).toBe(weights.length)
  expect(uuid().weight).toBe(date().weight)
})

test.each([
  ['int', int(), int({ min: undefined, max: undefined, signed: undefined, digits: undefined })],
  ['float', float(), float({ min: undefined, max: undefined, signed: undefined })],
  ['date', date(), date({ min: undefined, max: undefined })],
  ['string', string(), string({ length: undefined, min: undefined, max: undefined })],
  ['int with a limit', int({ min: 1 }), int({ min: 1, max: undefined })],
])('%s takes an option that is undefined for none', (_what, without, undefinedOnes) => {
  expect(undefinedOnes).toMatchObject({ name: without.name, weight: without.weight })
})
