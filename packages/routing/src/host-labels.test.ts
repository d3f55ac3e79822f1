import { HOST_LENGTH_LIMIT, normalizeHost } from '@stapel/core/http'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelBounds, normalizeLabel } from './host-labels.ts'

describe('normalizeLabel', () => {
  test.each([
    ['www', 'www'],
    ['WWW', 'www'],
    ['Bücher', 'xn--bcher-kva'],
    ['straße', 'xn--strae-oqa'],
    ['例え', 'xn--r8jz45g'],
    ['ＷＷＷ', 'www'],
    ['42', '42'],
    ['४२', 'xn--f4bd'],
    ['４２', '42'],
    ['_dmarc', '_dmarc'],
    ['my-~host', 'my-~host'],
    ['XN--A', 'xn--a'],
  ])('brings %j to %j', (text, label) => {
    expect(normalizeLabel(text)).toBe(label)
  })

  test.each([
    '',
    'a.b',
    'a。b',
    'a/b',
    'a／b',
    'a@b',
    '@ü',
    'a@ü',
    '/ü',
    'a:1',
    'a b',
    'a\tb',
    'a%62',
    '\u00AD',
    '[::1]',
    'ü\n',
    '\uD800',
  ])('gives nothing for %j', (text) => {
    expect(normalizeLabel(text)).toBeUndefined()
  })

  test('gives for any text nothing, or a label that a request may carry', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const label = normalizeLabel(text)
        if (label !== undefined && label.length <= HOST_LENGTH_LIMIT) expect(normalizeHost(label)).toBe(label)
      }),
    )
  })
})

test('labels lie between dots, and an address is one', () => {
  expect(labelBounds('a.bc.d')).toEqual([0, 1, 2, 4, 5, 6])
  expect(labelBounds('[::1]')).toEqual([0, 5])
})
