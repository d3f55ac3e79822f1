/**
 * The router against a slow and obvious one, which is written from the rules in the README alone, on random rules and on paths that they nearly
 * match.
 */
import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { int, oneOf, Router, type Rule } from './index.ts'
import {
  type Converted,
  fillGroups,
  type Given,
  type Param,
  segmentsOf,
  shapeOf,
  sourceOf,
  type Token,
} from './reference-patterns.test-support.ts'
import { hostParams, hostPatterns, hosts, referenceMatch } from './reference-router.test-support.ts'

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

// What is tried.

const even: Converted = {
  name: 'even',
  weight: 30,
  parse: (text) => (/^[02468]+$/.test(text) ? `even ${text}` : undefined),
  format: String,
}

const converter = fc.constantFrom<Converted | undefined>(
  undefined,
  undefined,
  int() as Converted,
  oneOf('a', 'b'),
  even,
)
const text = fc.constantFrom('a', 'b', 'ab', '1', '.', '-', 'a.b', '-.', '%20', '%2F', '2')
const value = fc.oneof(
  { arbitrary: fc.constantFrom('a', 'b', '1', '2'), weight: 6 },
  { arbitrary: fc.constantFrom('ab', '22', 'a.b', '-', '1-2.a', '%20', '%2F', 'a%20b', ''), weight: 4 },
  { arbitrary: fc.constantFrom('%zz', '%C3'), weight: 1 },
)
const param = fc.record({ param: fc.constant(''), converter }) as fc.Arbitrary<Param>
const wildcard = fc.constant<Token>({ wildcard: '' })
const mixed = fc
  .tuple(fc.option(text), fc.array(fc.tuple(param, text), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([before, pairs, cut]): Token[] => {
    const parts = pairs.flat() as Token[]
    return [...(before === null ? [] : [before]), ...(cut && parts.length > 2 ? parts.slice(0, -1) : parts)]
  })
const segment = fc.oneof(
  { arbitrary: text.map((each): Token[] => [each]), weight: 4 },
  { arbitrary: param.map((each): Token[] => [each]), weight: 3 },
  { arbitrary: mixed, weight: 2 },
  { arbitrary: wildcard.map((each) => [each]), weight: 2 },
)
const item = fc.oneof(
  { arbitrary: segment.map((tokens): Token[] => ['/', ...tokens]), weight: 8 },
  { arbitrary: segment.map((tokens): Token[] => [{ group: ['/', ...tokens] }]), weight: 1 },
  { arbitrary: param.map((each): Token[] => [{ group: ['.', each] }]), weight: 1 },
  {
    arbitrary: fc
      .tuple(segment, segment)
      .map(([a, b]): Token[] => [{ group: ['/', ...a, { group: ['/', ...b] }] }]),
    weight: 1,
  },
)
const pattern = fc
  .tuple(fc.array(item, { maxLength: 4 }), fc.constantFrom('', '', '', '/', '{/}'))
  .map(([items, end]) => named([...items.flat(), ...(end === '{/}' ? [{ group: ['/'] }] : [end])]))
const oneIn = (times: number): fc.Arbitrary<boolean> => fc.nat(times - 1).map((n) => n === 0)
/** On which other hosts a rule stands as well, so that hosts compete. */
const also = fc.array(fc.nat(hostPatterns.length - 1), { maxLength: 2 })
const host = fc.option(fc.nat(hostPatterns.length - 1), { nil: undefined, freq: 2 })
const methods = fc.constantFrom(undefined, ['GET'], ['GET'], ['POST'], ['HEAD'], ['GET', 'POST'], ['OPTIONS'])
const flags = { redirectSlashes: fc.boolean(), mergeSlashes: fc.boolean() }
const given = fc
  .record({ tokens: pattern, methods, mounted: oneIn(10), host, also, websocket: oneIn(12), ...flags })
  .map(({ tokens, methods, also, ...rest }): Given[] => {
    // '/' mounts at the empty path.
    const isRoot = rest.mounted && sourceOf(tokens) === '/'
    const websocket = rest.websocket && !rest.mounted
    const takesAll = rest.mounted || websocket
    const rule = {
      ...rest,
      id: 0,
      tokens: isRoot ? [] : tokens,
      methods: takesAll ? undefined : methods,
      websocket,
    }
    return [rule, ...also.map((each) => ({ ...rule, host: each }))]
  })
const method = fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'PUT')
const change = fc.record({
  kind: fc.constantFrom('none', 'none', 'none', 'end', 'end', 'insert', 'remove', 'replace', 'slash', 'cut'),
  at: fc.nat(5),
  value,
})
const asked: fc.Arbitrary<Asked> = fc.record({
  method,
  rule: fc.nat(),
  fill: fc.nat(),
  host: fc.nat(),
  websocket: oneIn(5),
  values: fc.array(value, { minLength: 8, maxLength: 8 }),
  change,
})

/** Gives each parameter a name of its own. */
function named(tokens: readonly Token[], counter: { n: number } = { n: 0 }): Token[] {
  return tokens.map((token) => {
    if (typeof token === 'string') return token
    if ('group' in token) return { group: named(token.group, counter) }
    const name = `p${counter.n++}`
    return 'param' in token ? { ...token, param: name } : { wildcard: name }
  })
}

interface Asked {
  readonly method: string
  readonly rule: number
  readonly fill: number
  readonly host: number
  readonly websocket: boolean
  readonly values: readonly string[]
  readonly change: { readonly kind: string; readonly at: number; readonly value: string }
}

