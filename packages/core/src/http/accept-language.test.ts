import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chooseLanguage,
  LANGUAGE_RANGE_LIMIT,
  languageQuality,
  matchesLanguage,
  parseAcceptLanguage,
} from './accept-language.ts'

describe('parseAcceptLanguage', () => {
  const values = (header: string) => parseAcceptLanguage(header).map(({ value }) => value)

  test('gives the ranges wanted most first, equals in their order', () => {
    expect(values('da;q=0.5, en-GB;q=0.8, EN, *;q=0.1, fr;q=0.8')).toEqual(['en', 'en-gb', 'fr', 'da', '*'])
    expect(values('*, en, *;q=0.5, de')).toEqual(['en', 'de', '*', '*'])
  })

  test('leaves out what is no language range', () => {
    expect(values('en_US, abcdefghi, en-, -en, e n, en-*, en-abcdefghi, 12, de')).toEqual(['de'])
  })

  test('leaves out what is longer than the limit', () => {
    const subtags = (length: number) => `en${'-a'.repeat((length - 2) / 2)}`
    expect(values(subtags(LANGUAGE_RANGE_LIMIT))).toHaveLength(1)
    expect(values(subtags(LANGUAGE_RANGE_LIMIT + 2))).toEqual([])
  })
})

test.each([
  { range: 'de', tag: 'de', matches: true },
  { range: 'de', tag: 'de-CH', matches: true },
  { range: 'DE-ch', tag: 'de-CH-1996', matches: true },
  { range: 'de-CH', tag: 'de', matches: false },
  { range: 'de', tag: 'den', matches: false },
  { range: '*', tag: 'de', matches: true },
  { range: 'de-de', tag: 'de-Latn-DE', matches: false },
])('the range $range covers $tag: $matches (RFC 4647 section 3.3.1)', ({ range, tag, matches }) => {
  expect(matchesLanguage(range, tag)).toBe(matches)
})

test('a language is wanted with the weight of the longest range that covers it', () => {
  const ranges = parseAcceptLanguage('en;q=0.8, en-GB;q=0.3, *;q=0.1')
  expect(languageQuality(ranges, 'en')).toBe(0.8)
  expect(languageQuality(ranges, 'en-US')).toBe(0.8)
  expect(languageQuality(ranges, 'EN-gb-oed')).toBe(0.3)
  expect(languageQuality(ranges, 'de')).toBe(0.1)
  expect(languageQuality(parseAcceptLanguage('en'), 'de')).toBe(0)
  expect(languageQuality(parseAcceptLanguage('en;q=0, en;q=0.5, en;q=0.2'), 'en')).toBe(0.5)
})

test('a shorter form leaves no single letter at its end (the example of RFC 4647 section 3.4)', () => {
  const forms = ['zh-Hant-CN-x-private1', 'zh-Hant-CN', 'zh-Hant', 'zh']
  for (const [at, form] of forms.entries()) {
    expect(chooseLanguage('zh-Hant-CN-x-private1-private2', [...forms.slice(at).toReversed()])).toBe(form)
  }
  expect(chooseLanguage('zh-Hant-CN-x-private1', ['zh-Hant-CN-x', 'zh-Hant'])).toBe('zh-Hant')
})

