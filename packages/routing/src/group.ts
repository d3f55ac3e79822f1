import type { Application, ApplicationWith, Middleware } from '@stapel/core'
import { describeValue } from './converter.ts'
import type { ConvertersOf, ParamsOf } from './params-of.ts'
import type { Router } from './router.ts'
import type { MountedRouter, RuleInit } from './rule.ts'
import { checkOptionNames } from './rule-options.ts'
import type { RuleSet } from './rule-set.ts'
import { Scope, type ScopeInit } from './scope.ts'

/** Options of a rule. */
export interface RuleOptions<Pattern extends string = string> {
  /**
   * What `url` builds the rule's URLs by, behind the names of the groups around it. Rules that differ in their parameters or defaults may share
   * one. @default none
   */
  name?: string
  /** Converters by parameter, of the path or the host: a value that one refuses makes the rule not match. @default none */
  convert?: ConvertersOf<Pattern>
  /** The pattern of the hosts it answers on, with labels in place of segments: `:tenant.example.org`. @default that of the group, or every host */
  host?: string
  /** Parameters where the path and the host have none of the name. @default none */
  defaults?: Readonly<Record<string, unknown>>
  /** Goes around the application, inside of that of groups; the first named is the outermost. @default none */
  middleware?: readonly Middleware[]
  /** Whether it redirects to the other rule of its name. @default false */
  alias?: boolean
  /** Whether the path with a slash too many or too few at its end redirects here. @default that of the group or the router */
  redirectSlashes?: boolean
  /** Whether the path with several slashes in place of one redirects here. @default that of the group or the router */
  mergeSlashes?: boolean
}

/** Options of a rule that is added for any methods. */
export interface AddOptions<Pattern extends string = string> extends RuleOptions<Pattern> {
  /** The methods it answers, in upper case. HEAD comes with GET. @default those of the group, or every method */
  methods?: Iterable<string>
}

/** Options of a mount; the name of a router is what the names of its rules begin with. */
export type MountOptions<Prefix extends string = string> = Omit<RuleOptions<Prefix>, 'alias'>

/** What the rules of a group have in common. */
export interface GroupOptions extends ScopeInit {}

/** Adds a rule for one method; {@link Group.add} says what the arguments are. */
export interface Register<Names, Kind> {
  <const Pattern extends string>(
    pattern: Pattern,
    app: ApplicationWith<ParamsOf<Pattern>>,
  ): Grown<Kind, Names>
  <const Pattern extends string, const Options extends RuleOptions<Pattern>>(
    pattern: Pattern,
    app: ApplicationWith<ParamsOf<Pattern, ConvertOf<Options>>>,
    options: Options,
  ): Grown<Kind, Names & Named<Pattern, Options>>
}

/** A router or a group with more names. */
export type Grown<Kind, Names> = Kind extends 'router' ? Router<Names> : Group<Names>

type ConvertOf<Options> = Options extends { readonly convert: infer Convert } ? Convert : unknown

type Named<Pattern extends string, Options> = Options extends { readonly name: infer Name extends string }
  ? { readonly [N in Name]: ParamsOf<Pattern, ConvertOf<Options>> }
  : unknown

/** Adds rules to a router with what they have in common. A router is a group that adds nothing. */
export class Group<Names = unknown, Kind extends 'group' | 'router' = 'group'> {
  readonly #rules: RuleSet
  readonly #scope: Scope

  /** Adds a rule for GET, and HEAD with it. */
  readonly get: Register<Names, Kind> = this.#register('GET')
  /** Adds a rule for HEAD alone, which goes before that for GET. */
  readonly head: Register<Names, Kind> = this.#register('HEAD')
  /** Adds a rule for POST. */
  readonly post: Register<Names, Kind> = this.#register('POST')
  /** Adds a rule for PUT. */
  readonly put: Register<Names, Kind> = this.#register('PUT')
  /** Adds a rule for PATCH. */
  readonly patch: Register<Names, Kind> = this.#register('PATCH')
  /** Adds a rule for DELETE. */
  readonly delete: Register<Names, Kind> = this.#register('DELETE')
  /** Adds a rule for OPTIONS, in place of the answer that lists the methods. */
  readonly options: Register<Names, Kind> = this.#register('OPTIONS')
  /**
   * Adds a rule that answers only requests which offer a WebSocket (`wsgi.websocket`); it goes before a rule for GET of the same path. A request
   * without that offer is answered 400, unless another rule takes it.
   */
  readonly websocket: Register<Names, Kind> = this.#createRegister(ruleOptionNames, { websocket: true })

  constructor(rules: RuleSet, scope: Scope) {
    this.#rules = rules
    this.#scope = scope
  }

