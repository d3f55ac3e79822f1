import { type Environ, type Middleware, stack, validate } from '@stapel/core'
import { Client, createEnviron } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkOptions } from './check-options.ts'
import { compileExcept, type Except, exceptCheck } from './except.ts'
import * as middleware from './index.ts'

/** Whether a layer with this option would let a request through. */
async function isExcepted(except: Except, path: string, base = 'https://example.org'): Promise<boolean> {
  const matches = compileExcept('layer', except)
  const app = validate((environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return String(matches(environ))
  })
  return (await new Client(app, { base }).post(path)).text() === 'true'
}

// robustness.md P1, P3
test.each([
  ['/hooks', true],
  ['/hooks/', true],
  ['/hooks/stripe?a=b', true],
  ['/%68ooks/stripe', true],
  ['/a/../hooks/stripe', true],
  ['/hooks-admin', false],
  ['/hooks%2Fadmin', false],
  ['/hooks/../admin', false],
  ['/Hooks', false],
  ['/a/hooks', false],
  ['//hooks', false],
  ['/', false],
])('of the exception /hooks/, %s is one: %s', async (path, expected) => {
  expect(await isExcepted(['/other', '/hooks/'], path)).toBe(expected)
})

test('exceptions are brought to the normal form of paths', async () => {
  expect(await isExcepted(['/log in', '/%7euser'], '/log%20in')).toBe(true)
  expect(await isExcepted(['/log in', '/%7euser'], '/~user/a')).toBe(true)
})

test('exceptions are paths as clients see them, also in what is mounted', async () => {
  const base = 'https://example.org/shop'
  expect(await isExcepted(['/shop/hook'], '/hook', base)).toBe(true)
  expect(await isExcepted(['/hook'], '/hook', base)).toBe(false)
})

test('a function has to give true', () => {
  const environ = createEnviron('/')
  const given = (value: unknown) => compileExcept('layer', () => value as boolean)(environ)
  expect([true, false, 1, 'yes', undefined, Promise.resolve(true)].map(given)).toEqual([
    ...[true, false, false, false, false, false],
  ])
})

test('without exceptions there is none', () => {
  const environ = createEnviron('/')
  expect(compileExcept('layer', undefined)(environ)).toBe(false)
  expect(compileExcept('layer', [])(environ)).toBe(false)
})

test('what is excepted is what is below an exception, segment by segment', () => {
  const segments = fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(segments, segments, (exception, asked) => {
      const environ = { SCRIPT_NAME: '', PATH_INFO: `/${asked.join('/')}` } as Environ
      const expected = exception.every((segment, i) => asked[i] === segment)
      expect(compileExcept('layer', [`/${exception.join('/')}`])(environ)).toBe(expected)
    }),
  )
})

describe('refused are', () => {
  test.each([
    ['hooks', 'got "hooks" among the exceptions; expected a path that starts with a slash'],
    ['/', 'got "/" among the exceptions'],
    ['/a?b', 'got "/a?b" among the exceptions'],
    ['/a#b', 'got "/a#b" among the exceptions'],
    ['/a/*', 'got "/a/*" among the exceptions'],
    ['/../a', 'got "/../a" among the exceptions'],
    [/a/, 'got an object of class RegExp among the exceptions'],
  ])('the exception %s', (path, message) => {
    expect(() => compileExcept('layer', [path as string])).toThrow(TypeError)
    expect(() => compileExcept('layer', [path as string])).toThrow(`layer: ${message}`)
  })

  test.each(['/hooks', 42, {}, null])('the option %j', (except) => {
    expect(() => checkOptions('layer', { except }, { except: exceptCheck })).toThrow(
      'for the option except; expected a list of paths',
    )
  })
})

const layers: readonly [name: string, make: (except: Except) => Middleware][] = [
  ['basicAuth', (except) => middleware.basicAuth({ ada: 'x' }, { except })],
  ['bodyLimit', (except) => middleware.bodyLimit(1, { except })],
  ['compress', (except) => middleware.compress({ except, threshold: 1 })],
  ['csrf', (except) => middleware.csrf({ except, requireOrigin: true })],
  ['decompress', (except) => middleware.decompress({ except })],
  ['errorPages', (except) => middleware.errorPages({ except, statuses: { '4xx': true } })],
  ['trustedHosts', (except) => middleware.trustedHosts(['other.example'], { except })],
]

test.each(layers)('%s takes paths and a function', async (name, make) => {
  const missing = validate((_environ, startResponse) => {
    startResponse('404 Not Found', [['Content-Type', 'text/plain']])
    return 'There is nothing.'
  })
  for (const except of [['/hooks'], ({ PATH_INFO }: Environ) => PATH_INFO.startsWith('/hooks/')]) {
    const client = new Client(stack(missing, validate, make(except), validate), {
      headers: { 'Accept-Encoding': 'gzip', 'Content-Encoding': 'unknown' },
    })
    const ask = async (path: string) => {
      const answer = await client.post(path, { body: 'three' })
      return [answer.status, answer.headers.get('Content-Encoding'), answer.text()]
    }
    const untouched = [404, null, 'There is nothing.']
    expect(await ask('/hooks/a')).toEqual(untouched)
    expect(await ask('/other')).not.toEqual(untouched)
  }
  expect(() => make(['hooks'])).toThrow(`${name}: got "hooks" among the exceptions`)
})

test('timeout takes paths and a function', async () => {
  // It gives those inside a context of its own.
  const seen: unknown[] = []
  const inner = validate((environ, startResponse) => {
    seen.push(environ['stapel.context'])
    startResponse('204 No Content', [])
    return ''
  })
  for (const except of [['/hooks'], ({ PATH_INFO }: Environ) => PATH_INFO.startsWith('/hooks/')]) {
    const app = middleware.timeout(1000, { except })(inner)
    const contextIsPassedOn = async (path: string) => {
      const environ = createEnviron(path)
      await app(environ, () => () => {})
      return seen.at(-1) === environ['stapel.context']
    }
    expect([await contextIsPassedOn('/hooks/a'), await contextIsPassedOn('/other')]).toEqual([true, false])
  }
  expect(() => middleware.timeout(1, { except: ['hooks'] })).toThrow('timeout: got "hooks"')
})
