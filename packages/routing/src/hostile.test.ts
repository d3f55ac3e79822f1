/**
 * Paths and hosts that are made to cost time (robustness.md L4): what a router does with them grows with their length, and not with its square or worse. Counted is
 * how often converters are asked, and where there is none, the time of the processor for two sizes is compared, which others on the
 * machine do not use.
 */
import type { Application } from '@stapel/core'
import { Client } from '@stapel/testing'
import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { SPLIT_LIMIT } from './converted-segment.ts'
import { type Converter, date, float, int, oneOf, Router, string, uuid } from './index.ts'

// The tree is searched once, then code that is generated from it.
vi.mock('./generated-limits.ts', async (original) => ({
  ...(await original<typeof import('./generated-limits.ts')>()),
  GENERATE_AFTER: 2,
}))

const app: Application = (_environ, startResponse) => {
  startResponse('200 OK', [])
  return ''
}

interface Counter extends Converter<string> {
  count: number
}

/** Takes every text but those that hold `refused`, counts how often it is asked, and ends a search that would take days. */
function counter(name = 'counter', refused = '\0'): Counter {
  return {
    name,
    count: 0,
    parse(text) {
      this.count++
      if (this.count > 1_000_000) throw new Error('A converter was asked a million times.')
      return text.includes(refused) ? undefined : text
    },
    format: String,
  }
}

describe('converters are asked in proportion to the length of the path', () => {
  test.each([
    ['/*a/:n/x', 1],
    ['/*a/x/:n/*b/x/y', 1],
    ['/*a/:n/*b/:m/*c/:o/z', 3],
    ['/*a/x/*b/x/*c/x/*d/x/:n/*e/z', 1],
    ['/*a{/x/*b{/y/:n/*c{/w/*d}}}/:m/z', 12],
    ['/*a/:n-:m/*b/:o.:q/z', 4],
    ['/*a/x:n/x:m/x:o/*b/z', 3],
  ])('by %s, which nearly matches', (pattern, most) => {
    const names = [...pattern.matchAll(/:(\w)/g)].map(([, name]) => name as string)
    const asked = (length: number): number => {
      const converters = names.map((name) => counter(name))
      const convert = Object.fromEntries(names.map((name, i) => [name, converters[i] as Counter]))
      const router = new Router().add(pattern, app, { convert })
      expect(router.match('GET', `${'/x'.repeat(length)}/q`).rule).toBeUndefined()
      expect(router.match('GET', `${'/x-x.x'.repeat(length)}/q`).rule).toBeUndefined()
      return converters.reduce((sum, { count }) => sum + count, 0)
    }
    // Two paths, each tried in its own form and with a slash at the end.
    expect(asked(1000)).toBeLessThanOrEqual(4 * most * 1001)
    expect(asked(4000)).toBeLessThanOrEqual(4.1 * asked(1000) + 100)
  })

  test('by hundreds of rules, of which every one nearly matches', () => {
    const kinds = ['a', ':n', ':x', '*w']
    const converter = counter()
    const router = new Router({ redirectSlashes: false, mergeSlashes: false })
    const depth = 4
    for (let i = 0; i < kinds.length ** depth; i++) {
      const segments = Array.from({ length: depth }, (_, at) => {
        const kind = kinds[Math.floor(i / kinds.length ** at) % kinds.length] as string
        return kind === 'a' ? kind : kind + at
      })
      const names = segments.filter((segment) => segment.startsWith(':n')).map((segment) => segment.slice(1))
      const convert = Object.fromEntries(names.map((name) => [name, converter]))
      router.get(`/${segments.join('/')}/z`, app, { convert: convert as never })
    }
    const asked = (length: number): number => {
      converter.count = 0
      expect(router.match('GET', '/a'.repeat(length)).rule).toBeUndefined()
      return converter.count
    }
    const few = asked(250)
    expect(few).toBeGreaterThan(250)
    expect(asked(1000)).toBeLessThanOrEqual(4.1 * few)
  })

  test('by any rules, for any path', () => {
    const kind = fc.constantFrom('a', 'b', ':n', ':x', ':n-:m', 'a:n', '*w')
    const rule = fc.array(kind, { minLength: 1, maxLength: 6 })
    const unit = fc.constantFrom('/a', '/b', '/a-a', '//', '/%zz', '/a/b', '/a-b-a')
    const property = fc.property(
      fc.array(rule, { minLength: 1, maxLength: 6 }),
      fc.array(unit, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 100 }),
      fc.constantFrom('b', 'x', '\0'),
      (rules, units, times, refused) => {
        const router = new Router({ redirectSlashes: false, mergeSlashes: false })
        const converter = counter('counter', refused)
        let converted = 0
        for (const kinds of rules) {
          // Names of their own, by the place in the pattern.
          const pattern = kinds.map((each, i) => `/${each.replace(/[:*]\w/g, (name) => name + i)}`).join('')
          const names = [...pattern.matchAll(/:([nm]\d)/g)].map(([, name]) => name as string)
          const convert = Object.fromEntries(names.map((name) => [name, converter]))
          try {
            router.get(pattern, app, { convert: convert as never })
            // Of a part of a segment, several texts are tried.
            for (const name of names)
              converted += pattern.includes(`/:${name}/`) || pattern.endsWith(`/:${name}`) ? 1 : SPLIT_LIMIT
          } catch (error) {
            expect(String(error)).toContain('No request can tell')
          }
        }
        const path = units.join('').repeat(times)
        router.match('GET', path)
        expect(converter.count).toBeLessThanOrEqual(converted * path.split('/').length)
      },
    )
    fc.assert(property, { numRuns: 300 })
  })
})

