/**
 * The router against a slow and obvious one, which is written from the rules in the README alone: it fills the optional groups in every way, tries every way
 * to take the path apart with every pattern, puts all that match in order, and takes the first that has the method.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { int, oneOf, Router, type Rule } from './index.ts'

interface Converted {
  readonly name: string
  readonly weight?: number
  parse(text: string): unknown
  format(value: never): string
}
type Param = { readonly param: string; readonly converter?: Converted }
type Token = string | Param | { readonly wildcard: string } | { readonly group: readonly Token[] }
type Flat = Exclude<Token, { group: unknown }>
type Segment = readonly Flat[]

interface Given {
  readonly id: number
  readonly tokens: readonly Token[]
  readonly methods: readonly string[] | undefined
  readonly mounted: boolean
}

/** One way to match: how specific each step is, what is captured (not decoded), where a mount ends. */
interface Way {
  readonly given: Given
  readonly order: readonly (readonly (number | string)[])[]
  readonly captured: Readonly<Record<string, unknown>>
  readonly end: number
}

// What a pattern is.

function sourceOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (typeof token === 'string') return token
      if ('group' in token) return `{${sourceOf(token.group)}}`
      return 'param' in token ? `:"${token.param}"` : `*"${token.wildcard}"`
    })
    .join('')
}

function fillGroups([first, ...rest]: readonly Token[]): Flat[][] {
  if (first === undefined) return [[]]
  const others = fillGroups(rest)
  if (typeof first === 'string' || !('group' in first)) return others.map((other) => [first, ...other])
  return [
    ...fillGroups(first.group).flatMap((inside) => others.map((other) => [...inside, ...other])),
    ...others,
  ]
}

function segmentsOf(tokens: readonly Flat[]): Segment[] {
  const segments: Flat[][] = [[]]
  for (const token of tokens) {
    if (typeof token !== 'string') segments.at(-1)?.push(token)
    else {
      token.split('/').forEach((text, i) => {
        if (i > 0) segments.push([])
        const last = segments.at(-1) as Flat[]
        if (typeof last.at(-1) === 'string') last.push(`${last.pop()}${text}`)
        else if (text !== '') last.push(text)
      })
    }
  }
  return segments.slice(1)
}

function shapeOf(segments: readonly Segment[], mounted: boolean): string {
  const shape = segments.map((segment) =>
    segment.map((part) => {
      if (typeof part === 'string') return part
      return 'param' in part ? [part.converter?.name ?? ''] : ['', '*']
    }),
  )
  return JSON.stringify([shape, mounted])
}

// What matches.

function* waysOf(given: Given, segments: readonly Segment[], path: string): Generator<Way> {
  const parts = path === '' ? [] : path.slice(1).split('/')
  function* walk(at: number, part: number, order: Way['order'], captured: Way['captured']): Generator<Way> {
    const segment = segments[at]
    if (segment === undefined) {
      const end = parts.slice(0, part).reduce((length, text) => length + 1 + text.length, 0)
      if (given.mounted) yield { given, order: [...order, [5]], captured, end }
      else if (part === parts.length) yield { given, order: [...order, [-1]], captured, end }
      return
    }
    const text = parts[part]
    if (text === undefined) return
    const [first] = segment
    if (typeof first === 'object' && 'wildcard' in first) {
      if (text === '') return
      for (let count = 1; part + count <= parts.length; count++) {
        const list = parts.slice(part, part + count)
        yield* walk(at + 1, part + count, [...order, [4, count]], { ...captured, [first.wildcard]: list })
      }
      return
    }
    const values = matchSegment(segment as (string | Param)[], text)
    if (values !== undefined) {
      yield* walk(at + 1, part + 1, [...order, rankOf(segment as (string | Param)[])], {
        ...captured,
        ...values,
      })
    }
  }
  yield* walk(0, 0, [], {})
}

