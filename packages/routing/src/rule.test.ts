import type { Application, Middleware } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { int, Router } from './index.ts'
import { Candidate, describeRule, Rule, type RuleInit } from './rule.ts'

const app: Application = () => ''

function ruleOf(init: Partial<RuleInit> = {}): Rule {
  return new Rule({ pattern: '/', app, ...init })
}

describe('Rule', () => {
  test('has what it was made of, and what is taken for granted', () => {
    expect({ ...ruleOf({ pattern: '/users/:id' }) }).toEqual({
      pattern: '/users/:id',
      app,
      methods: undefined,
      name: undefined,
      host: undefined,
      convert: undefined,
      defaults: undefined,
      middleware: [],
      mounted: false,
      router: undefined,
      websocket: false,
      buildOnly: false,
      alias: false,
      redirectSlashes: undefined,
      mergeSlashes: undefined,
    })
  })

  test('can be made of a rule', () => {
    const rule = ruleOf({
      pattern: '/:id',
      methods: new Set(['GET', 'POST']),
      name: 'a',
      host: ':tenant.example.org',
      convert: { id: int() },
      defaults: { page: 1 },
      middleware: [(inner) => inner],
      redirectSlashes: false,
    })
    expect({ ...new Rule(rule) }).toEqual({ ...rule })
    expect({ ...new Rule({ ...rule }) }).toEqual({ ...rule })
  })

  test('is not changed by what is done with its options later', () => {
    const [methods, defaults, middleware]: [string[], Record<string, unknown>, Middleware[]] = [
      ['GET'],
      { a: 1 },
      [],
    ]
    const rule = ruleOf({ methods, defaults, middleware })
    methods.push('POST')
    defaults.a = 2
    middleware.push((inner) => inner)
    expect([rule.methods, rule.defaults, rule.middleware]).toEqual([['GET'], { a: 1 }, []])
    expect(() => (rule.methods as string[]).push('PUT')).toThrow(TypeError)
    expect(() => Object.assign(rule.defaults as object, { a: 3 })).toThrow(TypeError)
  })

  test('takes its pattern and its host apart, each with its converters', () => {
    const rule = ruleOf({
      pattern: '/:id',
      host: 's:shard.example.org',
      convert: { id: int(), shard: int({ max: 9 }) },
    })
    expect([...rule.parsed.converters.keys()]).toEqual(['id'])
    expect([...(rule.parsedHost?.converters.keys() ?? [])]).toEqual(['shard'])
  })

  test('takes its pattern apart again once that was let go, unless URLs are built of it', () => {
    const rule = ruleOf({ pattern: '/', mounted: true })
    const parsed = rule.parsed
    expect(rule.parsed).toBe(parsed)
    rule.release()
    expect(rule.parsed).not.toBe(parsed)
    expect(rule.parsed).toEqual(parsed)
    const named = ruleOf({ pattern: '/:id', name: 'a', convert: { id: int() } })
    named.release()
    expect(named.parsed).toBe(named.parsed)
    const hosted = ruleOf({ pattern: '/:id', host: ':t.example', convert: { t: int(), id: int() } })
    hosted.release()
    expect([...hosted.parsed.converters.keys()]).toEqual(['id'])
  })

  test('has its middleware around its application, the first named outermost', () => {
    const calls: string[] = []
    const layer =
      (name: string): Middleware =>
      (inner) =>
      (environ, startResponse) => {
        calls.push(name)
        return inner(environ, startResponse)
      }
    const rule = ruleOf({ middleware: [layer('outer'), layer('inner')] })
    rule.layered({} as never, () => () => {})
    expect(calls).toEqual(['outer', 'inner'])
    expect(rule.app).toBe(app)
    expect(ruleOf().layered).toBe(app)
  })

  test('of a router is mounted', () => {
    const router = new Router()
    const rule = new Rule({ pattern: '/in', router })
    expect([rule.mounted, rule.app, rule.router]).toEqual([true, router.app, router])
  })

  test('that is only built has an application that is never asked', () => {
    const rule = new Rule({ pattern: '/a', buildOnly: true })
    expect(() => rule.app({} as never, () => () => {})).toThrow('only built')
  })

  test.each([
    [{ app: undefined }, 'Got undefined for /; expected an application, which is a function.'],
    [
      { app: new Router() },
      'Got an object of class Router for /; expected an application, which is a function; mount() takes a router.',
    ],
    [{ app: [] }, 'Got a list for /; expected an application, which is a function.'],
    [{ app: { fetch() {} } }, 'which is a function; fromFetch() of @stapel/core/fetch makes one of'],
    [{ name: '' }, 'Got "" for the name of /; expected a text that is not empty.'],
    [{ name: 7 }, 'Got 7 for the name of /'],
    [{ methods: 'GET' }, 'Got "GET" for the methods of /; expected a list'],
    [{ host: 7 }, 'Got 7; expected a host pattern.'],
    [{ host: 'example.org:80' }, 'it names a port'],
    [{ convert: [] }, 'for the converters of /; expected an object'],
    [{ convert: { id: int() } }, 'it has no parameter "id" to convert'],
    [{ defaults: null }, 'Got null for the defaults of /; expected an object'],
    [{ middleware: {} }, 'for the middleware of /; expected a list.'],
    [{ middleware: ['a'] }, 'Got "a" among the middleware of /; expected functions.'],
    [{ mounted: 1 }, 'Got 1 for mounted of /; expected true or false.'],
    [{ websocket: 'yes' }, 'Got "yes" for websocket of /'],
    [{ buildOnly: 1 }, 'Got 1 for buildOnly of /'],
    [{ alias: 1 }, 'Got 1 for alias of /'],
    [{ redirectSlashes: 1 }, 'Got 1 for redirectSlashes of /'],
    [{ mergeSlashes: 1 }, 'Got 1 for mergeSlashes of /'],
    [{ alias: true }, 'Got an alias without a name for /'],
    [{ pattern: '/a/', mounted: true }, 'expected'],
    [{ pattern: '/*a', mounted: true }, 'mount without the wildcard'],
    [{ pattern: '/:id', host: ':id.example.org' }, 'Got the parameter id both in the host'],
  ])('is refused with %j', (init, message) => {
    expect(() => ruleOf(init as never)).toThrow(TypeError)
    expect(() => ruleOf(init as never)).toThrow(message)
  })
})