/** A path that a rule matches, or would but for one change. */
function pathOf(rules: readonly Given[], { rule, fill, values, change }: Asked): string {
  const ways = fillGroups(rules[rule % rules.length]?.tokens ?? [])
  let next = 0
  const take = (): string => values[next++ % values.length] as string
  const parts = (ways[fill % ways.length] ?? [])
    .map((token) => {
      if (typeof token === 'string') return token
      return 'param' in token ? take() : [take(), take(), take()].slice(0, 1 + (fill % 3)).join('/')
    })
    .join('')
    .split('/')
  const at = 1 + (change.at % parts.length)
  if (change.kind === 'insert') parts.splice(at, 0, change.value)
  if (change.kind === 'remove') parts.splice(at, 1)
  if (change.kind === 'replace' && at < parts.length) parts[at] = change.value
  if (change.kind === 'slash') parts.splice(at, 0, '')
  if (change.kind === 'end' && parts.at(-1) === '') parts.pop()
  else if (change.kind === 'end') parts.push('')
  const path = parts.join('/')
  // Not within an escape: what a text is that stands there is nowhere said, and there is no such path.
  return change.kind === 'cut' ? path.slice(0, change.at).replace(/%.?$/, '') : path
}

/** Any of the hosts, or one that the rule answers on. */
function hostFor(rules: readonly Given[], { rule, host }: Asked): string | undefined {
  const pattern = rules[rule % rules.length]?.host
  const fitting = hosts.filter((each) => pattern === undefined || hostParams(pattern, each) !== undefined)
  const among = host % 3 === 0 ? hosts : fitting
  return among[host % among.length]
}

function addTo(router: Router, given: Given, app: Rule['app']): void {
  const { tokens, methods, mounted, host, websocket, redirectSlashes, mergeSlashes } = given
  const converters = [...new Set(fillGroups(tokens).flat())].flatMap((token) =>
    typeof token === 'object' && 'param' in token && token.converter !== undefined
      ? [[token.param, token.converter] as const]
      : [],
  )
  const pattern = sourceOf(tokens)
  const hostPattern = host === undefined ? undefined : hostPatterns[host]?.pattern
  if (hostPattern === ':n.b') converters.push(['n', int() as Converted])
  router.add([
    {
      pattern: mounted && pattern === '' ? '/' : pattern,
      app,
      methods,
      mounted,
      host: hostPattern,
      websocket,
      redirectSlashes,
      mergeSlashes,
      convert: Object.fromEntries(converters) as Rule['convert'],
    },
  ])
}

/** Whether no request can tell two rules apart. */
function conflict(a: Given, b: Given): boolean {
  const shapes = new Set(fillGroups(a.tokens).map((tokens) => shapeOf(segmentsOf(tokens), a.mounted)))
  const sameShape = fillGroups(b.tokens).some((tokens) => shapes.has(shapeOf(segmentsOf(tokens), b.mounted)))
  return (
    sameShape &&
    a.host === b.host &&
    a.websocket === b.websocket &&
    (a.methods?.some((each) => b.methods?.includes(each) ?? true) ?? true)
  )
}

describe('the router and the reference', () => {
  const seen = new Map<string, number>()
  const count = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1)
  }

  test('give the same for random rules and paths that nearly match', () => {
    const property = fc.property(
      fc.array(given, { minLength: 1, maxLength: 6 }),
      fc.array(asked, { minLength: 10, maxLength: 20 }),
      fc.constantFrom(1, 2, 3, 128),
      (drafts, requests, size) => {
        limits.size = size
        const router = new Router()
        const rules: Given[] = []
        const ids = new Map<Rule['app'], number>()
        for (const draft of drafts.flat()) {
          const app: Rule['app'] = () => ''
          const rule = { ...draft, id: rules.length }
          const rival = rules.find((each) => conflict(each, rule))
          try {
            addTo(router, rule, app)
          } catch (error) {
            count(/No request can tell/.test(String(error)) ? 'conflict' : 'malformed')
            expect(error).toBeInstanceOf(TypeError)
            expect(/No request can tell/.test(String(error)) && rival === undefined).toBe(false)
            continue
          }
          expect(rival).toBeUndefined()
          ids.set(app, rule.id)
          rules.push(rule)
        }
        // What is made of the same rules answers the same, and so does the code that is generated for it.
        const others = [router.snapshot(), new Router().add([...router].toReversed())]
        for (const request of requests) {
          const { method, websocket } = request
          const question = {
            method,
            websocket,
            path: pathOf(rules, request),
            host: hostFor(rules, request),
          }
          const { rule, ...rest } = router.match(method, question.path, question.host, { websocket })
          const answer = rule === undefined ? rest : { rule: ids.get(rule.app), ...rest }
          count(kindOf(rest, rule))
          expect(answer, JSON.stringify(question)).toEqual(referenceMatch(rules, question))
          limits.after = 1
          const other = others[request.fill % others.length]?.match(method, question.path, question.host, {
            websocket,
          })
          limits.after = Number.POSITIVE_INFINITY
          expect({ ...other, rule: other?.rule?.app }).toEqual({ ...rest, rule: rule?.app })
        }
      },
    )
    fc.assert(property, { numRuns: 400 })
    // Each of these was tried often enough to count.
    for (const what of ['rule', 'mount', '204', '308', '400', '404', '405'])
      expect(seen.get(what), what).toBeGreaterThan(10)
    expect(seen.get('conflict')).toBeGreaterThan(0)
  }, 60_000)
})

function kindOf(answer: object, rule: Rule | undefined): string {
  if ('status' in answer) return String(answer.status)
  return rule?.mounted ? 'mount' : 'rule'
}