const rules: Readonly<Record<string, () => Router>> = {
  'static rules': () => new Router().get('/', app).get('/a', app).get('/a/b/c', app),
  parameters: () => new Router().get('/:a', app).get('/:a/:b/x', app).get('/:a/x/:c', app),
  'converted parameters': () =>
    ['n', 'f', 'u', 'o', 'd', 's', 'p'].reduce((router, name, i) => {
      const converter = [
        int({ signed: true }),
        float({ signed: true }),
        uuid(),
        oneOf('a', 'b'),
        date(),
        string({ max: 9 }),
        { pattern: /[a-z]+x/ },
      ][i]
      return router.get(`/:${name}/x`, app, { convert: { [name]: converter } as never })
    }, new Router() as Router),
  'mixed segments': () =>
    new Router()
      .get('/:a.:b', app)
      .get('/:a-:b-:c-x', app)
      .get('/:a%20:b', app)
      .get('/a:a.a:b.a:c', app)
      .get('/:a"%25":b/x', app),
  'converted mixed segments': () =>
    new Router()
      .get('/:a.:b/x', app, { convert: { a: int(), b: float() } })
      .get('/v:a', app, { convert: { a: int() } }),
  wildcards: () => new Router().get('/*a/x', app).get('/a/*b/y', app).get('/*a/b/*c/z', app),
  'nested wildcards': () => new Router().get('/*a/a/*b/a/*c/a/*d/z', app).get('/*a/:x/*b/:y/*c/y', app),
  'optional groups': () =>
    new Router().get('{/a}{/b-:b}{/c}{/d-:d}{/*e}/x', app).get('/a{/b{/c{/:d{/*e/z}}}}', app),
  mounts: () =>
    new Router().mount('/a', new Router().get('/*a/x', app).app).mount('/:a/a', app).add('/*a/z', app),
  'everything at once': () =>
    new Router()
      .get('/*a/x', app)
      .get('/:n/*b/y', app, { convert: { n: int() } })
      .get('/:a.:b/*c/:d/*e/z', app)
      .get('/a/:b{/*c}/q', app)
      .post('/*all', app)
      .add('/*a/:b-:c/x', app),
}

