import * as fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Converter, int, oneOf, Router } from './index.ts'

/** After how many visits code is generated: at once, or never; and how many alternatives a function takes. */
const limits = vi.hoisted(() => ({ after: Number.POSITIVE_INFINITY, size: 128 }))
vi.mock('./generated-limits.ts', async (original) => ({
  ...(await original<typeof import('./generated-limits.ts')>()),
  get GENERATE_AFTER() {
    return limits.after
  },
  get FUNCTION_SIZE_LIMIT() {
    return limits.size
  },
}))

const app = () => ''

afterEach(() => {
  limits.after = Number.POSITIVE_INFINITY
  limits.size = 128
  vi.restoreAllMocks()
})
/** Redirects look again, with other slashes. */
const strict = { redirectSlashes: false, mergeSlashes: false }

// A slow and obvious matcher: it lists every way in which a rule matches a path and takes the most specific of all.

type Piece =
  | { kind: 'static'; text: string }
  | { kind: 'mixed'; before: string; between: string; after: string; two: boolean }
  | { kind: 'converted'; by: 'int' | 'oneOf' }
  | { kind: 'plain' }
  | { kind: 'wildcard' }

interface TestRule {
  pieces: Piece[]
  method: string
  mounted: boolean
}

interface Way {
  rank: (number | string)[]
  values: unknown[]
  rest: string
}

const converters: Record<'int' | 'oneOf', Converter<unknown>> = { int: int(), oneOf: oneOf('a', '1') }

function* waysOf(pieces: Piece[], segments: string[], mounted: boolean): Generator<Way> {
  const [piece, ...pieces_] = pieces
  if (piece === undefined) {
    if (segments.length === 0) yield { rank: [mounted ? 9 : 0], values: [], rest: '' }
    else if (mounted) yield { rank: [9], values: [], rest: segments.map((segment) => `/${segment}`).join('') }
    return
  }
  for (let taken = 1; taken <= (piece.kind === 'wildcard' ? segments.length : 1); taken++) {
    if (segments.length < taken) return
    const values = valuesOf(piece, segments.slice(0, taken))
    if (values === undefined) continue
    for (const way of waysOf(pieces_, segments.slice(taken), mounted)) {
      yield {
        rank: [...rankOf(piece), taken, ...way.rank],
        values: [...values, ...way.values],
        rest: way.rest,
      }
    }
  }
}

function rankOf(piece: Piece): (number | string)[] {
  if (piece.kind === 'static') return [0]
  if (piece.kind === 'mixed') {
    const { before, between, after, two } = piece
    const texts = two ? [before, between, after] : [before, after]
    // Two that are as specific are told apart by their form alone, so that the order in which they were added does not matter.
    const parts = two ? [before, [null], between, [null], after] : [before, [null], after]
    return [1, -texts.join('').length, JSON.stringify(parts.filter((part) => part !== ''))]
  }
  if (piece.kind === 'converted') return [2, -(converters[piece.by].weight ?? 0)]
  return [piece.kind === 'plain' ? 3 : 4]
}

function valuesOf(piece: Piece, segments: string[]): unknown[] | undefined {
  const [segment = ''] = segments
  if (piece.kind === 'static') return segment === piece.text ? [] : undefined
  if (segment === '') return undefined
  if (piece.kind === 'wildcard') return [segments.map(decodeURIComponent)]
  if (piece.kind === 'plain') return [decodeURIComponent(segment)]
  if (piece.kind === 'converted') {
    const value = converters[piece.by].parse(decodeURIComponent(segment))
    return value === undefined ? undefined : [value]
  }
  const quote = (text: string) => text.replace(/[.-]/g, '\\$&')
  const { before, between, after, two } = piece
  const middle = two ? `(.+?)${quote(between)}(.+)` : '(.+)'
  const match = new RegExp(`^${quote(before)}${middle}${quote(after)}$`).exec(segment)
  return match?.slice(1).map(decodeURIComponent)
}

function compareRanks(a: (number | string)[], b: (number | string)[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i] as number, b[i] as number]
    if (left !== right) return left < right ? -1 : 1
  }
  return a.length - b.length
}

