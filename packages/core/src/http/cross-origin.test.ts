import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type EmbedderPolicy,
  formatEmbedderPolicy,
  formatOpenerPolicy,
  formatResourcePolicy,
  type OpenerPolicy,
  parseEmbedderPolicy,
  parseOpenerPolicy,
  parseResourcePolicy,
  type ResourcePolicy,
} from './cross-origin.ts'

const openers: OpenerPolicy[] = [
  'unsafe-none',
  'same-origin',
  'same-origin-allow-popups',
  'noopener-allow-popups',
]
const embedders: EmbedderPolicy[] = ['unsafe-none', 'require-corp', 'credentialless']
const resources: ResourcePolicy[] = ['same-origin', 'same-site', 'cross-origin']

const endpoint = fc.stringMatching(/^[\x20-\x7e]*$/)

test.each(openers)('the opener policy %s is written and read', (policy) => {
  expect(formatOpenerPolicy(policy)).toBe(policy)
  expect(parseOpenerPolicy(policy)).toEqual({ policy })
  fc.assert(
    fc.property(endpoint, (reportTo) => {
      expect(parseOpenerPolicy(formatOpenerPolicy(policy, { reportTo }))).toEqual({ policy, reportTo })
    }),
  )
})

test.each(embedders)('the embedder policy %s is written and read', (policy) => {
  expect(formatEmbedderPolicy(policy)).toBe(policy)
  expect(parseEmbedderPolicy(policy)).toEqual({ policy })
  fc.assert(
    fc.property(endpoint, (reportTo) => {
      expect(parseEmbedderPolicy(formatEmbedderPolicy(policy, { reportTo }))).toEqual({ policy, reportTo })
    }),
  )
})

test.each(resources)('the resource policy %s is written and read', (policy) => {
  expect(parseResourcePolicy(formatResourcePolicy(policy))).toBe(policy)
})

describe('a policy that is not known', () => {
  test.each([
    '',
    'same',
    'SAME-ORIGIN',
    '"same-origin"',
    'same-origin, same-origin',
    'same-origin; report-to="x',
    'same-origin; report-to="ä"',
    'same-origin; report-to="a\tb"',
    'ä',
  ])('is none: %j', (header) => {
    expect(parseOpenerPolicy(header)).toBeUndefined()
    expect(parseEmbedderPolicy(header)).toBeUndefined()
    expect(parseResourcePolicy(header)).toBeUndefined()
  })

  test('is none where it belongs to another header', () => {
    expect(parseOpenerPolicy('require-corp')).toBeUndefined()
    expect(parseEmbedderPolicy('same-origin')).toBeUndefined()
    expect(parseResourcePolicy('unsafe-none')).toBeUndefined()
    expect(parseResourcePolicy('same-origin; report-to="x"')).toBeUndefined()
  })

  test('is refused when it is written', () => {
    expect(() => formatOpenerPolicy('same-site' as OpenerPolicy)).toThrow(
      /"same-site".*same-origin-allow-popups/,
    )
    expect(() => formatEmbedderPolicy('' as EmbedderPolicy)).toThrow(RangeError)
    expect(() => formatResourcePolicy('none' as ResourcePolicy)).toThrow(RangeError)
  })

  test('is read without regard to what follows it', () => {
    expect(parseOpenerPolicy('same-origin;x=y; report-to="a;b"')).toEqual({
      policy: 'same-origin',
      reportTo: 'a;b',
    })
  })
})

test.each(['a\r\nX: y', 'ä', '€'])(
  'an endpoint that no field can hold is refused: %j (robustness.md H1)',
  (reportTo) => {
    expect(() => formatOpenerPolicy('same-origin', { reportTo })).toThrow(RangeError)
    expect(() => formatEmbedderPolicy('require-corp', { reportTo })).toThrow(RangeError)
  },
)

test('any text is read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(parseOpenerPolicy(text)).toBeUndefined()
      expect(parseEmbedderPolicy(`require-corp${text}`)?.policy ?? 'require-corp').toBe('require-corp')
      expect(parseResourcePolicy(text)).toBeUndefined()
    }),
  )
})

test('a name of an endpoint is escaped where it must be, each quote and backslash of it', () => {
  for (const reportTo of ['a', 'a b', 'a"b"c', 'a\\b\\c', '"', '']) {
    const header = formatOpenerPolicy('same-origin', { reportTo })
    expect(parseOpenerPolicy(header)).toEqual({ policy: 'same-origin', reportTo })
  }
})

test.each(['unsafe-none', 'same-origin', 'same-origin-allow-popups', 'noopener-allow-popups'] as const)(
  'the opener policy %s is known',
  (policy) => {
    expect(parseOpenerPolicy(policy)).toEqual({ policy })
    expect(formatOpenerPolicy(policy)).toBe(policy)
  },
)

test.each(['unsafe-none', 'require-corp', 'credentialless'] as const)(
  'the embedder policy %s is known',
  (policy) => {
    expect(parseEmbedderPolicy(policy)).toEqual({ policy })
    expect(formatEmbedderPolicy(policy)).toBe(policy)
  },
)
