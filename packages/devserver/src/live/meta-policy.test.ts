import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scriptHash } from './live-script.ts'
import { allowInMeta, endOfTag } from './meta-policy.ts'

const allowed = `content="script-src 'self' ${scriptHash}"`

test.each([
  [`<meta http-equiv="Content-Security-Policy" content="script-src 'self'">`],
  [`<meta http-equiv=content-security-policy content="script-src 'self'">`],
  [`<meta http-equiv=' Content-Security-Policy' content = "script-src &#39;self&#39;">`],
  [`<meta http-equiv="Content-Security-Policy" content="script-src &apos;self&apos;" content="img-src *">`],
])('%s allows the script', (tag) => {
  expect(allowInMeta(tag)).toContain(allowed)
})

test('order, other attributes and the end stay as they are', () => {
  expect(allowInMeta(`<META data-a content='img-src *' id=b http-equiv='Content-Security-Policy' />`)).toBe(
    `<META data-a content="img-src *" id=b http-equiv='Content-Security-Policy' />`,
  )
})

test('quotes and ampersands of a policy are escaped again', () => {
  const tag = `<meta http-equiv=Content-Security-Policy content='img-src https://a.example/?a=1&amp;b=&quot;'>`
  expect(allowInMeta(tag)).toContain('content="img-src https://a.example/?a=1&amp;b=&quot;"')
})

test.each([
  '<meta charset="utf-8">',
  '<meta name="description" content="Content-Security-Policy">',
  '<meta http-equiv="Content-Security-Policy">',
  '<meta http-equiv="refresh" content="5">',
  '<meta>',
])('%s stays as it is', (tag) => {
  expect(allowInMeta(tag)).toBe(tag)
})

test('a tag ends at the first bracket outside of quotes', () => {
  expect(endOfTag('a<meta content=">" b=\'>\'>c', 1)).toBe(25)
  expect(endOfTag('<meta content=">', 0)).toBe(-1)
})

test('any text of a tag is taken apart', () => {
  const parts = fc.array(
    fc.constantFrom(
      'content',
      'http-equiv',
      '=',
      '"',
      "'",
      ' ',
      '/',
      'content-security-policy',
      '&amp;',
      'x',
    ),
  )
  fc.assert(
    fc.property(parts, (pieces) => {
      expect(allowInMeta(`<meta ${pieces.join('')}>`)).toMatch(/>$/)
    }),
  )
})
