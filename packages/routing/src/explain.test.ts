import type { Application } from '@stapel/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NEAR_LIMIT, SEGMENT_LIMIT, TRIED_LIMIT, tryRules } from './explain.ts'
import type { Failure } from './explain-failure.ts'
import { explain } from './explanation.ts'
import { int, oneOf, Router, string } from './index.ts'

const show: Application = (_environ, startResponse) => {
  startResponse('200 OK', [])
  return ''
}

/** What came of each rule that was tried, by pattern. */
function outcomes(
  router: Router,
  method: string,
  path: string,
): [pattern: string, matched: string, failure: Failure | undefined][] {
  return tryRules(router, { method, path }).tried.map(({ rule, matched, failure }) => {
    return [rule.pattern, matched, failure]
  })
}

describe('why a rule does not match', () => {
  test('a segment differs', () => {
    const router = new Router().get('/users/:id/posts', show)
    expect(outcomes(router, 'GET', '/users/7/likes')).toEqual([
      ['/users/:id/posts', '/users/7', { kind: 'segment', expected: 'posts', got: 'likes' }],
    ])
  })

  test('a segment of text and parameters does not fit', () => {
    const router = new Router().get('/files/:name.:ext', show)
    expect(outcomes(router, 'GET', '/files/readme')).toEqual([
      ['/files/:name.:ext', '/files', { kind: 'segment', expected: ':name.:ext', got: 'readme' }],
    ])
  })

  test('a converter refused every way to split a segment of text and parameters', () => {
    const router = new Router().get('/files/:name-:number', show, { convert: { number: int() } })
    expect(outcomes(router, 'GET', '/files/a-b-7')[0]?.[2]).toBeUndefined()
    expect(outcomes(router, 'GET', '/files/a-b-c')).toEqual([
      [
        '/files/:name-:number',
        '/files',
        { kind: 'converter', parameter: 'number', converter: 'int()', text: 'b-c' },
      ],
    ])
    expect(outcomes(router, 'GET', '/files/abc')).toEqual([
      ['/files/:name-:number', '/files', { kind: 'segment', expected: ':name-:number', got: 'abc' }],
    ])
  })

  test('an empty segment is no parameter', () => {
    const router = new Router().get('/users/:id/x', show).get('/files/*path', show)
    expect(outcomes(router, 'GET', '/users//x')).toEqual([
      ['/users/:id/x', '/users', { kind: 'segment', expected: ':id', got: '' }],
    ])
    expect(outcomes(router, 'GET', '/files//x')).toEqual([
      ['/files/*path', '/files', { kind: 'slash', path: '/files/x' }],
    ])
  })

  test('a converter refused a text, which is shown decoded', () => {
    const router = new Router().get('/users/:id', show, { convert: { id: int({ min: 1 }) } })
    expect(outcomes(router, 'GET', '/users/%C3%A9')).toEqual([
      [
        '/users/:id',
        '/users',
        { kind: 'converter', parameter: 'id', converter: 'int({"min":1})', text: 'é' },
      ],
    ])
  })

  test('a converter that throws for a text has refused it', () => {
    const parse = (text: string): string => {
      throw new Error(`not ${text}`)
    }
    const id = { name: 'broken', parse, format: String }
    const router = new Router().get('/x', show).get('/x/:id', show, { convert: { id } })
    expect(outcomes(router, 'POST', '/x/7').at(-1)).toEqual([
      '/x/:id',
      '/x',
      { kind: 'converter', parameter: 'id', converter: 'broken', text: '7' },
    ])
  })

  test('a converter is not asked for what cannot be decoded, and the next rule is tried', () => {
    const router = new Router().get('/:id', show, { convert: { id: int() } }).get('/*path', show)
    expect(outcomes(router, 'GET', '/%FF')).toEqual([
      ['/:id', '', { kind: 'encoding', parameter: 'id', text: '%FF' }],
      ['/*path', '/%FF', { kind: 'encoding', parameter: 'path', text: '%FF' }],
    ])
    expect(router.match('GET', '/%FF')).toMatchObject({ status: 400 })
  })

  test('what cannot be decoded ends the search, as it does for the matcher', () => {
    const router = new Router().get('/:id', show).get('/*path', show)
    expect(outcomes(router, 'GET', '/%FF')).toEqual([
      ['/:id', '/%FF', { kind: 'encoding', parameter: 'id', text: '%FF' }],
    ])
  })

  test('the path ends before the pattern does', () => {
    const router = new Router().get('/users/:id/posts/*rest', show)
    expect(outcomes(router, 'GET', '/users/7')).toEqual([
      ['/users/:id/posts/*rest', '/users/7', { kind: 'end', expected: '/posts/*rest' }],
    ])
  })

  test('the path goes on where the pattern ends', () => {
    const router = new Router().get('/users/:id', show)
    expect(outcomes(router, 'GET', '/users/7/posts')).toEqual([
      ['/users/:id', '/users/7', { kind: 'rest', got: '/posts' }],
    ])
  })

  test('the path has another form of slashes', () => {
    const router = new Router().get('/users/', show).get('/users/:id', show)
    expect(outcomes(router, 'GET', '/users')).toEqual([
      ['/users/', '/users', { kind: 'slash', path: '/users/' }],
      ['/users/:id', '/users', { kind: 'end', expected: '/:id' }],
    ])
    expect(outcomes(router, 'GET', '/users//7/').at(1)).toEqual([
      '/users/:id',
      '/users',
      { kind: 'slash', path: '/users/7' },
    ])
  })

  test('the path has another form of slashes, and there is no redirect', () => {
    const router = new Router({ redirectSlashes: false })
      .get('/about', show)
      .post('/users', show, { redirectSlashes: true })
      .websocket('/feed', show, { redirectSlashes: true })
    expect(outcomes(router, 'GET', '/about/')).toEqual([
      ['/about', '/about', { kind: 'slash', path: '/about', instead: { kind: 'off' } }],
    ])
    expect(outcomes(router, 'GET', '/users/')).toEqual([
      ['/users', '/users', { kind: 'slash', path: '/users', instead: { kind: 'method', methods: ['POST'] } }],
    ])
    expect(outcomes(router, 'GET', '/feed/')).toEqual([
      ['/feed', '/feed', { kind: 'slash', path: '/feed', instead: { kind: 'websocket' } }],
    ])
    expect(String(router.explain('GET', '/about/'))).toContain(
      'differs in its slashes, and does not redirect',
    )
    expect(String(router.explain('GET', '/users/'))).toContain('differs in its slashes, and answers POST')
  })

  test('the path has another form in two ways, of which one is a redirect', () => {
    const router = new Router({ redirectSlashes: false, mergeSlashes: true }).get('/', show)
    expect(router.match('GET', '//')).toMatchObject({ status: 308, location: '/' })
    expect(outcomes(router, 'GET', '//')).toEqual([['/', '/', { kind: 'slash', path: '/' }]])
  })

  test('the mount of its router says that there is no redirect', () => {
    const inner = new Router().get('/about', show)
    const router = new Router({ redirectSlashes: false }).mount('/in', new Router().mount('/deep', inner))
    const explained = router.explain('GET', '/in/deep/about/').inner?.inner
    expect(explained?.answer.status).toBe(404)
    expect(explained?.tried[0]?.failure).toEqual({
      kind: 'slash',
      path: '/about',
      instead: { kind: 'off' },
    })
  })

  test('it answers other methods', () => {
    const router = new Router().add('/users', show, { methods: ['PUT', 'PATCH'] }).get('/users', show)
    expect(outcomes(router, 'POST', '/users')).toEqual([
      ['/users', '/users', { kind: 'method', methods: ['PUT', 'PATCH'] }],
      ['/users', '/users', { kind: 'method', methods: ['GET'] }],
    ])
  })

  test('of several ways to fill optional groups, that which leads furthest is shown', () => {
    const router = new Router().get('/posts{/:year{/:month}}', show, { convert: { month: int() } })
    expect(outcomes(router, 'GET', '/posts/2026/may')).toEqual([
      [
        '/posts{/:year{/:month}}',
        '/posts/2026',
        { kind: 'converter', parameter: 'month', converter: 'int()', text: 'may' },
      ],
    ])
  })
})