describe('describeRule', () => {
  test.each([
    [{ methods: ['GET', 'POST'], pattern: '/a' }, 'GET,POST /a'],
    [{ pattern: '/a' }, '* /a'],
    [{ pattern: '/a', host: ':t.example.org' }, '* :t.example.org/a'],
    [{ pattern: '/', mounted: true }, 'mount /'],
    [{ pattern: '/a', websocket: true }, 'websocket /a'],
    [{ pattern: '/a', buildOnly: true }, 'build-only /a'],
  ])('of %j', (init, text) => {
    expect(describeRule(ruleOf(init))).toBe(text)
  })
})

describe('Candidate', () => {
  test('gives what is captured over the defaults of the rule', () => {
    const rule = ruleOf({ pattern: '/a{/:id}', defaults: { id: '0', page: 1 } })
    const [first, second] = rule.parsed.alternatives.map(({ captures }) => new Candidate(rule, captures))
    expect([first?.size, first?.capture('/a/7', [3, 4], [])]).toEqual([1, { id: '7', page: 1 }])
    expect([second?.size, second?.fixedParams]).toEqual([0, { id: '0', page: 1 }])
  })

  test('gives one frozen object where nothing is captured', () => {
    const candidate = new Candidate(ruleOf(), [])
    expect(candidate.fixedParams).toBe(new Candidate(ruleOf(), []).fixedParams)
    expect(Object.isFrozen(candidate.fixedParams)).toBe(true)
  })
})
