// What a router finds among hosts, WebSockets and other slashes, against a list of all rules that is gone through one by one.
import type { Application } from '@stapel/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Router } from './index.ts'

const app: Application = () => ''

/** From the more specific to the less. */
const patterns = ['/a/b', '/a/:x', '/a/', '/a', '/:x/b', '/:x/:y', '/:x/', '/:x', '/*rest'] as const
const hosts = ['www.example.org', ':sub.example.org', '*any.example.org', undefined] as const

interface TestRule {
  readonly pattern: (typeof patterns)[number]
  readonly host: (typeof hosts)[number]
  readonly method: 'GET' | 'POST'
  readonly websocket: boolean
  readonly redirectSlashes: boolean | undefined
  readonly mergeSlashes: boolean | undefined
}

interface TestRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly host: string
  readonly websocket: boolean
  /** What rules inherit that say nothing themselves. */
  readonly redirectSlashes: boolean | undefined
  readonly mergeSlashes: boolean | undefined
}

const flag: fc.Arbitrary<boolean | undefined> = fc.constantFrom(true, false, undefined)

const rule: fc.Arbitrary<TestRule> = fc.record({
  pattern: fc.constantFrom(...patterns),
  host: fc.constantFrom(...hosts),
  method: fc.constantFrom('GET', 'POST'),
  websocket: fc.boolean(),
  redirectSlashes: flag,
  mergeSlashes: flag,
})

const request: fc.Arbitrary<TestRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  path: fc
    .array(fc.constantFrom('/', '/', 'a', 'b', 'c'), { maxLength: 6 })
    .map((parts) => `/${parts.join('')}`),
  host: fc.constantFrom('www.example.org', 'wiki.example.org', 'a.wiki.example.org', 'example.org'),
  websocket: fc.boolean(),
  redirectSlashes: flag,
  mergeSlashes: flag,
})

const regexps: Readonly<Record<(typeof patterns)[number], RegExp>> = {
  '/a/b': /^\/a\/b$/,
  '/a/:x': /^\/a\/[^/]+$/,
  '/a/': /^\/a\/$/,
  '/a': /^\/a$/,
  '/:x/b': /^\/[^/]+\/b$/,
  '/:x/:y': /^\/[^/]+\/[^/]+$/,
  '/:x/': /^\/[^/]+\/$/,
  '/:x': /^\/[^/]+$/,
  '/*rest': /^\/[^/].*$/,
}

function matchesHost(pattern: (typeof hosts)[number], host: string): boolean {
  const labels = host.split('.').length
  if (pattern === undefined || pattern === host) return true
  if (pattern === ':sub.example.org') return labels === 3
  return pattern === '*any.example.org' && labels >= 3
}

/** The rules for a path, the one that answers first; of all methods. */
function rulesFor(rules: readonly TestRule[], path: string, host: string, websocket: boolean): TestRule[] {
  return rules
    .filter(
      (each) =>
        each.websocket === websocket && matchesHost(each.host, host) && regexps[each.pattern].test(path),
    )
    .sort(
      (a, b) =>
        hosts.indexOf(a.host) - hosts.indexOf(b.host) ||
        patterns.indexOf(a.pattern) - patterns.indexOf(b.pattern),
    )
}

function ruleFor(
  rules: readonly TestRule[],
  { method, path, host, websocket }: TestRequest,
): TestRule | undefined {
  const [offered] = websocket ? rulesFor(rules, path, host, true) : []
  return offered ?? rulesFor(rules, path, host, false).find((each) => each.method === method)
}

/** The first other form of the path that has a rule which says so. */
function redirectFor(rules: readonly TestRule[], asked: TestRequest): string | undefined {
  const toggle = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : `${path}/`)
  const merged = asked.path.replaceAll(/\/+/g, '/')
  const forms = [{ path: toggle(asked.path), toggles: true, merges: false }]
  if (merged !== asked.path) {
    forms.push(
      { path: merged, toggles: false, merges: true },
      { path: toggle(merged), toggles: true, merges: true },
    )
  }
  return forms.find(({ path, toggles, merges }) => {
    const found = path.startsWith('//') ? undefined : ruleFor(rules, { ...asked, path })
    if (found === undefined) return false
    const { redirectSlashes = asked.redirectSlashes ?? true, mergeSlashes = asked.mergeSlashes ?? true } =
      found
    return (redirectSlashes || !toggles) && (mergeSlashes || !merges)
  })?.path
}

function expected(rules: readonly TestRule[], asked: TestRequest): unknown {
  const found = ruleFor(rules, asked)
  if (found !== undefined) return found
  const location = redirectFor(rules, asked)
  if (location !== undefined) return { status: 308, location }
  const others = rulesFor(rules, asked.path, asked.host, false)
  if (others.length > 0) {
    const methods = new Set<string>(others.map(({ method }) => method))
    if (methods.has('GET')) methods.add('HEAD')
    return { status: 405, allow: [...methods, 'OPTIONS'].sort() }
  }
  const forWebSockets = !asked.websocket && rulesFor(rules, asked.path, asked.host, true).length > 0
  return { status: forWebSockets ? 400 : 404, allow: [] }
}

test('finds what going through all rules finds', () => {
  const seen = new Map<unknown, number>()
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 1, maxLength: 10 }),
      fc.array(request, { minLength: 1, maxLength: 8 }),
      (given, requests) => {
        const router: Router = new Router()
        const added: TestRule[] = []
        for (const each of given) {
          const { pattern, host, method, websocket, redirectSlashes, mergeSlashes } = each
          const options = { pattern, app, host, redirectSlashes, mergeSlashes }
          try {
            router.add([websocket ? { ...options, websocket } : { ...options, methods: [method] }])
            added.push(each)
          } catch (error) {
            expect(String(error)).toContain('No request can tell')
          }
        }
        for (const asked of requests) {
          const { method, path, host, ...options } = asked
          const match = router.match(method, path, host, options)
          const wanted = expected(added, asked)
          const title = JSON.stringify([added, asked])
          if (match.rule === undefined) {
            const { rule: _rule, needsWebSocket: _needs, ...rest } = { needsWebSocket: undefined, ...match }
            expect(rest, title).toEqual(wanted)
            seen.set(match.status, (seen.get(match.status) ?? 0) + 1)
          } else {
            expect(match.rule, title).toMatchObject({
              pattern: (wanted as TestRule).pattern,
              host: (wanted as TestRule).host,
              websocket: (wanted as TestRule).websocket,
            })
            seen.set('rule', (seen.get('rule') ?? 0) + 1)
          }
        }
      },
    ),
    { numRuns: 400 },
  )
  for (const kind of ['rule', 308, 400, 404, 405]) expect(seen.get(kind), String(kind)).toBeGreaterThan(0)
})
