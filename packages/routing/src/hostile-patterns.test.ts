/** Patterns that no path needs: a router takes or refuses them at once, where they are added, and never fails in a request for them. */
import type { Application } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { int, type Match, Router, type Rule } from './index.ts'
import { SEGMENTS_LIMIT } from './pattern.ts'
import { PATTERN_LENGTH_LIMIT } from './pattern-tokens.ts'

const app: Application = (_environ, startResponse) => {
  startResponse('200 OK', [])
  return ''
}

describe('patterns of any size are taken or refused when they are added', () => {
  const repeat = (make: (i: number) => string, times: number): string =>
    Array.from({ length: times }, (_, i) => make(i)).join('')

  test.each<[string, string]>([
    ['characters', `/${'a'.repeat(2 * PATTERN_LENGTH_LIMIT)}`],
    ['segments', repeat(() => '/a', 32_768)],
    ['parameters', repeat((i) => `/:p${i}`, 10_000)],
    ['parameters in one segment', `/${repeat((i) => `:p${i}-`, 10_000)}`],
    ['wildcards', repeat((i) => `/*w${i}/x`, 10_000)],
    ['groups, one in another', `/a${'{/b'.repeat(20_000)}${'}'.repeat(20_000)}`],
    ['escapes', `/${'%'.repeat(65_536)}`],
    ['brackets', `/${'('.repeat(65_536)}`],
    ['angles', `/${'<a'.repeat(32_768)}`],
  ])('not with too many %s', (_, pattern) => {
    const message = `of ${pattern.length} characters; expected at most ${PATTERN_LENGTH_LIMIT}.`
    for (const add of [
      () => new Router().get(pattern, app),
      () => new Router().mount(pattern, app),
      () => new Router().group({ prefix: pattern }),
      () => new Router().get('/', app, { host: pattern.replaceAll('/', '') }),
    ]) {
      expect(add).toThrow(TypeError)
      expect(messageOf(add).length).toBeLessThan(400)
    }
    expect(() => new Router().get(pattern, app)).toThrow(message)
  })

  test('not with more segments than the search may go deep', () => {
    const router = new Router()
    expect(() =>
      router.get(
        repeat(() => '/a', SEGMENTS_LIMIT + 1),
        app,
      ),
    ).toThrow(`it has more than ${SEGMENTS_LIMIT} segments`)
    expect(router.match('GET', '/a'.repeat(SEGMENTS_LIMIT + 1))).toMatchObject({ status: 404 })
  })

  test.each<[string, string, string]>([
    ['static text', `${'/a'.repeat(SEGMENTS_LIMIT - 1)}/:x`, '/a'.repeat(SEGMENTS_LIMIT)],
    ['parameters', repeat((i) => `/:p${i}`, SEGMENTS_LIMIT), '/a'.repeat(SEGMENTS_LIMIT)],
    ['wildcards', repeat((i) => `/*w${i}`, SEGMENTS_LIMIT), '/a'.repeat(5000)],
    ['parts', repeat((i) => `/:a${i}.:b${i}`, SEGMENTS_LIMIT), '/a.b'.repeat(SEGMENTS_LIMIT)],
    ['parameters in one segment', `/x${repeat((i) => `-:p${i}`, 1200)}`, `/x${'-a'.repeat(1200)}`],
  ])('with as many %s as there may be, which match, build and explain', (_, pattern, path) => {
    const router: Router = new Router().get(pattern, app, { name: 'it' })
    const { rule, params } = router.match('GET', path) as Extract<Match, { rule: Rule }>
    expect(rule.pattern).toBe(pattern)
    expect(router.match('GET', router.url('it', params)).rule).toBe(rule)
    expect(router.explain('GET', path).answer.rule).toBe(rule)
    expect(router.match('GET', `/q${path}/q`)).toBeDefined()
  })

  test('with a parameter of any name but __proto__ (robustness.md K2)', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty', 'then', 'length', 'valueOf']) {
      const router: Router = new Router().get(`/:${name}`, app, { name, convert: { [name]: int() } as never })
      expect(router.match('GET', '/7')).toMatchObject({ params: { [name]: 7 } })
      expect(router.url(name, { [name]: 7 })).toBe('/7')
      expect(() => router.url(name)).toThrow(`a value is missing for ${name}`)
    }
    expect(() => new Router().get('/:__proto__', app)).toThrow('no parameter may be called __proto__')
  })
})

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('Nothing was thrown.')
}