describe('the order', () => {
  test('is that in which rules are tried, and ends with the rule that answers', () => {
    const router = new Router()
      .get('/:page/edit', show)
      .get('/users/:id', show, { convert: { id: int() } })
      .get('/users/:id/edit', show)
      .get('/nothing/of/this', show)
    expect(outcomes(router, 'GET', '/users/me/edit')).toEqual(
      [
        ['/users/:id', '/users', { kind: 'converter', parameter: 'id', converter: 'int()', text: 'me' }],
        ['/users/:id/edit', '/users/me/edit', undefined],
        ['/:page/edit', '/users', { kind: 'segment', expected: 'edit', got: 'me' }],
      ].slice(0, 2),
    )
  })

  test('goes on with those that match too', () => {
    const router = new Router().get('/users/*rest', show).get('/users/:id', show).get('/users/x/y', show)
    expect(outcomes(router, 'GET', '/users/7')).toEqual([
      ['/users/x/y', '/users', { kind: 'segment', expected: 'x', got: '7' }],
      ['/users/:id', '/users/7', undefined],
      ['/users/*rest', '/users/7', { kind: 'later' }],
    ])
  })

  test('puts the rule for HEAD before that for GET', () => {
    const router = new Router().get('/', show).head('/', show)
    expect(tryRules(router, { method: 'HEAD', path: '/' }).tried.map(({ rule }) => rule.methods)).toEqual([
      ['HEAD'],
      ['GET'],
    ])
  })
})