const units = [
  '/',
  '/a',
  '/aa/',
  'a',
  'a.',
  '-',
  '.',
  '%20',
  '%25',
  '%',
  '%zz',
  '%C3',
  '/a.a-a',
  '/%2F',
  '/1',
  '1',
  '/..a',
  '%2F/',
  '\u00E4',
]

describe.each(Object.entries(rules))('time grows with the length of the path: %s', (_, create) => {
  test.each(units)('of many %j', (unit) => {
    const router = create()
    const find = (path: string): unknown => router.match('GET', path)
    expect(isLinear(find, (size) => `/${unit.repeat(size / unit.length)}`)).toBe(true)
    expect(isLinear(find, (size) => `/a/${unit.repeat(size / unit.length)}/x/q`)).toBe(true)
  })
})

describe('what comes of hostile requests', () => {
  test('an answer, never an error, below and beyond the size of a head that servers take', async () => {
    const client = new Client((rules['everything at once'] as () => Router)().app)
    for (const unit of units.filter((each) => /^[!-~]+$/.test(each))) {
      for (const size of [100, 65_536]) {
        const response = await client.get(`/${unit.repeat(size / unit.length)}`)
        expect([200, 308, 400, 404, 405], unit).toContain(response.status)
      }
    }
  })

  test('a segment of 64 KiB reaches the application whole', () => {
    const name = 'a'.repeat(65_536)
    expect(new Router().get('/:name', app).match('GET', `/${name}`)).toMatchObject({ params: { name } })
    const list = new Router().get('/*list', app).match('GET', `/${'a/'.repeat(32_768)}a`)
    expect(list).toMatchObject({ params: { list: Array.from({ length: 32_769 }, () => 'a') } })
  })

  test('methods and hosts of any size match nothing, in proportion to their size', () => {
    const router = new Router().get('/a', app).add('/b', app, { host: ':x.*y.:z-a.org' })
    expect(
      isLinear(
        (host) => router.match('GET', '/b', host),
        (size) => 'a.'.repeat(size / 2),
      ),
    ).toBe(true)
    expect(
      isLinear(
        (host) => router.match('GET', '/b', host),
        (size) => `[${':'.repeat(size)}]`,
      ),
    ).toBe(true)
    expect(
      isLinear(
        (method) => router.match(method, '/a'),
        (size) => 'G'.repeat(size),
      ),
    ).toBe(true)
    expect(router.match('G'.repeat(65_536), '/a')).toMatchObject({ status: 405 })
  })

  test('a redirect of a long path stays one path with one slash before it (robustness.md R1)', () => {
    const router = new Router().get('/:a/*b', app)
    expect(router.match('GET', `${'/'.repeat(65_536)}evil.example/x`)).toMatchObject({
      status: 308,
      location: '/evil.example/x',
    })
    expect(
      isLinear(
        (path) => router.match('GET', path),
        (size) => `${'/'.repeat(size)}a/b`,
      ),
    ).toBe(true)
  })
})

const SMALL = 16_384
const LARGE = 65_536

/** Below so many milliseconds of the processor for 64 KiB nothing grows with the square. */
const UNDOUBTED_MS = 10

// Four times the work is in proportion, sixteen times is the square.
const GROWTH = 9

function isLinear(find: (text: string) => unknown, make: (size: number) => string): boolean {
  const large = make(LARGE)
  if (cost(find, large) < UNDOUBTED_MS) return true
  const small = make(SMALL)
  for (let attempt = 0; attempt < 6; attempt++) {
    const least = (text: string): number => Math.min(cost(find, text), cost(find, text), cost(find, text))
    const time = least(large)
    if (time < UNDOUBTED_MS || time < least(small) * GROWTH) return true
  }
  return false
}

function cost(find: (text: string) => unknown, text: string): number {
  const start = process.cpuUsage()
  find(text)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}