function patternOf(rule: TestRule): {
  pattern: string
  convert: Record<string, Converter<unknown>>
  names: string[]
} {
  const convert: Record<string, Converter<unknown>> = {}
  const names: string[] = []
  const name = (): string => {
    names.push(`p${names.length}`)
    return names.at(-1) as string
  }
  const segments = rule.pieces.map((piece) => {
    if (piece.kind === 'static') return piece.text
    if (piece.kind === 'wildcard') return `*${name()}`
    if (piece.kind === 'mixed') {
      const second = piece.two ? `${piece.between}:` : ''
      return `${piece.before}:${name()}${second}${piece.two ? name() : ''}${piece.after}`
    }
    const own = name()
    if (piece.kind === 'converted') convert[own] = converters[piece.by]
    return `:${own}`
  })
  return { pattern: segments.map((segment) => `/${segment}`).join(''), convert, names }
}

const text = fc.constantFrom('a', 'b', '1', 'ab')
const separator = fc.constantFrom('-', '.', '.-')
const piece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('static' as const), text }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'static' as const, text: '' }) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        kind: fc.constant('mixed' as const),
        before: fc.constantFrom('', 'a', '-'),
        between: separator,
        after: fc.constantFrom('', '.', '-'),
        two: fc.boolean(),
      })
      .filter(({ before, after, two }) => two || before + after !== ''),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('converted' as const),
      by: fc.constantFrom('int' as const, 'oneOf' as const),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'plain' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'wildcard' as const }) },
)
const rule: fc.Arbitrary<TestRule> = fc.record({
  pieces: fc.array(piece, { maxLength: 4 }),
  method: fc.constantFrom('GET', 'GET', 'POST', 'HEAD'),
  mounted: fc.constantFrom(false, false, false, true),
})
const segment = fc.constantFrom(
  'a',
  'b',
  '1',
  'ab',
  '2',
  '',
  'a-1',
  'a.b',
  'a.b-c',
  '-a.-b.',
  'x%2Fy',
  'a.-%C3%A9-',
)
const path = fc
  .array(segment, { maxLength: 6 })
  .map((segments) => segments.map((each) => `/${each}`).join(''))

/** Adds the rules that can be added; those that cannot be told from another, or are no patterns, are left out. */
function build(rules: TestRule[]): { router: Router; added: (TestRule & ReturnType<typeof patternOf>)[] } {
  const router = new Router(strict)
  const added: (TestRule & ReturnType<typeof patternOf>)[] = []
  for (const each of rules) {
    const { pattern, convert, names } = patternOf(each)
    try {
      if (each.mounted) router.mount(pattern, app, { convert })
      else router.add(pattern, app, { methods: [each.method], convert })
    } catch {
      continue
    }
    // A mount on '/' is the empty prefix.
    added.push({
      ...each,
      pieces: each.mounted && pattern === '/' ? [] : each.pieces,
      pattern,
      convert,
      names,
    })
  }
  return { router, added }
}

function expected(added: ReturnType<typeof build>['added'], method: string, target: string): unknown {
  const segments = target === '' ? [] : target.slice(1).split('/')
  const ways = added.flatMap((each) =>
    [...waysOf(each.pieces, segments, each.mounted)].map((way) => ({ ...way, each })),
  )
  const open = ways
    .filter(
      ({ each }) => each.mounted || each.method === method || (method === 'HEAD' && each.method === 'GET'),
    )
    .map((way) => ({ ...way, rank: [...way.rank, way.each.method === method ? 0 : 1] }))
    .sort((a, b) => compareRanks(a.rank, b.rank))
  const [best] = open
  if (best !== undefined) {
    const params = Object.fromEntries(best.each.names.map((name, i) => [name, best.values[i]]))
    const mounted = best.each.mounted
    return { pattern: best.each.pattern, params, pathInfo: mounted ? best.rest : target }
  }
  const isForServer = method === 'OPTIONS' && target === '' && ways.length === 0
  const asked = isForServer ? added.filter(({ mounted }) => !mounted) : ways.map(({ each }) => each)
  const methods: Set<string> = new Set(asked.map((each) => each.method))
  if (methods.size === 0 && !isForServer) return { status: 404, allow: [] }
  if (methods.has('GET')) methods.add('HEAD')
  return { status: method === 'OPTIONS' ? 204 : 405, allow: [...methods, 'OPTIONS'].sort() }
}

