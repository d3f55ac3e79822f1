import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isLinear } from '../http/linear.test-support.ts'
import { isHTTPError } from '../http-error.ts'
import type { Environ } from '../protocol.ts'
import { createCgiEnviron, type Variables } from './cgi-environ.ts'

function environOf(variables: Variables): Environ {
  const context = { signal: new AbortController().signal, read: async () => new Uint8Array() }
  const input: AsyncIterable<Uint8Array> = (async function* () {})()
  return createCgiEnviron(variables, input, context as never, { write() {}, flush() {} })
}

/** The environ, or the status of the answer in its place. */
function environOrStatus(variables: Variables): Environ | number {
  try {
    return environOf(variables)
  } catch (error) {
    if (isHTTPError(error)) return error.status
    throw error
  }
}

describe('takes time in proportion to what a server hands on (robustness.md L1)', () => {
  const units = [
    ' ',
    '/',
    '/..',
    '/a',
    '%',
    '%2',
    '%41',
    'a',
    'ä',
    '\ud83d',
    '?',
    '#',
    ':',
    '\\',
    '_',
    'A',
    '\n',
  ]

  test.each([
    'REQUEST_URI',
    'PATH_INFO',
    'SCRIPT_NAME',
    'QUERY_STRING',
    'HTTP_HOST',
    'SERVER_PROTOCOL',
    'HTTPS',
  ])('in %s', (name) => {
    const slow = units.filter(
      (unit) =>
        !isLinear(
          (text) => environOrStatus({ [name]: text, PATH_INFO: name === 'PATH_INFO' ? text : '/a' }),
          (size) => `/${unit.repeat(size / unit.length)}\x7f`,
        ),
    )
    expect(slow).toEqual([])
  })

  test('in the name of a variable', () => {
    const slow = units.filter(
      (unit) =>
        !isLinear(
          (text) => environOrStatus({ [`HTTP_${text}`]: 'a' }),
          (size) => `${unit.repeat(size / unit.length)}\0`,
        ),
    )
    expect(slow).toEqual([])
  })
})

test('any variables give an environ in normal form, or a 400', () => {
  const value = fc.oneof(
    fc.string({ unit: fc.constantFrom('/', '.', '%', '4', 'a', ' ', '?', 'ä', '\\') }),
    fc.string(),
  )
  const variables = fc.record(
    {
      REQUEST_URI: value,
      PATH_INFO: value,
      SCRIPT_NAME: value,
      QUERY_STRING: value,
      HTTP_X: value,
      HTTPS: value,
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(variables, (given) => {
      const environ = environOrStatus(given)
      if (typeof environ === 'number') {
        expect(environ).toBe(400)
        return
      }
      expect(environ.PATH_INFO).toMatch(/^(?:\/[\x21-\x7e]*)?$/)
      expect(environ.SCRIPT_NAME).toMatch(/^(?:\/[\x21-\x7e]*[^/])?$/)
      expect(environ.QUERY_STRING).toMatch(/^[\x21-\x7e]*$/)
    }),
  )
})
