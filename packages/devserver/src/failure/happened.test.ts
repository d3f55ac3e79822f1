import { expect, test } from 'vitest'
import { happenedUncaught } from './happened.ts'

test('a rejection that nothing handled is told from a throw', () => {
  expect(happenedUncaught('unhandledRejection')).toBe('A promise was rejected, and nothing handled it.')
  expect(happenedUncaught('uncaughtException')).toBe('An error was thrown where nothing could catch it.')
})