/** The values of a segment, of which the converted ones are `{ value }`. */
function matchSegment(
  segment: readonly (string | Param)[],
  text: string,
): Record<string, unknown> | undefined {
  if (segment.every((part) => typeof part === 'string')) return segment.join('') === text ? {} : undefined
  // An escape is one character, so that no text stands inside of it.
  const units = (each: string): string[] => each.match(/%[0-9A-Fa-f]{2}|./gsu) ?? []
  const alphabet = [...new Set(units(segment.filter((part) => typeof part === 'string').join('') + text))]
  const pack = (each: string): string =>
    units(each)
      .map((unit) => String.fromCharCode(0x4e00 + alphabet.indexOf(unit)))
      .join('')
  const expression = segment.map((part) => (typeof part === 'string' ? pack(part) : '(.+?)')).join('')
  const found = new RegExp(`^${expression}$`).exec(pack(text))
  if (found === null) return undefined
  const params = segment.filter((part) => typeof part !== 'string')
  const values: Record<string, unknown> = {}
  for (const [i, { param, converter }] of params.entries()) {
    const taken = [...(found[i + 1] as string)].map((unit) => alphabet[unit.charCodeAt(0) - 0x4e00]).join('')
    if (converter === undefined) values[param] = taken
    else {
      const decoded = decode(taken)
      const value = decoded === undefined ? undefined : converter.parse(decoded)
      if (value === undefined) return undefined
      values[param] = { value }
    }
  }
  return values
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

// Which is taken.

/** Static text, text with parameters (more text first), converted (greater weight first), plain; ties by name. */
function rankOf(segment: readonly (string | Param)[]): (number | string)[] {
  const texts = segment.filter((part) => typeof part === 'string').join('')
  const params = segment.filter((part) => typeof part !== 'string')
  if (params.length === 0) return [0]
  const weight = params.reduce((sum, { converter }) => sum + (converter?.weight ?? 0), 0)
  if (segment.length > 1) {
    const name = segment.map((part) => (typeof part === 'string' ? part : [part.converter?.name]))
    return [1, -texts.length, -weight, JSON.stringify(name)]
  }
  const [only] = params
  return only?.converter === undefined ? [3] : [2, -weight, only.converter.name]
}

function compareOrder(a: Way['order'], b: Way['order']): number {
  const left = a.flat()
  const right = b.flat()
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return (left[i] as number) < (right[i] as number) ? -1 : 1
  }
  return 0
}

function methodRank({ methods }: Given, method: string): number {
  if (methods === undefined) return 2
  if (methods.includes(method)) return 0
  return method === 'HEAD' && methods.includes('GET') ? 1 : Infinity
}

function referenceMatch(rules: readonly Given[], method: string, path: string): unknown {
  const ways = rules.flatMap((given) =>
    fillGroups(given.tokens).flatMap((tokens) => [...waysOf(given, segmentsOf(tokens), path)]),
  )
  const [best] = ways
    .filter(({ given }) => methodRank(given, method) < Infinity)
    .sort(
      (a, b) => compareOrder(a.order, b.order) || methodRank(a.given, method) - methodRank(b.given, method),
    )
  if (best === undefined) {
    const methods = ways.flatMap(({ given }) => given.methods ?? [])
    if (methods.length === 0) return { status: decode(path) === undefined ? 400 : 404, allow: [] }
    const allow = new Set([...methods, 'OPTIONS', ...(methods.includes('GET') ? ['HEAD'] : [])])
    return { status: method === 'OPTIONS' ? 204 : 405, allow: [...allow].sort() }
  }
  const params: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(best.captured)) {
    const decoded = decodeCaptured(value)
    if (decoded === undefined) return { status: 400, allow: [] }
    params[name] = decoded
  }
  const end = best.given.mounted ? best.end : 0
  return { rule: best.given.id, params, scriptName: path.slice(0, end), pathInfo: path.slice(end) }
}

