import { BuildError } from './build-error.ts'
import type { Values } from './choose-alternative.ts'
import { closestName } from './closest-name.ts'
import { equalValues } from './equal-values.ts'
import { answersMethod, sortMethods } from './method-table.ts'
import { PathBuilder } from './path-builder.ts'
import { describeValue } from './quote.ts'
import { describeRule, type Rule } from './rule.ts'
import { type Fit, isEmpty, UrlTarget } from './url-target.ts'

/** The most names that the message for an unknown one lists. */
export const LISTED_NAMES_LIMIT = 20

/**
 * The rules of a router by their names, with those of the routers that are mounted in it.
 *
 * Several rules may have one name when their parameters, their defaults or their methods differ; the values that are given, and the method, choose among
 * them. Rules that are added to a mounted router later are found as well.
 */
export class NamedRules {
  readonly #named: Map<string, Named> = new Map()
  readonly #aliases: Set<string> = new Set()
  readonly #mounts: Mount[] = []

  /**
   * Adds a rule, if it has a name; an alias is never chosen. Throws a TypeError, and adds nothing, when another rule of the name has the same
   * parameters, the same defaults and one of the methods, so that nothing would ever choose one of them.
   */
  add(rule: Rule): void {
    const { name, alias } = rule
    if (name === undefined) return
    if (alias) {
      this.#aliases.add(name)
      return
    }
    this.check(rule)
    const named = this.#named.get(name)
    if (named === undefined) this.#named.set(name, new Named(rule))
    else named.add(rule)
  }

  /** Throws as {@link NamedRules.add} does, and adds nothing. */
  check(rule: Rule): void {
    const { name, alias } = rule
    if (name === undefined || alias) return
    const there = this.find(name)
    if (there.length > 0) checkApart(name, new UrlTarget(rule), there)
  }

  /**
   * Adds the rules of a mounted router, whose names begin with the name of the mount. Throws a TypeError, and adds nothing, when one of them could not be
   * told from one that is there, and when the router would be mounted in itself.
   */
  mount(mount: Rule, rules: NamedRules): void {
    if (rules.#reaches(this)) {
      throw new TypeError(
        `Got a router for ${mount.pattern} that would be mounted in itself; mount its \`app\`, whose names are not taken over.`,
      )
    }
    const added = new Mount(mount, rules)
    for (const name of added.names()) {
      const there = this.find(name)
      if (there.length === 0) continue
      for (const target of added.find(name)) checkApart(name, target, there)
    }
    this.#mounts.push(added)
  }

