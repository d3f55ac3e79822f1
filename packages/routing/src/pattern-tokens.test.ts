import { describe, expect, test } from 'vitest'
import { int } from './converters.ts'
import {
  ALTERNATIVE_LIMIT,
  checkLength,
  fillGroups,
  PATTERN_LENGTH_LIMIT,
  parseTokens,
  shapeOf,
  splitTokens,
  toSegment,
} from './pattern-tokens.ts'

/** What lies between the slashes of a pattern without groups. */
function split(source: string, convert: Record<string, ReturnType<typeof int>> = {}) {
  const [tokens = []] = fillGroups(parseTokens(source), source)
  return splitTokens(tokens, '/', source, new Map(Object.entries(convert)))
}

/** The texts that the groups of a pattern stand for, with each parameter by its sign and name. */
function fill(source: string): string[] {
  return fillGroups(parseTokens(source), source).map((tokens) =>
    tokens
      .map((token) =>
        token.type === 'text' ? token.value : `${token.type === 'wildcard' ? '*' : ':'}${token.name}`,
      )
      .join(''),
  )
}

test('a pattern may be as long as the limit, and no longer', () => {
  expect(() => checkLength('a'.repeat(PATTERN_LENGTH_LIMIT))).not.toThrow()
  expect(() => checkLength('a'.repeat(PATTERN_LENGTH_LIMIT + 1))).toThrow(
    `of ${PATTERN_LENGTH_LIMIT + 1} characters; expected at most ${PATTERN_LENGTH_LIMIT}.`,
  )
})

describe('a parameter in angles, as Werkzeug writes it', () => {
  test.each([
    ['/<id>', '<id>', 'id'],
    ['/a/<user_id>/b', '<user_id>', 'user_id'],
    ['/<X1>', '<X1>', 'X1'],
    ['/<_>', '<_>', '_'],
    ['/<int:id>', '<int:id>', 'id'],
    ['/<my_type:id>', '<my_type:id>', 'id'],
    ['/<any(a, b):kind>', '<any(a, b):kind>', 'kind'],
    ['/<string():kind>', '<string():kind>', 'kind'],
  ])('in %s is refused with what is written here', (source, angled, name) => {
    expect(() => parseTokens(source)).toThrow(
      `${angled} is no parameter here; write :${name}, with convert: { ${name}: int() } where it has a type`,
    )
  })

  test.each(['/a<b', '/a>b', '/<1>', '/<a b>', '/<:id>', '/<-a>'])('is none in %s', (source) => {
    expect(parseTokens(source).length).toBeGreaterThan(0)
  })
})

describe('groups are filled', () => {
  test.each([
    ['/a', ['/a']],
    ['/:a/*b', ['/:a/*b']],
    ['{a}', ['a', '']],
    ['/{a}b{c}', ['/abc', '/ab', '/bc', '/b']],
    ['/a{/b{/:c}}', ['/a/b/:c', '/a/b', '/a']],
    ['{{a}b}c', ['abc', 'bc', 'c']],
  ])('in %s, the fuller ones first', (source, filled) => {
    expect(fill(source)).toEqual(filled)
  })

  test('up to the limit', () => {
    const groups = Math.log2(ALTERNATIVE_LIMIT)
    expect(new Set(fill('{a}b'.repeat(groups))).size).toBeGreaterThan(groups)
    expect(fill('{a}'.repeat(groups))).toHaveLength(ALTERNATIVE_LIMIT)
    expect(() => fill('{a}'.repeat(groups + 1))).toThrow(
      `its optional groups stand for more than ${ALTERNATIVE_LIMIT} paths`,
    )
    expect(() => fill(`${'{a}'.repeat(groups)}{b{c}}`)).toThrow(TypeError)
  })
})

describe('what lies between slashes', () => {
  test.each([
    ['/', [[], []]],
    ['/a/b', [[], ['a'], ['b']]],
    ['/a//b/', [[], ['a'], [], ['b'], []]],
    ['a', [['a']]],
  ])('of %s is its texts', (source, rows) => {
    expect(split(source).rows).toEqual(rows)
  })

  test('is text and parameters, in turn', () => {
    const convert = { n: int() }
    const { rows, captures } = split('/x:n-:b/*rest/:c', convert)
    expect(rows).toEqual([
      [],
      ['x', { name: 'n', converter: convert.n, wildcard: false }, '-', { name: 'b', wildcard: false }],
      [{ name: 'rest', wildcard: true }],
      [{ name: 'c', wildcard: false }],
    ])
    expect(captures).toEqual([
      { name: 'n', kind: 'value' },
      { name: 'b', kind: 'text' },
      { name: 'rest', kind: 'list' },
      { name: 'c', kind: 'text' },
    ])
  })

  test('is one text where a group leaves two beside each other', () => {
    const source = '/a{b}c/d'
    const rows = fillGroups(parseTokens(source), source).map(
      (tokens) => splitTokens(tokens, '/', source, new Map()).rows,
    )
    expect(rows).toEqual([
      [[], ['abc'], ['d']],
      [[], ['ac'], ['d']],
    ])
  })

  test('takes no converter for a wildcard', () => {
    expect(split('/*n', { n: int() }).captures).toEqual([{ name: 'n', kind: 'list' }])
  })

  test.each([
    ['/:a/:a', 'it has two parameters a'],
    ['/:a/*a', 'it has two parameters a'],
    ['/:a:b', 'nothing separates b from the parameter before it'],
    ['/:a*b', 'nothing separates b from the parameter before it'],
    ['/:__proto__', 'no parameter may be called __proto__'],
  ])('is refused in %s', (source, reason) => {
    expect(() => split(source)).toThrow(`Got the pattern ${JSON.stringify(source)}, but ${reason}.`)
  })
})

describe('a segment', () => {
  const n = int()
  const segment = (source: string) => {
    const [row = []] = split(source, { n }).rows
    return toSegment(row, source)
  }

  test('is static, a parameter, a wildcard, or mixed', () => {
    expect(segment('')).toEqual({ kind: 'static', text: '' })
    expect(segment('a')).toEqual({ kind: 'static', text: 'a' })
    expect(segment(':n')).toEqual({ kind: 'parameter', parameter: { name: 'n', converter: n } })
    expect(segment('*w')).toEqual({ kind: 'wildcard', name: 'w' })
    expect(segment(':a.')).toMatchObject({ kind: 'mixed', parts: [{ name: 'a' }, '.'] })
  })

  test.each(['a*w', '*w.', ':a-*w'])('holds no wildcard beside other parts: %s', (source) => {
    expect(() => segment(source)).toThrow('the wildcard w shares a segment; it must stand alone in it')
  })

  test('has one shape with those that match the same', () => {
    expect(shapeOf(segment('a'))).toBe('a')
    expect(shapeOf(segment('*w'))).toBe('{*}')
    expect(shapeOf(segment(':x'))).toBe('{}')
    expect(shapeOf(segment(':n'))).toBe('{"int()"}')
    expect(shapeOf(segment('v:n-:x'))).toBe('v{"int()"}-{}')
  })
})
