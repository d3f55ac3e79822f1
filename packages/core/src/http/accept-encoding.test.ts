import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptsEncoding, chooseEncoding, parseAcceptEncoding } from './accept-encoding.ts'

test('x-gzip is gzip, x-compress is compress (RFC 9110 section 8.4.1)', () => {
  expect(parseAcceptEncoding('X-GZIP;q=0.5, x-compress, x-other').map(({ value }) => value)).toEqual([
    'gzip',
    'compress',
    'x-other',
  ])
})

describe('chooseEncoding', () => {
  const offers = ['br', 'gzip']

  test.each([
    ['gzip, br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=0.9, br;q=0.8', 'gzip'],
    ['x-gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *;q=0.1', 'gzip'],
    ['br;q=0.2, gzip;q=0.3, identity;q=0.25', 'gzip'],
    ['br;q=0.2, gzip;q=0.3, identity;q=0.4', 'identity'],
    ['gzip;q=0.5, identity;q=0.5', 'gzip'],
    ['identity', 'identity'],
    ['identity;q=0, gzip', 'gzip'],
    ['gzip;q=0, br;q=0', 'identity'],
    ['zstd', 'identity'],
    ['', 'identity'],
    ['gzip;q=2', 'identity'],
  ])('%j: %s', (header, coding) => {
    expect(chooseEncoding(header, offers)).toBe(coding)
  })

  test('gives identity without a header, and for want of anything better where it is refused (Z5)', () => {
    expect(chooseEncoding(undefined, offers)).toBe('identity')
    expect(chooseEncoding('identity;q=0', offers)).toBe('identity')
    expect(chooseEncoding('*;q=0', offers)).toBe('identity')
    expect(chooseEncoding('*', [])).toBe('identity')
  })

  test('does not take identity among the offers for a coding', () => {
    expect(chooseEncoding('*', ['identity', 'gzip'])).toBe('gzip')
    expect(chooseEncoding('identity, gzip;q=0.5', ['identity', 'gzip'])).toBe('identity')
  })
})

test.each([
  ['compress, gzip', 'gzip', true],
  ['', 'gzip', false],
  ['*', 'gzip', true],
  ['compress;q=0.5, gzip;q=1.0', 'gzip', true],
  ['gzip;q=1.0, identity; q=0.5, *;q=0', 'gzip', true],
  ['gzip;q=1.0, identity; q=0.5, *;q=0', 'br', false],
  ['gzip;q=1.0, identity; q=0.5, *;q=0', 'identity', true],
])('of the examples of RFC 9110 section 12.5.3, %j takes %s: %s', (header, coding, accepted) => {
  expect(acceptsEncoding(header, coding)).toBe(accepted)
})

describe('acceptsEncoding', () => {
  test.each([
    { header: undefined, gzip: true, identity: true },
    { header: '', gzip: false, identity: true },
    { header: 'gzip', gzip: true, identity: true },
    { header: 'gzip;q=0', gzip: false, identity: true },
    { header: 'br', gzip: false, identity: true },
    { header: '*', gzip: true, identity: true },
    { header: '*;q=0', gzip: false, identity: false },
    { header: '*;q=0, identity', gzip: false, identity: true },
    { header: 'identity;q=0', gzip: false, identity: false },
    { header: 'identity;q=0, *', gzip: true, identity: false },
    { header: 'x-gzip', gzip: true, identity: true },
  ])('$header: gzip $gzip, identity $identity', ({ header, gzip, identity }) => {
    expect(acceptsEncoding(header, 'gzip')).toBe(gzip)
    expect(acceptsEncoding(header, 'identity')).toBe(identity)
  })
})

test('a coding that is chosen is acceptable, whatever the header', () => {
  const near = fc.string({
    unit: fc.constantFrom('gzip', 'br', 'identity', '*', ',', ';q=', '0', '1', '0.5', ' '),
  })
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (header) => {
      const coding = chooseEncoding(header, ['br', 'gzip'])
      expect(['br', 'gzip', 'identity']).toContain(coding)
      if (coding !== 'identity') expect(acceptsEncoding(header, coding)).toBe(true)
    }),
  )
})
