import { BadRequest } from '@stapel/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson } from './json.ts'

test('gives what JSON.parse gives', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJson(text, { prototypeKeys: 'ignore' })).toEqual(JSON.parse(text))
    }),
  )
})

describe('invalid JSON', () => {
  test('is answered 400 with its place and without its text', () => {
    const text = '{\n  "password": "secret",\n  oops\n}'
    const error = thrownBy(() => parseJson(text))
    expect(error).toBeInstanceOf(BadRequest)
    expect(error.description).toBe('The JSON of the request is invalid at position 28 (line 3, column 3).')
    expect(error.cause).toBeInstanceOf(SyntaxError)
  })

  test('tells programs its place as problem details', () => {
    expect(thrownBy(() => parseJson('{\n  oops')).toJSON()).toMatchObject({ position: 4, line: 2, column: 3 })
  })

  test('an empty body is said to be empty', () => {
    expect(thrownBy(() => parseJson('')).description).toBe(
      'The JSON of the request is invalid: there is none.',
    )
  })
})

describe('keys that change prototypes (robustness.md K4)', () => {
  const hostile = [
    '{"__proto__":{"admin":true}}',
    '[{"a":[{"__proto__":1}]}]',
    String.raw`{"\u005f_proto__":1}`,
    String.raw`{"_\u005Fpro\u0074o__":1}`,
    '{"constructor":{"prototype":{"admin":true}}}',
  ]

  test.each(hostile)('%s is answered 400', (text) => {
    expect(thrownBy(() => parseJson(text)).status).toBe(400)
  })

  test.each(hostile)('%s loses them when asked to', (text) => {
    const value = parseJson(text, { prototypeKeys: 'remove' })
    expect(JSON.stringify(value)).not.toMatch(/proto/)
  })

  test.each(hostile)('%s keeps them as data when asked to', (text) => {
    expect(parseJson(text, { prototypeKeys: 'ignore' })).toEqual(JSON.parse(text))
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
  })

  test.each([
    '{"a":"__proto__"}',
    '{"constructor":"Ada"}',
    '{"constructor":{"name":"x"}}',
    '{"constructor":null}',
    String.raw`{"a":"\u00e9"}`,
    '["constructor", null, 1]',
    '"__proto__"',
  ])('%s is harmless', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text))
  })
})

describe('depth (robustness.md K4)', () => {
  const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

  test('512 levels are accepted, 513 are answered 400', () => {
    expect(parseJson(nested(512))).toBeInstanceOf(Array)
    expect(thrownBy(() => parseJson(nested(513))).description).toContain('deeper than 512 levels')
  })

  test('objects count as arrays do', () => {
    const text = `${'{"a":'.repeat(4)}1${'}'.repeat(4)}`
    expect(parseJson(text, { depth: 4 })).toEqual({ a: { a: { a: { a: 1 } } } })
    expect(thrownBy(() => parseJson(text, { depth: 3 })).status).toBe(400)
  })

  test('brackets in strings do not count', () => {
    const text = JSON.stringify({ a: '[[[[{{{{"\\', 'b[[': ['\\"[['] })
    expect(parseJson(text, { depth: 2 })).toEqual(JSON.parse(text))
  })

  test('neighbours do not add up', () => {
    expect(parseJson('[[1],[2],[3],[4]]', { depth: 2 })).toHaveLength(4)
  })

  test('a hundred thousand levels do not overflow anything', () => {
    expect(thrownBy(() => parseJson(nested(100_000))).status).toBe(400)
    expect(() => parseJson(nested(100_000), { depth: Number.POSITIVE_INFINITY })).not.toThrow()
  })

  test('a depth that is none is refused (robustness.md M6)', () => {
    expect(() => parseJson('[]', { depth: Number.NaN })).toThrow(RangeError)
  })
})

// robustness.md L5: at 1 MiB, work that grew with the square of the text would run into the time limit of the test.
describe('a MiB of anything comes to an end', () => {
  const hostile: Readonly<Record<string, string>> = {
    'open arrays': '[',
    'open objects': '{"a":',
    'nested arrays that close': '[]',
    'open quotes': '"',
    'escaped quotes': '\\"',
    'escapes that may hide a key': '\\u005f',
    'keys that change prototypes': '{"__proto__":',
    'harmless keys of that name': '"constructor",',
    'line breaks': '\n',
    digits: '9',
    'signs and dots': '-.',
    letters: 'tru',
    surrogates: '\ud83d',
  }

  test.each(Object.entries(hostile))('%s', (_name, unit) => {
    for (const head of ['', '[', '["', '{"a":"', '[{"__proto__":1},"']) {
      const text = head + unit.repeat(1_048_576 / unit.length)
      for (const prototypeKeys of ['error', 'remove'] as const) {
        try {
          parseJson(text, { prototypeKeys })
        } catch (error) {
          expect(error).toBeInstanceOf(BadRequest)
        }
      }
    }
  })
})

test('any text gives a value or a BadRequest with a place within it', () => {
  const near = fc.string({
    unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1', '\\', 'null', ' ', '\n'),
  })
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
      try {
        parseJson(text)
      } catch (error) {
        expect(error).toBeInstanceOf(BadRequest)
        const { position = 0 } = (error as BadRequest).toJSON() as { position?: number }
        expect(position).toBeLessThanOrEqual(text.length)
      }
    }),
  )
})

function thrownBy(action: () => unknown): BadRequest {
  try {
    action()
  } catch (error) {
    return error as BadRequest
  }
  throw new Error('Nothing was thrown.')
}
