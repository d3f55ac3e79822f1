import { createEnviron } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatError, reportTo } from './report.ts'

describe('formatError', () => {
  test('gives the stack, and those of the causes', () => {
    const cause = new TypeError('inner')
    const text = formatError(new Error('outer', { cause }))
    expect(text).toMatch(/^Error: outer\n {4}at .*\nCaused by: TypeError: inner\n {4}at /s)
  })

  test('ends where causes go in a circle', () => {
    const error = new Error('round')
    error.cause = error
    expect(formatError(error).match(/round/g)).toHaveLength(1)
  })

  test('ends after sixteen causes', () => {
    let error = new Error('0')
    for (let i = 1; i < 100; i++) error = new Error(String(i), { cause: error })
    expect(formatError(error).match(/^(?:Caused by: )?Error: /gm)).toHaveLength(16)
  })

  test.each([
    { value: undefined, text: 'undefined was thrown' },
    { value: null, text: 'null was thrown' },
    { value: 'text', text: 'text was thrown' },
    { value: Symbol('a'), text: 'Symbol(a) was thrown' },
    { value: Object.create(null), text: 'a value that cannot be shown was thrown' },
    { value: new Error('outer', { cause: null }), text: /Caused by: null was thrown$/ },
  ])('says that $text', ({ value, text }) => {
    expect(formatError(value)).toMatch(text)
  })

  test('gives a text for errors that cannot be read', () => {
    const refuse = (): never => {
      throw new Error('not for you')
    }
    const broken = Object.defineProperties(new Error('broken'), {
      stack: { get: refuse },
      cause: { get: refuse },
    })
    expect(formatError(broken)).toBe('a value that cannot be shown was thrown')
  })

  test('gives a text for anything', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(typeof formatError(value)).toBe('string')
      }),
    )
  })
})

describe('reportTo', () => {
  test('writes an error to wsgi.errors in one piece', () => {
    const pieces: string[] = []
    const environ = createEnviron('/', {
      environ: { 'wsgi.errors': { write: (text) => void pieces.push(text), flush() {} } },
    })
    reportTo(environ)(new Error('lost'))
    expect(pieces).toHaveLength(1)
    expect(pieces[0]).toMatch(/^Error: lost\n[\s\S]*\n$/)
  })

  test('never throws, whatever the log does', () => {
    const environ = createEnviron('/', {
      environ: {
        'wsgi.errors': {
          write() {
            throw new Error('full')
          },
          flush() {},
        },
      },
    })
    expect(() => reportTo(environ)(new Error('lost'))).not.toThrow()
  })
})
