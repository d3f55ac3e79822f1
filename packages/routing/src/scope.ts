import type { Middleware } from '@stapel/core'
import type { Converters } from './converter.ts'
import { type HostPattern, parseHostPattern } from './host-pattern.ts'
import { parsePattern } from './pattern.ts'
import type { RuleInit } from './rule.ts'
import {
  checkFlag,
  checkList,
  checkMethods,
  checkOptionNames,
  checkPrefixEnd,
  checkRecord,
  checkText,
} from './rule-options.ts'

/** What the rules of a group have in common. */
export interface ScopeInit {
  /** A path that the patterns of the group begin with. @default none */
  readonly prefix?: string | undefined
  /** The pattern of the hosts that the group answers on; one inside replaces it. @default that of the group around it */
  readonly host?: string | undefined
  /** What the names of the group begin with, as in `'blog.'`. @default none */
  readonly name?: string | undefined
  /** Goes around each application, outside of the rule's own; the first named is the outermost. @default none */
  readonly middleware?: readonly Middleware[] | undefined
  /** Converters of the parameters that have these names. @default none */
  readonly convert?: Converters | undefined
  /** Parameters where a rule has none of the name. @default none */
  readonly defaults?: Readonly<Record<string, unknown>> | undefined
  /** The methods of rules that name none. @default every method */
  readonly methods?: Iterable<string> | undefined
  /** As the option of a rule. @default that of the group or the router around it */
  readonly redirectSlashes?: boolean | undefined
  /** As the option of a rule. @default that of the group or the router around it */
  readonly mergeSlashes?: boolean | undefined
}

/** What a group is called in messages. */
export function titleOf(init: ScopeInit): string {
  return `the group ${init?.prefix ?? init?.host ?? init?.name ?? ''}`.trimEnd()
}

/** What is inherited where a rule is added: from the router and from each group around it. */
export class Scope {
  readonly #prefix: string
  readonly #name: string
  readonly #middleware: readonly Middleware[]
  readonly #convert: Converters
  readonly #defaults: Readonly<Record<string, unknown>>
  readonly #parsedHost: HostPattern | undefined
  /** Whether nothing is inherited. */
  readonly #isEmpty: boolean
  readonly #others: Pick<ScopeInit, 'host' | 'methods' | 'redirectSlashes' | 'mergeSlashes'>

  /** Throws a TypeError that shows what is wrong. */
  constructor(init: ScopeInit, outer?: Scope) {
    const title = titleOf(init)
    checkOptionNames(init, optionNames, title)
    check(init, title)
    const { prefix = '', name = '', middleware = [], convert, defaults } = init
    const { host, methods, redirectSlashes, mergeSlashes } = init
    const own = { host, methods: methods && checkMethods(methods, title), redirectSlashes, mergeSlashes }
    this.#prefix = outer === undefined ? withoutRoot(prefix) : outer.#prefix + withoutRoot(prefix)
    this.#name = outer === undefined ? name : outer.#name + name
    this.#middleware = outer === undefined ? [...middleware] : [...outer.#middleware, ...middleware]
    this.#convert = outer === undefined ? { ...convert } : { ...outer.#convert, ...convert }
    this.#defaults = outer === undefined ? { ...defaults } : { ...outer.#defaults, ...defaults }
    this.#others = outer === undefined ? own : { ...outer.#others, ...given(own) }
    this.#isEmpty =
      this.#prefix === '' &&
      this.#name === '' &&
      this.#middleware.length === 0 &&
      [this.#convert, this.#defaults, given(this.#others)].every(isEmpty)
    this.#parsedHost = host === undefined ? outer?.parsedHostOf({ pattern: '' }) : parseHostPattern(host)
  }

  /** The rule's host taken apart, where that is this scope's, and no converter goes with it. */
  parsedHostOf({ host, convert }: RuleInit): HostPattern | undefined {
    const isOwn = host === undefined || host === this.#others.host
    return isOwn && convert === undefined && isEmpty(this.#convert) ? this.#parsedHost : undefined
  }

  /** A rule with all that it inherits. */
  complete(init: RuleInit): RuleInit {
    if (this.#isEmpty) return init
    const { app, router, mounted = router !== undefined, websocket, buildOnly, alias } = init
    const pattern = this.#joinPattern(init.pattern, mounted)
    const { host = this.#others.host } = init
    const takesMethods = !(mounted || websocket || buildOnly)
    return {
      pattern,
      app,
      methods: init.methods ?? (takesMethods ? this.#others.methods : undefined),
      name: this.#joinName(init.name, router !== undefined, pattern),
      host,
      convert: this.#joinConverters(init.convert, pattern, host),
      defaults: isEmpty(this.#defaults) ? init.defaults : { ...this.#defaults, ...init.defaults },
      middleware: this.#joinMiddleware(init.middleware, pattern),
      mounted,
      router,
      websocket,
      buildOnly,
      alias,
      redirectSlashes: init.redirectSlashes ?? this.#others.redirectSlashes,
      mergeSlashes: init.mergeSlashes ?? this.#others.mergeSlashes,
    }
  }

  #joinPattern(pattern: string, mounted: boolean): string {
    if (this.#prefix === '') return pattern
    if (mounted && pattern === '/') return this.#prefix
    // On its own, so that a prefix does not make a path of what is none.
    if (pattern !== '' && !pattern.startsWith('/')) parsePattern(pattern)
    return this.#prefix + pattern
  }

  #joinName(name: string | undefined, isRouter: boolean, pattern: string): string | undefined {
    if (this.#name === '') return name
    if (name === undefined) return isRouter ? this.#name : undefined
    checkText(name, 'name', pattern)
    return this.#name + name
  }

  #joinMiddleware(own: RuleInit['middleware'], pattern: string): RuleInit['middleware'] {
    if (this.#middleware.length === 0 || own === undefined) return own ?? this.#middleware
    checkList(own, pattern)
    return [...this.#middleware, ...own]
  }

  /** Those of the group are for whatever rule has the parameter. */
  #joinConverters(
    own: Converters | undefined,
    pattern: string,
    host: string | undefined,
  ): Converters | undefined {
    if (isEmpty(this.#convert)) return own
    const { names } = parsePattern(pattern)
    const hostNames = host === undefined ? undefined : parseHostPattern(host).names
    const inherited = Object.entries(this.#convert).filter(
      ([name]) => names.has(name) || hostNames?.has(name),
    )
    return { ...Object.fromEntries(inherited), ...own }
  }
}

const optionNames: readonly string[] = [
  'prefix',
  'host',
  'name',
  'middleware',
  'convert',
  'defaults',
  'methods',
  'redirectSlashes',
  'mergeSlashes',
] satisfies (keyof ScopeInit)[]

function check(init: ScopeInit, title: string): void {
  const { prefix, name, middleware, convert, defaults, redirectSlashes, mergeSlashes } = init
  if (prefix !== undefined && prefix !== '/') checkPrefixEnd(parsePattern(prefix), prefix)
  if (name !== undefined) checkText(name, 'name', title)
  if (middleware !== undefined) checkList(middleware, title)
  if (convert !== undefined) checkRecord(convert, 'converters', title)
  if (defaults !== undefined) checkRecord(defaults, 'defaults', title)
  if (redirectSlashes !== undefined) checkFlag(redirectSlashes, 'redirectSlashes', title)
  if (mergeSlashes !== undefined) checkFlag(mergeSlashes, 'mergeSlashes', title)
}

/** `/` as a prefix is that of the empty path. */
function withoutRoot(prefix: string): string {
  return prefix === '/' ? '' : prefix
}

function given<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false
  return true
}
