import type { Application } from '@stapel/core'
import { buildUrl, type UrlOptions, type UrlSource } from './build-url.ts'
import { type Explanation, explain } from './explanation.ts'
import type { Found } from './found.ts'
import { Group } from './group.ts'
import { OuterParams } from './outer-params.ts'
import { outlineRules } from './outline-rules.ts'
import type { AnyParams, ConvertersOfKeys } from './params-of.ts'
import { describeValue } from './quote.ts'
import type { Refused } from './refuse.ts'
import { createRouterApp } from './router-app.ts'
import type { MountedRouter, Rule } from './rule.ts'
import { checkFlag, checkOptionNames } from './rule-options.ts'
import { noteRuleSet, type Outcome, RuleSet, refuseUndecodable } from './rule-set.ts'
import { Scope } from './scope.ts'
import type { AnyNamed, KeysIn, NameFrom, UrlArguments } from './typed-names.ts'
import type { ApplicationBelow, BelowOptions, HandlerParams, Outermost } from './typed-router.ts'

/** Options of a {@link Router}. */
export interface RouterOptions {
  /**
   * Whether a path that has a slash too many or too few at its end, and no rule of its own, is redirected (308) to the rule that has the
   * path with the other end. Rules and groups may say otherwise. @default as the router that this one is mounted in, or else true
   */
  redirectSlashes?: boolean | undefined
  /**
   * Whether a path with several slashes in place of one, and no rule of its own, is redirected (308) to the rule that has the path with
   * one. Rules and groups may say otherwise. @default as the router that this one is mounted in, or else true
   */
  mergeSlashes?: boolean | undefined
  /**
   * Whether a path that spells defaults is redirected (308) to the one without: that of the other rule of the name whose defaults they are, or of the
   * rule itself without the optional group they stand in. @default true
   */
  redirectDefaults?: boolean | undefined
  /** Whether `url` sorts the query by name, so that equal URLs are equal texts. @default false */
  sortQuery?: boolean | undefined
  /** Answers every request for a host that no host pattern matches. @default none: rules without a host answer on every host */
  unknownHost?: Application | undefined
}

/** Options of {@link Router.match}. */
export interface MatchOptions {
  /** Whether the request offers a WebSocket. @default false */
  websocket?: boolean | undefined
  /** Where the router is mounted; `match` and `explain` get what is left of the path. @default '' */
  scriptName?: string | undefined
  /** What rules inherit from the mount, where neither they nor the router say whether there is this redirect. @default true */
  redirectSlashes?: boolean | undefined
  /** What rules inherit from the mount, where neither they nor the router say whether there is this redirect. @default true */
  mergeSlashes?: boolean | undefined
}

/** A redirect: `location` is a path below where the router is mounted, behind `//` and a host when that is another one. */
export interface MatchedRedirect {
  readonly rule: undefined
  readonly status: 308
  readonly location: string
}

/** What `match` gives: a rule with what it captured, a redirect, or why there is neither. */
export type Match = Found | MatchedRedirect | Refused

/** What a router is for, without what adds to it: it stays as it was when it was taken. */
export interface Snapshot<Names extends AnyNamed = never, Outer extends AnyParams = never>
  extends MountedRouter {
  /** As {@link Router.app}. */
  readonly app: ApplicationBelow<Outer>
  /** As {@link Router.match}. */
  readonly match: Router<Names>['match']
  /** As {@link Router.explain}. */
  readonly explain: Router['explain']
  /** As {@link Router.url}. */
  readonly url: Router<Names>['url']
  /** Another one, which is the same. */
  snapshot(): Snapshot<Names, Outer>
}

/**
 * Chooses the application that answers by path, method and host: `router.app` is the application that does it.
 *
 * The most specific rule is taken, whenever it was added: segment by segment, static text goes before text with parameters, that before converted
 * parameters, those before plain ones, those before wildcards, and mounts come last. Rules with a host go before those without. When no rule takes the
 * request, `app` answers with a redirect where a rule has the path with other slashes, otherwise with an HTTPError: 404, 405 with `Allow` when rules for
 * other methods match the path, 400 for a path that is no valid percent-encoding of UTF-8. HEAD is answered by rules for GET, OPTIONS with `Allow`
 * unless a rule takes it, `OPTIONS *` with the methods of all rules.
 *
 * @example
 * ```ts
 * import { int, Router } from '@stapel/routing'
 * import { Request, Response } from '@stapel/wrappers'
 *
 * const router = new Router()
 *   .get('/', Request.application(() => new Response('Hello')))
 *   .get('/users/:id', Request.application((request) => Response.json({ id: request.params.id + 1 })), {
 *     name: 'user',
 *     convert: { id: int({ min: 1 }) },
 *   })
 * router.url('user', { id: 42 }) // '/users/42'
 * ```
 */
