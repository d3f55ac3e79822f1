import { createEnviron } from '@stapel/testing'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { COPY_LIMIT, copyWithout } from './copy-without.ts'
import type { Environ } from './protocol.ts'

afterEach(() => vi.unstubAllGlobals())

test('leaves out the keys, and changes nothing of what it copies', () => {
  const environ = createEnviron('/', { headers: { Cookie: 'a=1', Accept: '*/*' } })
  const before = { ...environ }
  const copy = copyWithout(['HTTP_COOKIE', 'HTTP_X_NONE'])(environ)
  const { HTTP_COOKIE, ...expected } = before
  expect(copy).toEqual(expected)
  expect(Object.keys(copy)).toEqual(Object.keys(expected))
  expect(environ).toEqual(before)
  expect(copy['stapel.context']).toBe(environ['stapel.context'])
})

test('gives a copy of its own each time, to which keys may be added', () => {
  const environ = createEnviron('/')
  const withoutCookies = copyWithout(['HTTP_COOKIE'])
  const first = withoutCookies(environ)
  first.PATH_INFO = '/changed'
  first['stapel.added'] = true
  expect(withoutCookies(environ)).toEqual(environ)
})

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'HTTP_A', 'wsgi.input', '__proto__', 'constructor', '1', '0'),
  fc.string(),
)
const object = fc
  .array(fc.tuple(key, fc.anything()), { maxLength: 12 })
  .map((entries) => Object.fromEntries(entries) as unknown as Environ)

describe('is what filtering the entries gives', () => {
  const check = () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 6 }), fc.array(key, { maxLength: 4 }), (objects, keys) => {
        const copy = copyWithout(keys)
        for (const environ of [...objects, ...objects.reverse()]) {
          const expected = Object.entries(environ).filter(([name]) => !keys.includes(name))
          expect(Object.entries(copy(environ))).toEqual(expected)
          expect(Object.getPrototypeOf(copy(environ))).toBe(Object.prototype)
        }
      }),
    )
  }

  test('by a literal', check)

  test('where code may not be generated', () => {
    vi.stubGlobal('Function', () => {
      throw new EvalError('Code generation from strings disallowed for this context')
    })
    check()
  })
})

test('tells sequences of keys apart that look the same when they are joined', () => {
  const copy = copyWithout([])
  for (const environ of [{ 'a\nb': 1 }, { a: 1, b: 2 }, { 'a\nb': 3 }] as unknown as Environ[]) {
    expect(copy(environ)).toEqual(environ)
  }
})

test('compiles so many sequences of keys, and copies others key by key', () => {
  const made: unknown[] = []
  const construct = (target: FunctionConstructor, code: string[]) => {
    made.push(code)
    return new target(...code)
  }
  vi.stubGlobal('Function', new Proxy(Function, { construct }))
  const copy = copyWithout(['b'])
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < COPY_LIMIT + 10; i++) {
      const environ = { a: i, b: i, [`HTTP_${i}`]: 'c' } as unknown as Environ
      expect(copy(environ)).toEqual({ a: i, [`HTTP_${i}`]: 'c' })
    }
  }
  expect(made).toHaveLength(COPY_LIMIT)
})