function found(router: Router, method: string, target: string): unknown {
  const match = router.match(method, target)
  if (match.rule === undefined)
    return { status: match.status, allow: 'allow' in match ? match.allow : undefined }
  expect(match.scriptName + match.pathInfo).toBe(target)
  return { pattern: match.rule.pattern, params: match.params, pathInfo: match.pathInfo }
}

describe('the tree, and the code generated from it', () => {
  test('find what a slow and obvious matcher finds', () => {
    let matched = 0
    const generating = vi.spyOn(globalThis, 'Function')
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 12 }),
        fc.array(path, { minLength: 1, maxLength: 24 }),
        fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS'),
        fc.constantFrom(1, 2, 4, 128),
        (rules, paths, method, size) => {
          limits.size = size
          const { router, added } = build(rules)
          const { router: generated } = build(rules)
          for (const target of paths) {
            const want = expected(added, method, target)
            limits.after = Number.POSITIVE_INFINITY
            expect(found(router, method, target), `${method} ${target}`).toEqual(want)
            limits.after = 1
            expect(found(generated, method, target), `generated: ${method} ${target}`).toEqual(want)
            if ('pattern' in (want as object)) matched++
          }
        },
      ),
      { numRuns: 700 },
    )
    expect(matched).toBeGreaterThan(500)
    // All that was generated is code.
    expect(generating.mock.results.length).toBeGreaterThan(200)
    expect(generating.mock.results.filter(({ type }) => type === 'throw')).toEqual([])
  }, 60_000)

  test('find texts that are encoded behind those that are not', () => {
    limits.after = 1
    limits.size = 1
    const router = new Router()
    for (const pattern of [
      '/s/:a/p',
      '/s/:a/q/:b',
      '/*w/z/:c/m',
      '/*w/z/:c/n/:d',
      '/:e/q/:f/:g',
      '/:e/q/:f/r',
    ])
      router.get(pattern, app)
    const find = (path: string): unknown => found(router, 'GET', path)
    for (let i = 0; i < 5; i++) {
      find('/s/1/q/2')
      expect(find('/s/%41/q/%42')).toMatchObject({ params: { a: 'A', b: 'B' } })
      find('/s/1/q/2')
      expect(find('/x%20y/z/%41/n/%42')).toMatchObject({ params: { w: ['x y'], c: 'A', d: 'B' } })
      find('/s/1/q/2')
      expect(find('/%41/q/%42/%43')).toMatchObject({ params: { e: 'A', f: 'B', g: 'C' } })
      expect(find('/s/q/%42/r')).toMatchObject({ params: { e: 's', f: 'B' } })
    }
  })

  test('find the same in whatever order rules were added', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 8 }), fc.array(path, { maxLength: 8 }), (rules, paths) => {
        const { added } = build(rules)
        const { router } = build(added)
        const { router: reversed } = build(added.toReversed())
        for (const target of paths)
          expect(found(reversed, 'GET', target)).toEqual(found(router, 'GET', target))
      }),
      { numRuns: 500 },
    )
  })
})

/**
 * robustness.md L4. Paths are matched without regular expressions and ways that failed are not tried again, so that a long segment costs its length
 * and needs no limit of its own; what bounds it is Node's limit of 16 KiB on the head of a request, which is answered 431.
 */
