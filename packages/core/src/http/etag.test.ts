import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, between } from './characters.test-support.ts'
import {
  ENTITY_TAG_LIMIT,
  type EntityTag,
  formatEntityTag,
  formatEntityTags,
  matchesStrongly,
  matchesWeakly,
  parseEntityTag,
  parseEntityTags,
} from './etag.ts'

const tagValue = fc
  .array(fc.constantFrom(...'!#$%&()*+,-./09:;<=>?@AZ[]^_`az{|}~\x80\xff'), { maxLength: 20 })
  .map((characters) => characters.join(''))

describe('one entity tag', () => {
  test('is read strong or weak', () => {
    expect(parseEntityTag('"xyzzy"')).toEqual({ value: 'xyzzy', weak: false })
    expect(parseEntityTag('W/"xyzzy"')).toEqual({ value: 'xyzzy', weak: true })
    expect(parseEntityTag('""')).toEqual({ value: '', weak: false })
  })

  test.each([
    'xyzzy',
    '"xyzzy',
    'xyzzy"',
    'w/"xyzzy"',
    'W/ "xyzzy"',
    '"a" ',
    '"a", "b"',
    '"a b"',
    '"a\tb"',
    '',
  ])('is not %j', (text) => {
    expect(parseEntityTag(text)).toBeUndefined()
  })

  test('is formatted with its quotes', () => {
    expect(formatEntityTag({ value: 'a-1', weak: false })).toBe('"a-1"')
    expect(formatEntityTag({ value: 'a-1', weak: true })).toBe('W/"a-1"')
  })

  test.each(['a"b', 'a b', 'a\r\nb', '\0', '\x7f', 'Ā'])('refuses the value %j', (value) => {
    expect(() => formatEntityTag({ value, weak: false })).toThrow(RangeError)
  })

  test('survives formatting and parsing', () => {
    fc.assert(
      fc.property(fc.record({ value: tagValue, weak: fc.boolean() }), (tag) => {
        expect(parseEntityTag(formatEntityTag(tag))).toEqual(tag)
      }),
    )
  })
})

describe('a list of entity tags (robustness.md N2)', () => {
  test('keeps order, strength and commas within quotes', () => {
    expect(parseEntityTags('"a", W/"b,c" ,"d"')).toEqual([
      { value: 'a', weak: false },
      { value: 'b,c', weak: true },
      { value: 'd', weak: false },
    ])
  })

  test('is an asterisk on its own', () => {
    expect(parseEntityTags('*')).toBe('*')
    expect(parseEntityTags(' * ')).toBe('*')
    expect(parseEntityTags('\xa0*')).toEqual([])
    expect(formatEntityTags('*')).toBe('*')
  })

  test('takes empty members', () => {
    expect(parseEntityTags(',, "a" ,\t,"b",')).toEqual([
      { value: 'a', weak: false },
      { value: 'b', weak: false },
    ])
  })

  test('leaves out what is no tag, an asterisk among tags too', () => {
    expect(parseEntityTags('a, *, "b"x, "c d", "e"')).toEqual([{ value: 'e', weak: false }])
  })

  test('is empty for an empty header and for a quote that never closes', () => {
    expect(parseEntityTags('')).toEqual([])
    expect(parseEntityTags('"a')).toEqual([])
  })

  test('ends after the limit', () => {
    const header = Array.from({ length: ENTITY_TAG_LIMIT + 5 }, (_, index) => `"${index}"`).join(',')
    expect(parseEntityTags(header)).toHaveLength(ENTITY_TAG_LIMIT)
    expect(parseEntityTags(header, 2)).toHaveLength(2)
    expect(parseEntityTags(header, Number.POSITIVE_INFINITY)).toHaveLength(ENTITY_TAG_LIMIT + 5)
  })

  test('survives formatting and parsing', () => {
    const list = fc.array(fc.record({ value: tagValue, weak: fc.boolean() }), { maxLength: 10 })
    fc.assert(
      fc.property(list, (tags) => {
        expect(parseEntityTags(formatEntityTags(tags))).toEqual(tags)
      }),
    )
  })

  test('never throws, whatever the header holds', () => {
    const pieces = fc.array(fc.constantFrom('"', ',', ' ', 'W/', '*', 'a', '\t', '\x80', '\0'), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(pieces, (parts) => {
        const tags = parseEntityTags(parts.join(''))
        if (tags === '*') return
        for (const tag of tags) expect(parseEntityTag(formatEntityTag(tag))).toEqual(tag)
      }),
    )
  })
})

test.each([
  { a: 'W/"1"', b: 'W/"1"', strong: false, weak: true },
  { a: 'W/"1"', b: 'W/"2"', strong: false, weak: false },
  { a: 'W/"1"', b: '"1"', strong: false, weak: true },
  { a: '"1"', b: '"1"', strong: true, weak: true },
])(
  'the table of RFC 9110 section 8.8.3.2: $a and $b, strong $strong, weak $weak',
  ({ a, b, strong, weak }) => {
    const [first, second] = [parseEntityTag(a), parseEntityTag(b)] as [EntityTag, EntityTag]
    expect(matchesStrongly(first, second)).toBe(strong)
    expect(matchesWeakly(first, second)).toBe(weak)
  },
)

test('strong comparison needs two strong tags, weak comparison does not (RFC 9110 section 8.8.3.2)', () => {
  const strong = { value: '1', weak: false }
  const weak = { value: '1', weak: true }
  const other = { value: '2', weak: false }
  expect(matchesStrongly(strong, strong)).toBe(true)
  expect(matchesStrongly(strong, weak)).toBe(false)
  expect(matchesStrongly(weak, weak)).toBe(false)
  expect(matchesStrongly(strong, other)).toBe(false)
  expect(matchesWeakly(strong, weak)).toBe(true)
  expect(matchesWeakly(weak, weak)).toBe(true)
  expect(matchesWeakly(weak, other)).toBe(false)
})

test('a tag is of exactly the characters of RFC 9110 section 8.8.3', () => {
  const expected = `!${between(0x23, 0x7e)}${between(0x80, 0xff)}`
  const writes = (character: string) => {
    try {
      return formatEntityTag({ value: character, weak: false }) === `"${character}"`
    } catch {
      return false
    }
  }
  expect(acceptedOf(writes)).toBe(expected)
  expect(acceptedOf((character) => parseEntityTag(`"${character}"`)?.value === character)).toBe(expected)
  expect(acceptedOf((character) => parseEntityTags(`"${character}"`).length === 1)).toBe(expected)
})

test.each([
  ['x"a", "b"', ['b']],
  ['"a"x, "b"', ['b']],
  ['"a" "b", "c"', ['c']],
  ['W/x, "b"', ['b']],
  ['W/, "b"', ['b']],
  ['W/W/"a", "b"', ['b']],
  ['w/"a", "b"', ['b']],
  ['W /"a", "b"', ['b']],
  ['\'a\', "b"', ['b']],
  ['"a"; "b", "c"', ['c']],
  ['\t"a"\t,\t"b"\t', ['a', 'b']],
  ['"a","b"', ['a', 'b']],
  ['"a\\", "b"', ['a\\', 'b']],
  ['"", "b"', ['', 'b']],
  ['"a, "b"', ['b']],
  ['"a', []],
  ['\xa0"a", "b"', ['b']],
  ['"a"\r\n, "b"', ['b']],
])('the list %j has the tags %j, and what is none takes only itself away', (header, values) => {
  const tags = parseEntityTags(header)
  expect(tags === '*' ? tags : tags.map(({ value }) => value)).toEqual(values)
})
