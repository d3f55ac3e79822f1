import { type Application, type Middleware, stack } from '@stapel/core'
import { type Capture, type Capturer, createCapturer, NO_PARAMS } from './capture.ts'
import type { Converters } from './converter.ts'
import type { Explanation } from './explanation.ts'
import type { Found } from './found.ts'
import { type HostPattern, parseHostPattern } from './host-pattern.ts'
import type { OuterParams } from './outer-params.ts'
import { type Pattern, parsePattern, rootPrefix } from './pattern.ts'
import { describeValue } from './quote.ts'
import { bindRedirect } from './redirect-binding.ts'
import type { Match, MatchOptions } from './router.ts'
import { checkFlag, checkList, checkMethods, checkPrefix, checkRecord, checkText } from './rule-options.ts'

/** A router, as far as the one that it is mounted in has to know it. */
export interface MountedRouter extends Iterable<Rule> {
  readonly app: Application
  /** What comes of a request to it; of one that another router found it for, `path` is `pathInfo`, and `scriptName` an option. */
  match(method: string, path: string, host?: string, options?: MatchOptions): Match
  /** Why it answers as it does, for the explanation of the one outside. */
  explain(method: string, path: string, host?: string, options?: MatchOptions): Explanation
  /** The router as it is now, for a snapshot of the one outside. */
  snapshot(): MountedRouter
}

/** What a rule is made of; a {@link Rule} is one, so that a rule of one router can be added to another. */
export interface RuleInit {
  /** A path in path-to-regexp's syntax. */
  readonly pattern: string
  /** Answers for the pattern; absent only where `buildOnly` or `router` is there. */
  readonly app?: Application | undefined
  /** In upper case; HEAD comes with GET. @default every method */
  readonly methods?: Iterable<string> | undefined
  /** What `url` calls it; of a mounted router: what the names of its rules begin with. @default none */
  readonly name?: string | undefined
  /** The pattern of the hosts it answers on. @default every host */
  readonly host?: string | undefined
  /** Converters by parameter, of the path or the host. @default none */
  readonly convert?: Converters | undefined
  /** Parameters where the path and the host have none. @default none */
  readonly defaults?: Readonly<Record<string, unknown>> | undefined
  /** Goes around the application; the first named is the outermost. @default none */
  readonly middleware?: readonly Middleware[] | undefined
  /** Whether it answers for the paths below the pattern too, which then moves to `SCRIPT_NAME`. @default whether `router` is there */
  readonly mounted?: boolean | undefined
  /** Given in place of `app`, so that its names can be built. @default none */
  readonly router?: MountedRouter | undefined
  /** Whether it answers only requests that offer a WebSocket. @default false */
  readonly websocket?: boolean | undefined
  /** Whether it never answers, and only its URLs are built. @default false */
  readonly buildOnly?: boolean | undefined
  /** Whether it redirects to the other rule of its name. @default false */
  readonly alias?: boolean | undefined
  /** Whether the path with or without a slash at its end redirects here. @default as the router that the rule is added to */
  readonly redirectSlashes?: boolean | undefined
  /** Whether the path with several slashes in place of one redirects here. @default as the router that the rule is added to */
  readonly mergeSlashes?: boolean | undefined
}

/** A pattern and the application that answers for it. */
export class Rule implements RuleInit {
  /** The whole path, with the prefixes of the groups it was added in. */
  readonly pattern: string
  /** As it was given; {@link Rule.layered} has the middleware around it. */
  readonly app: Application
  /** `undefined` when it answers every method. */
  readonly methods: readonly string[] | undefined
  /** What `url` calls it; of a mounted router: what the names of its rules begin with. */
  readonly name: string | undefined
  /** The pattern of the hosts it answers on; `undefined` for every host. */
  readonly host: string | undefined
  /** Converters by parameter, of the path and the host. */
  readonly convert: Converters | undefined
  /** Parameters where the path and the host have none. */
  readonly defaults: Readonly<Record<string, unknown>> | undefined
  /** What goes around the application, the outermost first. */
  readonly middleware: readonly Middleware[]
  /** Whether the application is mounted: it answers for the paths below the pattern too. */
  readonly mounted: boolean
  /** What is mounted, when it was given as a router. */
  readonly router: MountedRouter | undefined
  /** Whether it answers only requests that offer a WebSocket. */
  readonly websocket: boolean
  /** Whether it never answers, and only its URLs are built. */
  readonly buildOnly: boolean
  /** Whether it redirects to the other rule of its name. */
  readonly alias: boolean
  /** Whether the path with or without a slash at its end redirects here; `undefined` leaves it to the routers that the router is mounted in. */
  readonly redirectSlashes: boolean | undefined
  /** Whether the path with several slashes in place of one redirects here; `undefined` leaves it to the routers that the router is mounted in. */
  readonly mergeSlashes: boolean | undefined

  #parsed: Pattern | undefined
  readonly #parsedHost: HostPattern | undefined
  readonly #layered: Application
  #givesWay = false

