import type { Application } from '@stapel/core'
import type { OuterParams } from './outer-params.ts'
import { describeValue } from './quote.ts'
import type { MountedRouter, RuleInit } from './rule.ts'
import { checkMethods, checkOptionNames } from './rule-options.ts'
import { type RuleSet, ruleSetOf } from './rule-set.ts'
import { Scope, type ScopeInit, titleOf } from './scope.ts'
import type { AnyInherited, AnyNamed, Inherited } from './typed-names.ts'
import type {
  Add,
  AddBuildOnly,
  AddGroup,
  AddHost,
  AddOptions,
  Mount,
  MountOptions,
  Register,
  RuleOptions,
} from './typed-router.ts'

/** Adds rules to a router, with what they have in common. A router is a group whose rules have nothing in common. */
export class Group<Names extends AnyNamed = never, In extends AnyInherited = Inherited> {
  readonly #rules: RuleSet
  readonly #scope: Scope

  /** Adds a rule for GET, and HEAD with it. */
  readonly get: Register<Names, In> = this.#register('GET')
  /** Adds a rule for HEAD alone, which goes before that for GET. */
  readonly head: Register<Names, In> = this.#register('HEAD')
  /** Adds a rule for POST. */
  readonly post: Register<Names, In> = this.#register('POST')
  /** Adds a rule for PUT. */
  readonly put: Register<Names, In> = this.#register('PUT')
  /** Adds a rule for PATCH. */
  readonly patch: Register<Names, In> = this.#register('PATCH')
  /** Adds a rule for DELETE. */
  readonly delete: Register<Names, In> = this.#register('DELETE')
  /** Adds a rule for OPTIONS, in place of the answer that lists the methods. */
  readonly options: Register<Names, In> = this.#register('OPTIONS')
  /**
   * Adds a rule that answers only requests which offer a WebSocket (`wsgi.websocket`), whatever their method. It goes before other rules; a request
   * without that offer is answered 400 where no other rule takes it.
   */
  readonly websocket: Register<Names, In> = this.#createRegister({ websocket: true })

  /**
   * Adds a rule: `pattern` is a path in path-to-regexp's syntax (`/users/:id`, `/files/*path`, `/posts{/:year}`), `app` answers for it. With a list it
   * adds many, each an object with `pattern`, `app` and the options of a rule; what another router gives when it is iterated will do.
   *
   * Throws a TypeError for a malformed pattern or option, and for a rule that no request can tell from one that is there. Of a list, the rules
   * before that one stay.
   */
  readonly add: Add<Names, In> = this.#createAdd()

  /**
   * Adds a rule that never answers: `url` builds its URLs, those of a file server or of another host for example.
   *
   * Throws as `add` does.
   */
  readonly buildOnly: AddBuildOnly<Names, In> = this.#createBuildOnly()

  /**
   * Mounts an application: it answers for the path and all below it that no rule matches. The path moves from `PATH_INFO` to `SCRIPT_NAME`, in a
   * copy of environ; `/` mounts a fallback. The prefix may have parameters. Of a router that is given itself, in place of its `app`, `url` knows the
   * names too.
   */
  readonly mount: Mount<Names, In> = this.#createMount()

  /**
   * Adds rules that have a prefix, a host, the beginning of their names, middleware or other options in common: `fill` gets the group to
   * add them to, and the result is the router. Without `fill` the result is the group, for rules added in statements of their own.
   *
   * Groups stand in groups: prefixes and names are put together, middleware goes from the outside in, converters and defaults are merged, hosts, methods
   * and flags replaced.
   */
  readonly group: AddGroup<Names, In> = this.#createGroup((options: ScopeInit) => options)

  /** A group of rules for the hosts of a pattern: `:tenant.example.org`, `*any.example.org`, `[::1]`. */
  readonly host: AddHost<Names, In> = this.#createGroup(hostScope)

  /** Routers make their groups: see {@link Group.group}. */
  constructor(rules: RuleSet, scope: Scope) {
    this.#rules = rules
    this.#scope = scope
  }