describe('chooseLanguage', () => {
  test.each([
    { header: 'en', offers: ['de', 'en'], language: 'en', because: 'it is named' },
    {
      header: 'da, en-gb;q=0.8, en;q=0.7',
      offers: ['en', 'en-GB'],
      language: 'en-GB',
      because: 'it is wanted more',
    },
    { header: 'en, de', offers: ['de', 'en'], language: 'en', because: 'it comes first among equals' },
    { header: 'en', offers: ['de', 'en-GB', 'en-US'], language: 'en-GB', because: 'the range covers it' },
    { header: 'en', offers: ['en-GB', 'en'], language: 'en', because: 'the tag itself comes first' },
    { header: 'de-CH, en;q=0.8', offers: ['en', 'de'], language: 'de', because: 'it is a shorter form' },
    {
      header: 'zh-Hant-CN-x-private',
      offers: ['zh', 'zh-Hant'],
      language: 'zh-Hant',
      because: 'it is longer',
    },
    {
      header: 'de-CH, en;q=0.8',
      offers: ['en', 'de-AT'],
      language: 'en',
      because: 'a tag that is named comes first',
    },
    {
      header: 'de-CH',
      offers: ['en', 'de-AT'],
      language: 'de-AT',
      because: 'the primary language is the same',
    },
    {
      header: 'de-CH, de;q=0',
      offers: ['de', 'de-AT', 'de-CH'],
      language: 'de-CH',
      because: 'others are refused',
    },
    {
      header: 'en, en-GB;q=0.3, de;q=0.5',
      offers: ['en-GB', 'de'],
      language: 'de',
      because: 'of its own weight',
    },
    { header: 'fr, *;q=0.5', offers: ['en', 'de'], language: 'en', because: 'anything will do' },
    { header: '*, en;q=0.5', offers: ['en', 'de'], language: 'de', because: 'anything else is wanted more' },
    { header: '*, en', offers: ['de', 'en'], language: 'en', because: 'it is named' },
    {
      header: '*;q=0.5, de;q=0',
      offers: ['de', 'en'],
      language: 'en',
      because: 'anything but German will do',
    },
  ])('$header of $offers: $language, as $because', ({ header, offers, language }) => {
    expect(chooseLanguage(header, offers)).toBe(language)
  })

  test('gives the tag as it was offered', () => {
    expect(chooseLanguage('EN-gb', ['en-GB'])).toBe('en-GB')
  })

  test('gives nothing when nothing is left', () => {
    expect(chooseLanguage('fr', ['en', 'de'])).toBeUndefined()
    expect(chooseLanguage('fr, *;q=0', ['en', 'de'])).toBeUndefined()
    expect(chooseLanguage('en;q=0', ['en', 'en-GB'])).toBeUndefined()
    expect(chooseLanguage('en', [])).toBeUndefined()
    expect(chooseLanguage('x-a', ['x-b'])).toBeUndefined()
  })

  test.each([undefined, '', ' ,', 'en_US', 'en;q=2'])('takes the first offer for %j', (header) => {
    expect(chooseLanguage(header, ['de', 'en'])).toBe('de')
  })

  test('never gives what is refused by name, and always what is named and offered', () => {
    const tag = fc.constantFrom('en', 'en-GB', 'en-US', 'de', 'de-CH', 'fr')
    const header = fc
      .uniqueArray(fc.tuple(tag, fc.constantFrom('', ';q=0', ';q=0.5')), {
        selector: ([tag]) => tag,
        minLength: 1,
      })
      .map((members) => members.map((parts) => parts.join('')).join(','))
    fc.assert(
      fc.property(header, fc.uniqueArray(tag), (header, offers) => {
        const members = header.split(',')
        const language = chooseLanguage(header, offers)
        expect(members.map((member) => member.replace(';q=0.5', ''))).not.toContain(`${language};q=0`)
        const wanted = offers.filter((offer) => members.includes(offer) || members.includes(`${offer};q=0.5`))
        if (wanted.length > 0) expect(offers).toContain(language)
      }),
    )
  })

  test('gives one of the offers or none for any text', () => {
    const near = fc.string({ unit: fc.constantFrom('en', 'de', '-', ',', ';q=', '0', '1', '*', ' ', 'x') })
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (header) => {
        expect([undefined, 'en-x', 'de']).toContain(chooseLanguage(header, ['en-x', 'de']))
      }),
    )
  })
})

test.each([
  ['abcdefgh', true],
  ['abcdefghi', false],
  ['a-b', true],
  ['az', true],
  ['a-z09', true],
  ['a-abcdefgh', true],
  ['a-abcdefghi', false],
  ['a--b', false],
  ['a1', false],
  ['1', false],
  ['*-a', false],
  ['a_b', false],
  ['\u212a', false],
  ['\u00e4', false],
])('%s is a language range: %s (RFC 4647 section 2.1)', (range, expected) => {
  expect(parseAcceptLanguage(range)).toHaveLength(expected ? 1 : 0)
})

test.each([
  ['*;q=0.1, de', 'fr', 0.1],
  ['de, *;q=0.1', 'fr', 0.1],
  ['*;q=0.1, de', 'de-CH', 1],
  ['a;q=0.2, *;q=0.1', 'a', 0.2],
  ['*;q=0.1, a;q=0.2', 'a', 0.2],
  ['de-CH;q=0.1, de;q=0.2', 'de-CH-1996', 0.1],
  ['de;q=0.2, de-CH;q=0.1', 'de-CH-1996', 0.1],
  ['*', '', 1],
  ['de', '', 0],
])('%s wants %s with %d', (header, tag, expected) => {
  expect(languageQuality(parseAcceptLanguage(header), tag)).toBe(expected)
})

test.each([
  ['de-a-b', ['de-a', 'de'], 'de'],
  ['de-a-b-c', ['de-a-b', 'de'], 'de'],
  ['de-ab-cd', ['de-ab', 'de'], 'de-ab'],
  ['a-b-c', ['a', 'b'], 'a'],
  ['x-a-b', ['x-a'], undefined],
  ['x-ab-cd', ['x-ab'], 'x-ab'],
  ['de-CH', ['d', 'de-AT'], 'de-AT'],
  ['de-CH;q=0.5, fr;q=0', ['fr-FR', 'de-AT'], 'de-AT'],
  ['de-CH;q=0', ['de-AT'], undefined],
  ['x-a', ['x'], 'x'],
])('by %s of %j %s is chosen (RFC 4647 section 3.4)', (header, offers, expected) => {
  expect(chooseLanguage(header, offers)).toBe(expected)
})