  /**
   * Throws a TypeError that shows what is wrong. `knownHost` is the host taken apart, where that was done before; `outer` is what the router has around
   * it.
   */
  constructor(init: RuleInit, knownHost?: HostPattern, outer?: OuterParams) {
    const {
      pattern,
      router,
      mounted = router !== undefined,
      buildOnly = false,
      websocket = false,
      alias = false,
    } = init
    const { host, convert, defaults, middleware = noMiddleware, name } = init
    const { redirectSlashes, mergeSlashes } = init
    checkFlag(mounted, 'mounted', pattern)
    checkFlag(buildOnly, 'buildOnly', pattern)
    checkFlag(websocket, 'websocket', pattern)
    checkFlag(alias, 'alias', pattern)
    if (redirectSlashes !== undefined) checkFlag(redirectSlashes, 'redirectSlashes', pattern)
    if (mergeSlashes !== undefined) checkFlag(mergeSlashes, 'mergeSlashes', pattern)
    if (name !== undefined) checkText(name, 'name', pattern)
    if (defaults !== undefined) checkRecord(defaults, 'defaults', pattern)
    if (convert !== undefined) checkRecord(convert, 'converters', pattern)
    checkList(middleware, pattern)
    const parsedHost = knownHost ?? (host === undefined ? undefined : parseHostPattern(host, convert))
    const parsed = parsePath(init, parsedHost)
    if (mounted) checkPrefix(parsed, pattern)
    if (parsedHost !== undefined) checkApart(parsedHost, parsed)
    const app = buildOnly ? neverAnswers : (router?.app ?? init.app)
    if (typeof app !== 'function') {
      throw new TypeError(
        `Got ${describeValue(app)} for ${pattern}; expected an application, which is a function${adviceFor(app)}.`,
      )
    }
    if (alias && name === undefined) {
      throw new TypeError(
        `Got an alias without a name for ${pattern}; give it the name of the rule that it stands for.`,
      )
    }
    this.pattern = pattern
    this.app = app
    this.methods = init.methods === undefined ? undefined : checkMethods(init.methods, pattern)
    this.name = name
    this.host = host
    this.convert = convert
    this.defaults = defaults === undefined ? undefined : Object.freeze({ ...defaults })
    this.middleware = middleware.length === 0 ? noMiddleware : Object.freeze([...middleware])
    this.mounted = mounted
    this.router = router
    this.websocket = websocket
    this.buildOnly = buildOnly
    this.alias = alias
    this.redirectSlashes = redirectSlashes
    this.mergeSlashes = mergeSlashes
    this.#parsed = parsed
    this.#parsedHost = parsedHost
    const bound = bindRedirect(this, outer)
    this.#layered = middleware.length === 0 ? bound : stack(bound, ...middleware)
  }

  /** The pattern taken apart; each time anew once it was let go. */
  get parsed(): Pattern {
    return this.#parsed ?? parsePath(this, this.#parsedHost)
  }

  /** Lets go of what is rarely asked for and takes up as much room as the rest; of rules with a name URLs are built. */
  release(): void {
    if (this.name === undefined) this.#parsed = undefined
  }

  /** The host pattern taken apart. */
  get parsedHost(): HostPattern | undefined {
    return this.#parsedHost
  }

  /** Whether what it captured may belong to another rule of its name; the rules of a router find that out. */
  get givesWay(): boolean {
    return this.#givesWay
  }

  set givesWay(givesWay: boolean) {
    this.#givesWay = givesWay
  }

  /** The application with its middleware around it. */
  get layered(): Application {
    return this.#layered
  }
}

/** A rule, and what one alternative of its pattern captures. */
export class Candidate {
  readonly rule: Rule
  readonly size: number
  /** What is found each time, where the path is one and the same; made when it is first found. */
  found: Found | undefined
  readonly captures: readonly Capture[]
  #capturer: Capturer | undefined

  constructor(rule: Rule, captures: readonly Capture[]) {
    this.rule = rule
    this.size = captures.length
    this.captures = captures
  }

  /** What is there where nothing is captured: the defaults of the rule. */
  get fixedParams(): Readonly<Record<string, unknown>> {
    return this.rule.defaults ?? NO_PARAMS
  }

  /** Makes the object of captured values, over the defaults of the rule; see {@link Capturer}. */
  get capture(): Capturer {
    this.#capturer ??= overDefaults(createCapturer(this.captures), this.rule.defaults)
    return this.#capturer
  }
}

/** `GET,POST /users/:id`, `* :tenant.example.org/files/*path` for any method; `mount /admin`, `websocket /chat`. */
export function describeRule(rule: Rule): string {
  return `${describeKind(rule)} ${rule.host ?? ''}${rule.pattern}`
}

function describeKind({ mounted, websocket, buildOnly, methods }: Rule): string {
  if (buildOnly) return 'build-only'
  if (mounted) return 'mount'
  return websocket ? 'websocket' : (methods?.join(',') ?? '*')
}

function overDefaults(capturer: Capturer, defaults: Rule['defaults']): Capturer {
  if (defaults === undefined) return capturer
  return (path, spans, values) => ({ ...defaults, ...capturer(path, spans, values) })
}

function parsePath(
  { pattern, router, mounted = router !== undefined, convert }: RuleInit,
  host: HostPattern | undefined,
): Pattern {
  const converters = withoutNames(convert, host?.names)
  return mounted && pattern === '/' ? rootPrefix(converters) : parsePattern(pattern, converters)
}

function withoutNames(
  convert: Converters | undefined,
  names: ReadonlySet<string> | undefined,
): Converters | undefined {
  if (convert === undefined || names === undefined || names.size === 0) return convert
  return Object.fromEntries(Object.entries(convert).filter(([name]) => !names.has(name)))
}

function checkApart(host: HostPattern, path: Pattern): void {
  for (const name of host.names) {
    if (!path.names.has(name)) continue
    throw new TypeError(
      `Got the parameter ${name} both in the host ${host.source} and in the path ${path.source}; rename one.`,
    )
  }
}

function adviceFor(given: unknown): string {
  const { app, fetch } = (given ?? {}) as { app?: unknown; fetch?: unknown }
  if (typeof app === 'function') return '; mount() takes a router'
  return typeof fetch === 'function' ? '; fromFetch() of @stapel/core/fetch makes one of a fetch handler' : ''
}

const noMiddleware: readonly Middleware[] = Object.freeze([])

function neverAnswers(): never {
  throw new Error('A rule that is only built was asked to answer.')
}