  /**
   * Adds a rule: `pattern` is a path in path-to-regexp's syntax (`/users/:id`, `/files/*path`, `/posts{/:year}`), `app` answers for it. With a list it
   * adds many, each an object with `pattern`, `app` and the options of a rule; what another router gives when it is iterated will do.
   *
   * Throws a TypeError for a malformed pattern or option, and for a rule that no request can tell from one that is there. Of a list, the rules
   * before that one stay.
   */
  add(rules: Iterable<RuleInit>): Grown<Kind, Names>
  add<const P extends string>(pattern: P, app: ApplicationWith<ParamsOf<P>>): Grown<Kind, Names>
  add<const P extends string, const Options extends AddOptions<P>>(
    pattern: P,
    app: ApplicationWith<ParamsOf<P, ConvertOf<Options>>>,
    options: Options,
  ): Grown<Kind, Names & Named<P, Options>>
  add(pattern: string | Iterable<RuleInit>, app?: Application, options: AddOptions = {}): unknown {
    if (typeof pattern === 'string') {
      return this.#add({ pattern, app, ...checked(options, [...ruleOptionNames, 'methods'], pattern) })
    }
    for (const rule of listOf(pattern)) this.#add(rule)
    return this
  }

  /** Adds a rule that never answers; `url` builds its URLs, on a host of somebody else for example. */
  buildOnly<const P extends string>(pattern: P, options: RuleOptions<P>): Grown<Kind, Names>
  buildOnly(pattern: string, options: RuleOptions = {}): unknown {
    return this.#add({ pattern, buildOnly: true, ...checked(options, ruleOptionNames, pattern) })
  }

  /**
   * Mounts an application: it answers for the path and all below it that no rule matches. The path moves from `PATH_INFO` to `SCRIPT_NAME`, in a
   * copy of environ; `/` mounts a fallback. The prefix may have parameters. Of a router that is given itself, not its `app`, `url` knows the names.
   */
  mount<const Prefix extends string>(
    prefix: Prefix,
    app: ApplicationWith<ParamsOf<Prefix>> | MountedRouter,
  ): Grown<Kind, Names>
  mount<const Prefix extends string, const Options extends MountOptions<Prefix>>(
    prefix: Prefix,
    app: ApplicationWith<ParamsOf<Prefix, ConvertOf<Options>>> | MountedRouter,
    options: Options,
  ): Grown<Kind, Names>
  mount(prefix: string, app: Application | MountedRouter, options: MountOptions = {}): unknown {
    const mounted = typeof app === 'object' ? { router: app } : { app }
    return this.#add({
      pattern: prefix,
      mounted: true,
      ...mounted,
      ...checked(options, mountOptionNames, prefix),
    })
  }

  /**
   * Adds rules that have a prefix, a host, the beginning of their names, middleware or other options in common: `fill` gets the group to
   * add them to, and the result is the router. Without `fill` the result is the group, for rules added in statements of their own.
   *
   * Groups stand in groups: prefixes and names are put together, middleware goes from the outside in, converters and defaults are merged, hosts, methods
   * and flags replaced.
   */
  group(options: GroupOptions): Group
  group<const Inner>(options: GroupOptions, fill: (group: Group) => Group<Inner>): Grown<Kind, Names & Inner>
  group(options: GroupOptions, fill?: (group: Group) => unknown): unknown {
    const group = new Group(this.#rules, new Scope(options, this.#scope))
    if (fill === undefined) return group
    fill(group)
    return this
  }

  /** A group of rules for the hosts of a pattern: `:tenant.example.org`, `*any.example.org`, `[::1]`; see {@link Group.group}. */
  host(pattern: string): Group
  host<const Inner>(pattern: string, fill: (group: Group) => Group<Inner>): Grown<Kind, Names & Inner>
  host(pattern: string, fill?: (group: Group) => Group): unknown {
    return fill === undefined ? this.group({ host: pattern }) : this.group({ host: pattern }, fill)
  }

  #register(method: string): Register<Names, Kind> {
    return this.#createRegister(ruleOptionNames, { methods: [method] })
  }

  #createRegister(names: readonly string[], fixed: Partial<RuleInit>): Register<Names, Kind> {
    const register = (pattern: string, app: Application, options: RuleOptions = {}): unknown =>
      this.#add({ pattern, app, ...checked(options, names, pattern), ...fixed })
    return register as Register<Names, Kind>
  }

  #add(init: RuleInit): this {
    this.#rules.add(this.#scope.complete(init))
    return this
  }
}

const mountOptionNames: readonly string[] = [
  'name',
  'convert',
  'host',
  'defaults',
  'middleware',
  'redirectSlashes',
  'mergeSlashes',
] satisfies (keyof MountOptions)[]

const ruleOptionNames: readonly string[] = [...mountOptionNames, 'alias' satisfies keyof RuleOptions]

const initNames: readonly string[] = [
  'pattern',
  'app',
  'methods',
  ...ruleOptionNames,
  'mounted',
  'router',
  'websocket',
  'buildOnly',
] satisfies (keyof RuleInit | string)[]

function checked(options: object, names: readonly string[], pattern: string): object {
  checkOptionNames(options, names, pattern)
  return options
}

function* listOf(rules: Iterable<RuleInit>): Generator<RuleInit> {
  if (typeof rules?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`Got ${describeValue(rules)}; expected a pattern, or a list of rules.`)
  }
  // A list of its own, because a router may be given its own rules for another prefix.
  for (const rule of [...rules]) {
    if (typeof rule !== 'object' || rule === null) {
      throw new TypeError(`Got ${describeValue(rule)} among rules; expected { pattern, app, … }.`)
    }
    checkOptionNames(rule, initNames, String(rule.pattern))
    yield rule
  }
}