  /** The names, those of mounted routers with their prefixes; aliases are left out. */
  *names(): Generator<string> {
    yield* this.#named.keys()
    for (const mount of this.#mounts) yield* mount.names()
  }

  /**
   * The rule of a name that values choose: the one that leaves no value over, fills the fewest parameters and assumes the fewest defaults; of several the
   * one that was added first. With `leavingRest`, values may be left over, as few as possible. Only rules that answer the method are chosen; without one,
   * those that answer GET go before the others.
   *
   * Throws a {@link BuildError} for a name that there is not, with the closest one, and for values or a method that fit none of the rules, with what is
   * missing.
   */
  choose(name: string, params: Values, leavingRest: boolean = false, method?: string): UrlTarget {
    const targets = typeof name === 'string' ? this.find(name) : []
    const [first] = targets
    if (first === undefined) throw this.#refuseUnknown(name)
    const answering =
      method === undefined ? targets : targets.filter(({ rule }) => answersMethod(rule, method))
    const [only] = answering
    if (only === undefined) throw refuseMethod(name, method, targets)
    if (answering.length > 1) return chooseTarget(answering, params, leavingRest)
    checkTaken(only, params, leavingRest)
    return only
  }

  /** As {@link UrlTarget.plainPath}, of the rule that is alone with its name; `undefined` where there is none, or several. */
  plainPath(name: string, params: Values): string | undefined {
    if (this.#mounts.length > 0) return this.only(name)?.plainPath(params)
    const named = this.#named.get(name)
    if (named === undefined) return undefined
    const { fixed } = named
    if (fixed === undefined) return named.only?.plainPath(params)
    return isEmpty(params) ? fixed : undefined
  }

  /** The rule of a name, where there is only one; `undefined` where there is none, or several. */
  only(name: string): UrlTarget | undefined {
    const named = this.#named.get(name)
    let only = named?.only
    if (this.#mounts.length === 0 || (named !== undefined && only === undefined)) return only
    for (const mount of this.#mounts) {
      const found = mount.find(name)
      if (found.length > 1 || (found.length === 1 && only !== undefined)) return undefined
      only ??= found[0]
    }
    return only
  }

  /** The rules of a name, the router's own first. */
  find(name: string): readonly UrlTarget[] {
    const own = this.#named.get(name)?.targets
    if (this.#mounts.length === 0) return own ?? []
    const mounted = this.#mounts.flatMap((mount) => mount.find(name))
    return own === undefined ? mounted : [...own, ...mounted]
  }

  #reaches(other: NamedRules): boolean {
    return this === other || this.#mounts.some(({ rules }) => rules.#reaches(other))
  }

  #refuseUnknown(name: string): BuildError {
    const got = describeValue(name)
    if (this.#aliases.has(name)) {
      return new BuildError(
        `Got ${got}, which only an alias is called; give the rule that it stands for the same name.`,
      )
    }
    const known = [...new Set(this.names())]
    const closest = closestName(String(name), known)
    const hint =
      closest === undefined
        ? `the names are: ${listNames(known)}`
        : `did you mean ${JSON.stringify(closest)}?`
    return new BuildError(`Got ${got}, which no rule is called; ${hint}`)
  }
}

/** The rules of one name; what URLs are built with is made when it is first needed. */
class Named {
  /** The path of the only rule, where it is the same for all values; known from the first URL on. */
  fixed: string | undefined
  readonly #rules: Rule[]
  #targets: readonly UrlTarget[] | undefined
  #only: UrlTarget | undefined

  constructor(rule: Rule) {
    this.#rules = [rule]
  }

  get targets(): readonly UrlTarget[] {
    this.#targets ??= this.#rules.map((rule) => new UrlTarget(rule))
    return this.#targets
  }

  get only(): UrlTarget | undefined {
    if (this.#only === undefined && this.#rules.length === 1) {
      this.#only = this.targets[0]
      this.fixed = this.#only?.fixed
    }
    return this.#only
  }

  add(rule: Rule): void {
    this.#rules.push(rule)
    this.#targets = undefined
    this.#only = undefined
    this.fixed = undefined
  }
}

class Mount {
  readonly rules: NamedRules
  readonly #mount: Rule
  readonly #name: string
  readonly #prefix: PathBuilder
  readonly #below: WeakMap<UrlTarget, UrlTarget> = new WeakMap()

  constructor(mount: Rule, rules: NamedRules) {
    this.rules = rules
    this.#mount = mount
    this.#name = mount.name ?? ''
    this.#prefix = new PathBuilder(mount.parsed, { mounted: true })
  }

  *names(): Generator<string> {
    for (const name of this.rules.names()) yield this.#name + name
  }

  find(name: string): readonly UrlTarget[] {
    if (typeof name !== 'string' || !name.startsWith(this.#name)) return []
    return this.rules.find(name.slice(this.#name.length)).map((target) => {
      const known = this.#below.get(target)
      if (known !== undefined) return known
      const below = new UrlTarget(target.rule, { target, mount: this.#mount, prefix: this.#prefix })
      this.#below.set(target, below)
      return below
    })
  }
}

function chooseTarget(targets: readonly UrlTarget[], params: Values, leavingRest: boolean): UrlTarget {
  const fits = targets.map((target) => ({ target, fit: target.fit(params) }))
  const fitting = fits.filter(
    ({ fit }) => fit.missing === 0 && fit.contradicted === 0 && (leavingRest || fit.unknown === 0),
  )
  const linked = fitting.filter(({ target }) => answersMethod(target.rule, 'GET'))
  const [best] = (linked.length > 0 ? linked : fitting).sort((a, b) => compareFits(a.fit, b.fit))
  if (best !== undefined) return best.target
  const [nearest] = fits.sort((a, b) => misplaced(a.fit) - misplaced(b.fit) || a.fit.missing - b.fit.missing)
  const { target } = nearest as (typeof fits)[number]
  checkTaken(target, params, leavingRest)
  // Its own building says best what is missing.
  target.hostOf(params)
  target.path(params)
  throw target.refuseRest(params)
}

function compareFits(a: Fit, b: Fit): number {
  return a.unknown - b.unknown || a.filled - b.filled || a.assumed - b.assumed
}

function misplaced({ unknown, contradicted }: Fit): number {
  return unknown + contradicted
}

function checkTaken(target: UrlTarget, params: Values, leavingRest: boolean): void {
  if (leavingRest ? target.contradicts(params) : !target.takes(params)) throw target.refuseRest(params)
}

function checkApart(name: string, target: UrlTarget, others: readonly UrlTarget[]): void {
  const same = others.find((other) => areAlike(other, target))
  if (same === undefined) return
  const rule = target.rule.pattern === target.source ? describeRule(target.rule) : target.source
  throw new TypeError(
    `Got the name ${JSON.stringify(name)} for ${rule}, which ${same.source} has already. Rules of one name differ in their parameters, their defaults or their methods.`,
  )
}

function areAlike(a: UrlTarget, b: UrlTarget): boolean {
  if (!shareMethod(a.rule, b.rule)) return false
  const { defaults: left = {} } = a
  const { defaults: right = {} } = b
  const names = Object.keys(left)
  if (names.length !== Object.keys(right).length) return false
  if (!names.every((name) => Object.hasOwn(right, name) && equalValues(left[name], right[name]))) return false
  const sets = a.parameterSets()
  return [...b.parameterSets()].some((set) => sets.has(set))
}

function shareMethod({ methods: left }: Rule, { methods: right }: Rule): boolean {
  return left === undefined || right === undefined || left.some((method) => right.includes(method))
}

function refuseMethod(name: string, method: unknown, targets: readonly UrlTarget[]): BuildError {
  const methods = new Set(targets.flatMap(({ rule }) => rule.methods ?? []))
  return new BuildError(
    `Got the method ${describeValue(method)} for the URL of ${JSON.stringify(name)}; its rules answer ${sortMethods(methods).join(', ')}.`,
  )
}

function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  const listed = names.slice(0, LISTED_NAMES_LIMIT).join(', ')
  return names.length <= LISTED_NAMES_LIMIT
    ? listed
    : `${listed} and ${names.length - LISTED_NAMES_LIMIT} more`
}