describe('near misses', () => {
  test('are rules that a misspelled path was probably meant for, the nearest first', () => {
    const router = new Router()
      .get('/users/:id', show)
      .get('/us/:id', show)
      .get('/somewhere/else', show)
      .get('/:page', show)
    const { tried, near } = tryRules(router, { method: 'GET', path: '/user/7' })
    expect(tried.map(({ rule }) => rule.pattern)).toEqual(['/:page'])
    expect(near.map(({ rule, failure }) => [rule.pattern, failure])).toEqual([
      ['/users/:id', { kind: 'segment', expected: 'users', got: 'user' }],
      ['/us/:id', { kind: 'segment', expected: 'us', got: 'user' }],
    ])
  })

  test('are also those for the plural of a word, or for another word of the path', () => {
    const router = new Router().get('/entries/:id/edit', show).get('/categories/:id', show)
    const nearTo = (path: string): string[] => {
      return tryRules(router, { method: 'GET', path }).near.map(({ rule }) => rule.pattern)
    }
    expect(nearTo('/entry/7/edit')).toEqual(['/entries/:id/edit'])
    expect(nearTo('/category/7')).toEqual(['/categories/:id'])
    expect(nearTo('/entrie/7')).toEqual(['/entries/:id/edit'])
    expect(nearTo('/something/7')).toEqual([])
  })

  test('are not those in which one word is alike and the others are not', () => {
    const router = new Router().get('/api/v1/things/:id', show).get('/api/v1/orders/:id', show)
    expect(
      tryRules(router, { method: 'GET', path: '/apo/v1/thing/7' }).near.map(({ rule }) => rule.pattern),
    ).toEqual(['/api/v1/things/:id'])
  })

  test('are not the root, nor rules with nothing in common', () => {
    const router = new Router().get('/', show).get('/b', show).get('/:id/x', show).get('/other', show)
    expect(tryRules(router, { method: 'GET', path: '/a' }).near.map(({ rule }) => rule.pattern)).toEqual([
      '/b',
    ])
  })

  test('a path that does not start with a slash is like no rule', () => {
    const router = new Router().add('/x', show)
    expect(tryRules(router, { method: 'GET', path: 'x' })).toEqual({ tried: [], near: [], omitted: 0 })
  })
})

describe('limits', () => {
  test('of many rules that were tried, those that matched furthest are shown', () => {
    const router = new Router().get('/api/here/:id', show)
    for (let i = 0; i < 100; i++) router.get(`/api/rule${i}`, show)
    const { tried, omitted } = tryRules(router, { method: 'GET', path: '/api/here' })
    expect(tried.length).toBe(TRIED_LIMIT)
    expect(tried[0]?.rule.pattern).toBe('/api/here/:id')
    expect(omitted).toBe(101 - TRIED_LIMIT)
  })

  test('of many near misses, the nearest are shown', () => {
    const router = new Router().get('/rule', show)
    for (let i = 0; i < 100; i++) router.get(`/rule${i}`, show)
    const { tried, near, omitted } = tryRules(router, { method: 'GET', path: '/rules' })
    expect(tried).toEqual([])
    expect(near.length).toBe(NEAR_LIMIT)
    expect(near[0]?.rule.pattern).toBe('/rule')
    expect(omitted).toBe(101 - NEAR_LIMIT)
  })

  test('many wildcards and segments take no time that explodes (robustness.md L4)', () => {
    const wildcards = Array.from({ length: 12 }, (_, i) => `/*w${i}/x`).join('')
    const router = new Router().get(`/a${wildcards}/end`, show)
    const path = `/a${'/x'.repeat(SEGMENT_LIMIT - 1)}`
    expect(tryRules(router, { method: 'GET', path }).tried[0]?.failure?.kind).toBe('segment')
  })
})

test('hostile paths are explained in bounded time (robustness.md L4)', () => {
  const router = new Router()
  for (let i = 0; i < 50; i++) router.get(`/*rest/:name/rule${i}`, show).get(`/a/:b/*rest/${i}/:c`, show)
  expect(tryRules(router, { method: 'GET', path: '/'.repeat(SEGMENT_LIMIT) }).tried).toEqual([])
  expect(tryRules(router, { method: 'GET', path: '/a'.repeat(SEGMENT_LIMIT) }).tried.length).toBe(TRIED_LIMIT)
  expect(tryRules(router, { method: 'GET', path: `/${'a'.repeat(65_536)}` }).tried.length).toBe(TRIED_LIMIT)
  expect(tryRules(router, { method: 'GET', path: '/'.repeat(65_536) })).toEqual({
    tried: [],
    near: [],
    omitted: 100,
  })
})