function decodeCaptured(value: unknown): unknown {
  if (typeof value === 'string') return decode(value)
  if (!Array.isArray(value)) return (value as { value: unknown }).value
  const list = value.map(decode)
  return list.includes(undefined) ? undefined : list
}

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
const value = fc.constantFrom(
  'a',
  'b',
  'ab',
  '1',
  '2',
  '22',
  'a.b',
  '-',
  '1-2.a',
  '%20',
  '%2F',
  'a%20b',
  '%zz',
  '%C3',
  '',
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
const methods = fc.constantFrom(undefined, ['GET'], ['GET'], ['POST'], ['HEAD'], ['GET', 'POST'], ['OPTIONS'])
const given = fc
  .record({ tokens: pattern, methods, mounted: fc.nat(9).map((n) => n === 0) })
  .map(({ tokens, methods, mounted }): Given => {
    // '/' mounts at the empty path.
    const prefix = sourceOf(tokens) === '/' ? [] : tokens
    return mounted
      ? { id: 0, tokens: prefix, methods: undefined, mounted }
      : { id: 0, tokens, methods, mounted }
  })
const method = fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'PUT')
const change = fc.record({
  kind: fc.constantFrom('none', 'none', 'insert', 'remove', 'replace', 'slash', 'cut'),
  at: fc.nat(5),
  value,
})
const asked: fc.Arbitrary<Asked> = fc.record({
  method,
  rule: fc.nat(),
  fill: fc.nat(),
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
  const path = parts.join('/')
  // Not within an escape: what a text is that stands there is nowhere said, and there is no such path.
  return change.kind === 'cut' ? path.slice(0, change.at).replace(/%.?$/, '') : path
}

function addTo(router: Router, { tokens, methods, mounted }: Given, app: Rule['app']): void {
  const convert = Object.fromEntries(
    [...new Set(fillGroups(tokens).flat())].flatMap((token) =>
      typeof token === 'object' && 'param' in token && token.converter !== undefined
        ? [[token.param, token.converter]]
        : [],
    ),
  )
  const source = sourceOf(tokens)
  if (mounted) router.mount(source === '' ? '/' : source, app, { convert })
  else router.add(source, app, methods === undefined ? { convert } : { convert, methods })
}

/** Whether no request can tell two rules apart. */
function conflict(a: Given, b: Given): boolean {
  const shapes = new Set(fillGroups(a.tokens).map((tokens) => shapeOf(segmentsOf(tokens), a.mounted)))
  const sameShape = fillGroups(b.tokens).some((tokens) => shapes.has(shapeOf(segmentsOf(tokens), b.mounted)))
  return sameShape && (a.methods?.some((each) => b.methods?.includes(each) ?? true) ?? true)
}

describe('the router and the reference', () => {
  const seen = new Map<string, number>()
  const count = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1)
  }

  test('give the same for random rules and paths that nearly match', () => {
    const property = fc.property(
      fc.array(given, { minLength: 1, maxLength: 8 }),
      fc.array(asked, { minLength: 10, maxLength: 20 }),
      (drafts, requests) => {
        const router = new Router({ redirectSlashes: false, mergeSlashes: false })
        const rules: Given[] = []
        const ids = new Map<Rule['app'], number>()
        for (const draft of drafts) {
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
        for (const request of requests) {
          const path = pathOf(rules, request)
          const { rule, ...rest } = router.match(request.method, path)
          const answer = rule === undefined ? rest : { rule: ids.get(rule.app), ...rest }
          count(kindOf(rest, rule))
          expect(answer, `${request.method} ${path}`).toEqual(referenceMatch(rules, request.method, path))
        }
      },
    )
    fc.assert(property, { numRuns: 300 })
    // Each of these was tried often enough to count.
    for (const what of ['rule', 'mount', '204', '400', '404', '405'])
      expect(seen.get(what), what).toBeGreaterThan(50)
    expect(seen.get('conflict')).toBeGreaterThan(5)
  })
})

function kindOf(answer: object, rule: Rule | undefined): string {
  if ('status' in answer) return String(answer.status)
  return rule?.mounted ? 'mount' : 'rule'
}
