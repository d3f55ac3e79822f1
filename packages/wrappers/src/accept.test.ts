import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Accept, AcceptEncodings, AcceptLanguages, AcceptMimetypes } from './accept.ts'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'

describe('media types', () => {
  test('the one that is wanted most is chosen', () => {
    const offers = ['application/json', 'text/html'] as const
    expect(new AcceptMimetypes(browser).bestMatch(offers)).toBe('text/html')
    expect(new AcceptMimetypes('application/json, text/html;q=0.5').bestMatch(offers)).toBe(
      'application/json',
    )
    expect(new AcceptMimetypes('image/png').bestMatch(offers)).toBeUndefined()
    expect(new AcceptMimetypes('text/html;q=0').bestMatch(['text/html'])).toBeUndefined()
  })

  test.each([{ header: undefined }, { header: '' }, { header: ' , ' }, { header: 'nonsense/' }])(
    'the header $header accepts everything, and the first offer is chosen',
    ({ header }) => {
      const accept = new AcceptMimetypes(header)
      expect(accept.bestMatch(['text/csv', 'text/html'])).toBe('text/csv')
      expect(accept.quality('image/png')).toBe(1)
      expect(accept.acceptsJson).toBe(true)
    },
  )

  test('weights are of the most specific range', () => {
    const accept = new AcceptMimetypes('text/*;q=0.3, text/plain;q=0.7, */*;q=0.1')
    expect(accept.quality('text/plain')).toBe(0.7)
    expect(accept.quality('text/csv')).toBe(0.3)
    expect(accept.quality('image/png')).toBe(0.1)
    expect(accept.accepts('image/png')).toBe(true)
  })

  test('HTML and JSON are asked for by name', () => {
    const accept = new AcceptMimetypes('application/json')
    expect(accept.acceptsJson).toBe(true)
    expect(accept.acceptsHtml).toBe(false)
    expect(accept.acceptsXhtml).toBe(false)
    expect(new AcceptMimetypes('application/xhtml+xml').acceptsHtml).toBe(true)
    expect(new AcceptMimetypes('text/html').acceptsXhtml).toBe(false)
    expect(new AcceptMimetypes('text/html').acceptsHtml).toBe(true)
    expect(new AcceptMimetypes('text/html;q=0').acceptsHtml).toBe(false)
    expect(new AcceptMimetypes('application/xml').acceptsXhtml).toBe(true)
  })

  test('the ranges can be looked at', () => {
    const accept = new AcceptMimetypes('text/html;q=0.5, */*')
    expect(accept.header).toBe('text/html;q=0.5, */*')
    expect([...accept].map(({ value, quality }) => [value, quality])).toEqual([
      ['text/html', 0.5],
      ['*/*', 1],
    ])
    expect(accept.ranges).toBe(accept.ranges)
  })
})

describe('languages', () => {
  test('a tag suits a longer and a shorter wish', () => {
    const accept = new AcceptLanguages('de-CH, en;q=0.8')
    expect(accept.bestMatch(['en-GB', 'de'])).toBe('de')
    expect(accept.bestMatch(['fr', 'en-GB'])).toBe('en-GB')
    expect(accept.bestMatch(['fr'])).toBeUndefined()
    expect(new AcceptLanguages(undefined).bestMatch(['fr', 'en'])).toBe('fr')
  })

  test('quality is by basic filtering', () => {
    const accept = new AcceptLanguages('en;q=0.5, en-GB;q=0.9, *;q=0.1')
    expect(accept.quality('en-GB-oxendict')).toBe(0.9)
    expect(accept.quality('en-US')).toBe(0.5)
    expect(accept.quality('de')).toBe(0.1)
    expect(new AcceptLanguages(undefined).quality('de')).toBe(1)
  })

  test('ranges are ordered by what is wanted most', () => {
    expect([...new AcceptLanguages('en;q=0.5, de')].map(({ value }) => value)).toEqual(['de', 'en'])
  })
})

describe('codings', () => {
  test('none is chosen where none is wanted', () => {
    expect(new AcceptEncodings('gzip, br').bestMatch(['br', 'gzip'])).toBe('br')
    expect(new AcceptEncodings(undefined).bestMatch(['br'])).toBeUndefined()
    expect(new AcceptEncodings('').bestMatch(['br'])).toBeUndefined()
    expect(new AcceptEncodings('').bestMatch(['br', 'identity'])).toBe('identity')
  })

  test('identity is acceptable unless it is refused', () => {
    expect(new AcceptEncodings('gzip;q=0.5').quality('identity')).toBe(1)
    expect(new AcceptEncodings('gzip;q=0.5').quality('gzip')).toBe(0.5)
    expect(new AcceptEncodings('gzip').accepts('br')).toBe(false)
    expect(new AcceptEncodings('gzip').quality('br')).toBe(0)
    expect(new AcceptEncodings('*;q=0').quality('identity')).toBe(0)
    expect(new AcceptEncodings('*;q=0').accepts('identity')).toBe(false)
    expect(new AcceptEncodings(undefined).accepts('br')).toBe(true)
  })

  test('x-gzip is gzip', () => {
    expect(new AcceptEncodings('x-gzip').bestMatch(['gzip'])).toBe('gzip')
  })
})

test('charsets', () => {
  const accept = new Accept('iso-8859-5, utf-8;q=0.8')
  expect(accept.bestMatch(['utf-8', 'iso-8859-5'])).toBe('iso-8859-5')
  expect(accept.quality('UTF-8')).toBe(0.8)
})

test('whatever the header, the choice is an offer that is acceptable', () => {
  const unit = fc.constantFrom(
    'text/html',
    'gzip',
    'en',
    '*',
    '/',
    ',',
    ';q=',
    '0',
    '1',
    '0.5',
    ' ',
    '"',
    '-',
  )
  const kinds = [
    { kind: Accept, offers: ['utf-8', 'gzip'] },
    { kind: AcceptMimetypes, offers: ['text/html', 'application/json'] },
    { kind: AcceptEncodings, offers: ['gzip', 'br'] },
  ]
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit }), fc.string({ unit: 'binary' })),
      fc.constantFrom(...kinds),
      (header, { kind, offers }) => {
        const accept = new kind(header)
        const chosen = accept.bestMatch(offers)
        if (chosen !== undefined) expect(accept.accepts(chosen)).toBe(true)
        else if (kind !== AcceptEncodings) expect(offers.some((offer) => accept.accepts(offer))).toBe(false)
      },
    ),
  )
})