  #register(method: string): Register<Names, In> {
    return this.#createRegister({ methods: checkMethods([method], method) })
  }

  #createRegister(fixed: Partial<RuleInit>): Register<Names, In> {
    const register = (pattern: string, app: Application, options: RuleOptions = {}): unknown =>
      this.#addRule({ pattern, app, ...checked(options, ruleOptionNames, pattern), ...fixed })
    return register as Register<Names, In>
  }

  #createAdd(): Add<Names, In> {
    const add = (
      pattern: string | Iterable<RuleInit>,
      app?: Application,
      options: AddOptions = {},
    ): unknown => {
      if (typeof pattern === 'string') {
        return this.#addRule({ pattern, app, ...checked(options, addOptionNames, pattern) })
      }
      const needed = neededBy(pattern)
      for (const rule of listOf(pattern)) this.#addRule(rule, needed)
      return this
    }
    return add as Add<Names, In>
  }

  #createBuildOnly(): AddBuildOnly<Names, In> {
    const buildOnly = (pattern: string, options: RuleOptions = {}): unknown => {
      const init: Partial<RuleInit> = checked(options, ruleOptionNames, pattern)
      if (init.name === undefined) {
        throw new TypeError(
          `Got no name for ${pattern}; a rule that only builds URLs is asked for by its name.`,
        )
      }
      return this.#addRule({ pattern, buildOnly: true, ...init })
    }
    return buildOnly as AddBuildOnly<Names, In>
  }

  #createMount(): Mount<Names, In> {
    const mount = (prefix: string, app: Application | MountedRouter, options: MountOptions = {}): unknown =>
      this.#addRule({
        pattern: prefix,
        mounted: true,
        ...(isRouter(app) ? { router: app } : { app }),
        ...checked(options, mountOptionNames, prefix),
      })
    return mount as Mount<Names, In>
  }

  #createGroup<Given, Adds>(optionsOf: (given: Given) => ScopeInit): Adds {
    const add = (given: Given, fill?: (group: Group) => unknown): unknown => {
      const options = optionsOf(given)
      const group = new Group(this.#rules, new Scope(options, this.#scope))
      if (fill === undefined) return group
      if (typeof fill !== 'function') {
        throw new TypeError(
          `Got ${describeValue(fill)} for what fills ${titleOf(options)}; expected a function.`,
        )
      }
      fill(group)
      return this
    }
    return add as Adds
  }

  #addRule(init: RuleInit, needed?: OuterParams): this {
    this.#rules.add(this.#scope.complete(init), this.#scope.parsedHostOf(init), needed)
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

const addOptionNames: readonly string[] = [...ruleOptionNames, 'methods' satisfies keyof AddOptions]

const initNames: readonly string[] = [
  'pattern',
  'app',
  ...addOptionNames,
  ...(['mounted', 'router', 'websocket', 'buildOnly'] satisfies (keyof RuleInit)[]),
]

/** A host that is not given would leave the rules to every host. */
function hostScope(host: string): ScopeInit {
  if (typeof host === 'string') return { host }
  throw new TypeError(`Got ${describeValue(host)}; expected a host pattern.`)
}

function checked(options: object, names: readonly string[], pattern: string): object {
  checkOptionNames(options, names, pattern)
  return options
}

function isRouter(app: Application | MountedRouter): app is MountedRouter {
  return typeof app === 'object' && app !== null && typeof app.app === 'function'
}

/** What the rules of another router have from where it is mounted, and now from where they are added. */
function neededBy(rules: Iterable<RuleInit>): OuterParams | undefined {
  const { app } = rules as Partial<MountedRouter>
  return app && ruleSetOf(app)?.outer
}

/** A list of its own, because a router may be given its own rules again, for another host. */
function listOf(rules: Iterable<RuleInit>): readonly RuleInit[] {
  if (typeof rules?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`Got ${describeValue(rules)}; expected a pattern, or a list of rules.`)
  }
  const list = [...rules]
  for (const rule of list) {
    if (typeof rule !== 'object' || rule === null) {
      throw new TypeError(`Got ${describeValue(rule)} among rules; expected { pattern, app, … }.`)
    }
    checkOptionNames(rule, initNames, rule.pattern === undefined ? 'a rule of a list' : String(rule.pattern))
  }
  return list
}