describe('hostile paths', () => {
  /** Accepts everything and counts how often it was asked. */
  function counter(): Converter<string> & { count: number } {
    return {
      name: 'counter',
      count: 0,
      parse(value) {
        this.count++
        return value
      },
      format: String,
    }
  }

  test('are walked once for each segment by wildcards within wildcards', () => {
    const converter = counter()
    const router = new Router(strict).get('/*a/x/*b/x/*c/x/:d/*e/y', app, { convert: { d: converter } })
    const length = 3000
    expect(router.match('GET', '/x'.repeat(length)).rule).toBeUndefined()
    expect(converter.count).toBeLessThan(2 * length)
  })

  test('are walked once for each node by rules that nearly match', () => {
    const converter = counter()
    const router = new Router(strict)
    const depth = 10
    for (let bits = 0; bits < 2 ** depth; bits++) {
      const segments = Array.from({ length: depth }, (_, i) => (bits & (1 << i) ? 'a' : `:p${i}`))
      router.get(`/${segments.join('/')}/:end/x`, app, { convert: { end: converter } })
    }
    expect(router.match('GET', `${'/a'.repeat(depth)}/b/y`).rule).toBeUndefined()
    expect(converter.count).toBe(2 ** depth)
  })

  test('of a hundred thousand slashes or one long segment are answered', () => {
    const router = new Router().get('/*a/b', app).get('/:x.:y-:z', app).get('/:a/:b', app)
    expect(router.match('GET', '/'.repeat(100_000))).toMatchObject({ status: 404 })
    expect(router.match('GET', `/${'a.'.repeat(32_768)}`)).toMatchObject({ status: 404 })
    expect(router.match('GET', '/a'.repeat(50_000))).toMatchObject({ status: 404 })
    expect(router.match('GET', `/${'%'.repeat(65_536)}`)).toMatchObject({ status: 400 })
  })

  test('named like members of objects find nothing', () => {
    const router = new Router().get('/a', app).get('/x/:id', app)
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(router.match('GET', `/${name}`)).toMatchObject({ status: 404 })
      expect(router.match(name, '/a')).toMatchObject({ status: 405 })
    }
  })
})

describe('a converter', () => {
  test('may ask the router that asks it', () => {
    const router: Router = new Router().get('/other/:x', app)
    const nested: Converter<string> = {
      name: 'nested',
      parse: (value) => (router.match('GET', `/other/${value}`).rule === undefined ? undefined : value),
      format: String,
    }
    router.get('/:a/:b/:c', app, { convert: { b: nested } })
    expect(router.match('GET', '/1/2/3')).toMatchObject({ params: { a: '1', b: '2', c: '3' } })
    expect(router.match('GET', '/4/5/6')).toMatchObject({ params: { a: '4', b: '5', c: '6' } })
  })

  test('of a host may ask the router for other paths, which leaves its own refusal as it is', () => {
    const router: Router = new Router(strict).get('/a', app).get('/b/:id', app)
    const asking: Converter<string> = {
      name: 'asking',
      parse(value) {
        expect(router.match('GET', '/nothing').rule).toBeUndefined()
        return value
      },
      format: String,
    }
    router.get('/', app, { host: ':tenant.example.org', convert: { tenant: asking } })
    for (const path of ['/a', '/b/1'])
      expect(router.match('POST', path, 'red.example.org')).toMatchObject({
        status: 405,
        allow: ['GET', 'HEAD', 'OPTIONS'],
      })
    expect(router.match('POST', '/c', 'red.example.org')).toMatchObject({ status: 404 })
  })

  test('may add rules while it is asked', () => {
    const router: Router = new Router(strict)
    const adding: Converter<string> = {
      name: 'adding',
      parse(value) {
        router.get(`/:x/${value}`, app)
        return undefined
      },
      format: String,
    }
    router.get('/:a', app, { convert: { a: adding } })
    expect(router.match('GET', '/new').rule).toBeUndefined()
    expect(router.match('GET', '/1/new').rule?.pattern).toBe('/:x/new')
  })

  test('that throws does not harm the next match', () => {
    let broken = true
    const failing: Converter<string> = {
      name: 'failing',
      parse(value) {
        if (broken) throw new RangeError('broken')
        return value
      },
      format: String,
    }
    const router = new Router().get('/:a/:b', app, { convert: { b: failing } })
    expect(() => router.match('GET', '/1/2')).toThrow(RangeError)
    broken = false
    expect(router.match('GET', '/3/4')).toMatchObject({ params: { a: '3', b: '4' } })
  })
})
