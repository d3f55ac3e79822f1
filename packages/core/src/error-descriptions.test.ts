import { expect, test } from 'vitest'
import { defaultDescription } from './error-descriptions.ts'
import { reasonPhrases } from './http/status.ts'

test('a status with a sentence of its own says it', () => {
  expect(defaultDescription(404)).toBe('There is nothing at this address.')
})

test('another registered status says its reason phrase', () => {
  expect(defaultDescription(506)).toBe('Variant Also Negotiates.')
})

test('a status that nobody has registered says that the request failed', () => {
  expect(defaultDescription(599)).toBe('The request failed.')
})

test('every status of an error has one sentence, with a full stop', () => {
  const errors = [...reasonPhrases.keys()].filter((status) => status >= 400)
  expect(errors.length).toBeGreaterThan(30)
  for (const status of errors) expect(defaultDescription(status)).toMatch(/^[A-Z][^.\n]*\.$/)
})