const segment = fc.constantFrom(
  'a',
  'b',
  '',
  ':p',
  ':p',
  ':i',
  ':i',
  ':p-:q',
  'a-:p',
  ':i-b',
  ':i-:p',
  ':p-:i',
  '*w',
  '*w',
  '{a}',
)
/** Patterns of one to four segments, some with a group at the end. */
const pattern = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([segments, group]) => {
    const path = segments.map((each, i) => `/${each.replace(/([:*])([a-z])/g, `$1$2${i}`)}`)
    const last = path.pop() as string
    return group && path.length > 0 ? `${path.join('')}{${last}}` : path.join('') + last
  })
const rule = fc.record({
  pattern,
  method: fc.constantFrom('GET', 'POST', 'HEAD', undefined),
  kind: fc.constantFrom('rule', 'rule', 'rule', 'mount', 'websocket', 'buildOnly'),
  host: fc.constantFrom(
    undefined,
    undefined,
    'a.test',
    ':host.test',
    '*hosts.test',
    ':host.{b.}test',
    '{www.}a.test',
  ),
  converter: fc.constantFrom(int(), oneOf('a', '7'), string(), string({ max: 3 })),
  redirectSlashes: fc.constantFrom(true, false, undefined),
  mergeSlashes: fc.constantFrom(true, false, undefined),
  name: fc.constantFrom(undefined, 'one', 'two'),
  alias: fc.boolean(),
  defaults: fc.constantFrom(undefined, undefined, { p1: 'a' }, { p2: 'b' }),
})
const path = fc
  .array(fc.constantFrom('a', 'a', 'b', 'b', '7', '', 'a-b', '7-b', 'a-b-7', '%FF', 'a-%FF'), {
    maxLength: 6,
  })
  .map((segments) => segments.map((each) => `/${each}`).join(''))
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'HEAD', 'DELETE', 'OPTIONS'),
  path,
  host: fc.constantFrom(undefined, 'a.test', 'A.test:80', 'b.test', 'x.b.test', 'www.a.test', 'other', '///'),
  websocket: fc.boolean(),
  redirectSlashes: fc.constantFrom(true, false, undefined),
  mergeSlashes: fc.constantFrom(true, false, undefined),
  scriptName: fc.constantFrom('', '/in'),
})

/** A router with as many of the rules as can stand beside each other. */
function routerOf(rules: readonly Parameters<typeof addRule>[1][]): Router {
  const router = new Router()
  for (const each of rules) {
    try {
      addRule(router, each)
    } catch {
      // A pattern that is refused, or cannot be told from one that is there.
    }
  }
  return router
}

function addRule(
  router: Router,
  {
    pattern,
    method,
    kind,
    converter,
    name,
    alias,
    ...options
  }: typeof rule extends fc.Arbitrary<infer Value> ? Value : never,
): void {
  const convert = Object.fromEntries([...pattern.matchAll(/:(i\d)/g)].map(([, name]) => [name, converter]))
  router.add([
    {
      pattern,
      ...(kind !== 'buildOnly' && { app: show }),
      ...(kind === 'rule' && method !== undefined && { methods: [method] }),
      mounted: kind === 'mount',
      websocket: kind === 'websocket',
      buildOnly: kind === 'buildOnly',
      convert,
      name,
      alias: alias && name !== undefined && kind === 'rule',
      ...options,
    },
  ])
}

describe('agrees with the matcher', () => {
  test('on random rules and requests: the first without a failure is the rule that is found', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 12 }),
        fc.array(request, { minLength: 1, maxLength: 6 }),
        (rules, requests) => {
          const router = routerOf(rules)
          for (const each of requests) {
            const { method, path, host, ...options } = each
            const match = router.match(method, path, host, options)
            const { tried } = explain(router, each, match)
            const answering = tried.find(({ failure }) => failure === undefined)
            expect(answering?.rule.pattern).toBe(match.rule?.pattern)
            expect(answering?.rule).toBe(match.rule)
            if (match.rule !== undefined) continue
            const kinds = tried.map(({ failure }) => failure?.kind)
            if (match.status === 405) expect(kinds).toContain('method')
            if (match.status === 400 && !each.path.includes('%FF')) expect(kinds).toContain('websocket')
            if (match.status === 308) {
              expect(
                tried.some(({ failure }) => {
                  return failure?.kind === 'redirect' || (failure?.kind === 'slash' && !failure.instead)
                }),
              ).toBe(true)
            }
          }
        },
      ),
      { numRuns: 400 },
    )
  })
})
