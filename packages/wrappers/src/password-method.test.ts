import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatPasswordMethod,
  PASSWORD_MEMORY_LIMIT,
  PBKDF2_ITERATION_LIMIT,
  parsePasswordMethod,
  SCRYPT_WORK_LIMIT,
} from './password-method.ts'

describe('parsePasswordMethod', () => {
  test.each([
    ['scrypt', 'scrypt:32768:8:1'],
    ['pbkdf2', 'pbkdf2:sha256:1000000'],
    ['pbkdf2:sha512', 'pbkdf2:sha512:1000000'],
    ['pbkdf2:sha1:1', 'pbkdf2:sha1:1'],
    // The settings that OWASP names, and the most work.
    ['scrypt:131072:8:1', 'scrypt:131072:8:1'],
    ['scrypt:131072:8:2', 'scrypt:131072:8:2'],
    ['scrypt:65536:8:2', 'scrypt:65536:8:2'],
    ['scrypt:16384:8:5', 'scrypt:16384:8:5'],
    ['scrypt:8192:8:10', 'scrypt:8192:8:10'],
  ])('knows %s as %s', (text, whole) => {
    const method = parsePasswordMethod(text)
    expect(method && formatPasswordMethod(method)).toBe(whole)
  })

  test.each([
    '',
    'plain',
    'sha256',
    'argon2',
    'Scrypt',
    'scrypt:',
    'scrypt:32768',
    'scrypt:32768:8',
    'scrypt:32768:8:1:1',
    'scrypt:32768:8:0',
    'scrypt:-2:8:1',
    'scrypt:032768:8:1',
    'scrypt:3.2e4:8:1',
    'scrypt:32769:8:1',
    'scrypt:1:8:1',
    'scrypt:65536:1:1',
    'pbkdf2:',
    'pbkdf2:md5:1000',
    'pbkdf2:constructor:1000',
    'pbkdf2:sha256:0',
    'pbkdf2:sha256:1000:2',
    'pbkdf2:sha256:1000\n',
  ])('does not know %j', (text) => {
    expect(parsePasswordMethod(text)).toBeUndefined()
  })

  test.each([
    ['memory of the table', 'scrypt:262144:8:1'],
    ['memory of the blocks', 'scrypt:2:1:8193'],
    ['memory of wide blocks', 'scrypt:2:99999999:1'],
    ['work', 'scrypt:131072:8:3'],
    ['iterations', `pbkdf2:sha256:${PBKDF2_ITERATION_LIMIT + 1}`],
  ])('refuses too much %s', (_what, text) => {
    expect(parsePasswordMethod(text)).toBeUndefined()
  })

  test('keeps the limits and says again what it read, whatever the numbers', () => {
    const number = fc.oneof(
      fc.integer({ min: 1, max: 99_999_999 }),
      fc.integer({ min: 0, max: 26 }).map((exponent) => 2 ** exponent),
    )
    fc.assert(
      fc.property(number, number, number, (cost, blockSize, parallelization) => {
        const text = `scrypt:${cost}:${blockSize}:${parallelization}`
        const method = parsePasswordMethod(text)
        if (method === undefined) return
        expect(formatPasswordMethod(method)).toBe(text)
        expect(128 * cost * blockSize).toBeLessThanOrEqual(PASSWORD_MEMORY_LIMIT)
        expect(cost * blockSize * parallelization).toBeLessThanOrEqual(SCRYPT_WORK_LIMIT)
      }),
      { numRuns: 1000 },
    )
  })

  test('never throws', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^(scrypt|pbkdf2)(:[a-z0-9]{0,9}){0,4}$/))
    fc.assert(
      fc.property(text, (method) => {
        const parsed = parsePasswordMethod(method)
        if (parsed !== undefined) expect(parsePasswordMethod(formatPasswordMethod(parsed))).toEqual(parsed)
      }),
    )
  })
})