export class Router<Names extends AnyNamed = never, Outer extends AnyParams = never>
  extends Group<Names, Outermost<Outer>>
  implements MountedRouter
{
  /**
   * A router that is made to be mounted: its handlers get the parameters of the prefix too, and the compiler knows their types. `host` and `convert` are
   * those of the mount.
   *
   * It may be mounted at any prefix that has the same parameters, whatever groups and mounts they come from; `mount`, and `add` of its
   * rules, throw a TypeError where one is missing or converted otherwise. What `url` takes are the parameters of its own rules.
   *
   * @example
   * ```ts
   * import { Router } from '@stapel/routing'
   * import { Request, Response } from '@stapel/wrappers'
   *
   * const users = Router.below('/teams/:team').get(
   *   '/users/:id',
   *   Request.application(({ params }) => new Response(`${params.id} of ${params.team}`)),
   * )
   * const router = new Router().mount('/teams/:team', users)
   * ```
   */
  static below<
    const Prefix extends string,
    const Host extends string | undefined = never,
    const Convert extends ConvertersOfKeys<KeysIn<Outermost, Prefix, Host>> = never,
  >(
    prefix: Prefix,
    options: BelowOptions<Host, Convert> = {},
  ): Router<never, HandlerParams<Outermost, Prefix, Host, Convert, never>> {
    checkOptionNames(options, belowOptionNames, `the router below ${prefix}`)
    const { host, convert, ...others } = options as BelowOptions
    const router = new Router<never, HandlerParams<Outermost, Prefix, Host, Convert, never>>(others)
    router.#rules.outer = new OuterParams({ prefix, host, convert })
    return router
  }

  /**
   * Answers with the rule that matches. What was captured is in `environ['stapel.params']`, over what routers outside captured.
   *
   * Outlines list the rules.
   */
  readonly app: ApplicationBelow<Outer>
  readonly #rules: RuleSet
  readonly #options: RouterOptions
  readonly #urls: UrlSource

  /** Throws a TypeError for an option that is unknown or malformed. */
  constructor(options: RouterOptions = {}) {
    checkOptions(options)
    const { redirectSlashes, mergeSlashes, redirectDefaults = true, unknownHost } = options
    const rules = new RuleSet({ redirectDefaults, refusesHosts: unknownHost !== undefined })
    super(rules, new Scope({ redirectSlashes, mergeSlashes }))
    this.#rules = rules
    this.#options = options
    this.#urls = { rules: rules.names, sortQuery: options.sortQuery ?? false, router: this }
    const app = outlineRules(createRouterApp(rules, this.#urls, unknownHost), rules.rules)
    noteRuleSet(app, rules)
    this.app = app as ApplicationBelow<Outer>
  }

  /** The rules in the order in which they were added. */
  [Symbol.iterator](): Iterator<Rule> {
    return this.#rules.rules.values()
  }

  /**
   * What comes of a method and a path, which is percent-encoded in normal form as `PATH_INFO` is; `host` is the value of a `Host` header. Needs no request,
   * calls no application.
   */
  match(method: string, path: string, host?: string, options?: MatchOptions): Match {
    const { final } = this.#rules
    const isPlain = final !== undefined && options === undefined && typeof host !== 'object'
    if (!isPlain) return this.#matchAny(method, path, host, options)
    try {
      const found = final.find(path, method)
      if (found !== undefined) return found
      checkAsked(method, path, host)
      return toMatch(this.#rules.settle(undefined, { method, path, host, websocket: false, scriptName: '' }))
    } catch (error) {
      checkAsked(method, path, host)
      return refuseUndecodable(error)
    }
  }

  #matchAny(method: string, path: string, host: string | undefined, options: MatchOptions = {}): Match {
    checkAsked(method, path, host)
    checkOptionNames(options, matchOptionNames, 'a match')
    if (this.#refusesHost(host)) {
      return { rule: undefined, status: 404, allow: [] }
    }
    const { websocket = false, scriptName = '' } = options
    const asked = { ...options, method, path, host, websocket, scriptName }
    return toMatch(this.#rules.resolve(asked))
  }

  /** Why a request is answered as it is: which rules were tried, and why each of them failed. Calls no application. */
  explain(method: string, path: string, host?: string, options: MatchOptions = {}): Explanation {
    const request = { ...options, method, path, host }
    const answer = this.match(method, path, host, options)
    const refused = { rule: undefined, unknownHost: true }
    return explain(this.#rules.rules, request, this.#refusesHost(host) ? refused : answer)
  }

  #refusesHost(host: string | undefined): boolean {
    return this.#options.unknownHost !== undefined && !this.#rules.knowsHost(host)
  }

  /**
   * The URL of a named rule, percent-encoded, from its parameters. It starts below where the router is mounted, and is absolute only where the
   * options or the rule ask for it.
   *
   * Throws a `BuildError` for an unknown name, for parameters that are missing, unknown or refused by their converter, and for values that would
   * give another path (`..`).
   */
  url<const Name extends NameFrom<Names>, const Append extends boolean = false>(
    name: Name,
    ...given: UrlArguments<Names, Name, Append>
  ): string
  url(name: string, params?: Readonly<Record<string, unknown>>, options?: UrlOptions): string {
    return buildUrl(this.#urls, name, params, options)
  }

  /**
   * The router as it is now: rules that are added later, to it or to routers that are mounted in it, do not show. An application that is replaced by
   * another snapshot answers requests that are under way to the end.
   */
  snapshot(): Snapshot<Names, Outer> {
    const copy = new Router<Names, Outer>(this.#options)
    copy.#rules.outer = this.#rules.outer
    copy.#urls.router = this.#urls.router
    for (const rule of this.#rules.rules) {
      const inner = rule.router?.snapshot()
      copy.#rules.add(inner === undefined ? rule : { ...rule, app: inner.app, router: inner })
    }
    copy.#rules.seal()
    return copy
  }
}

function toMatch(outcome: Outcome): Match {
  if (outcome.rule !== undefined || outcome.status !== 308) return outcome
  const location = outcome.host === undefined ? outcome.path : `//${outcome.host}${outcome.path}`
  return { rule: undefined, status: 308, location }
}

const optionNames: readonly string[] = [
  'redirectSlashes',
  'mergeSlashes',
  'redirectDefaults',
  'sortQuery',
  'unknownHost',
] satisfies (keyof RouterOptions)[]

const belowOptionNames: readonly string[] = [
  ...optionNames,
  ...(['host', 'convert'] satisfies (keyof BelowOptions)[]),
]

const matchOptionNames: readonly string[] = [
  'websocket',
  'scriptName',
  'redirectSlashes',
  'mergeSlashes',
] satisfies (keyof MatchOptions)[]

/** Not before what is found, of which it would take a tenth. */
function checkAsked(method: unknown, path: unknown, host: unknown): void {
  if (typeof method !== 'string') throw new TypeError(`Got ${describeValue(method)}; expected a method.`)
  if (typeof path !== 'string') {
    throw new TypeError(`Got ${describeValue(path)}; expected a path, as in match('GET', '/users/7').`)
  }
  if (host !== undefined && typeof host !== 'string') {
    throw new TypeError(`Got ${describeValue(host)}; expected a host, as in 'example.org'.`)
  }
}

function checkOptions(options: RouterOptions): void {
  checkOptionNames(options, optionNames, 'a router')
  const { unknownHost, ...flags } = options
  for (const [name, flag] of Object.entries(flags)) if (flag !== undefined) checkFlag(flag, name, 'a router')
  if (unknownHost !== undefined && typeof unknownHost !== 'function') {
    const advice =
      (unknownHost as unknown) instanceof Router ? ' Hand on its member app, as in router.app.' : ''
    throw new TypeError(
      `Got ${describeValue(unknownHost)} for unknownHost of a router; expected an application, which is a function.${advice}`,
    )
  }
}
