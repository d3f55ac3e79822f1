import type { BuildError } from './build-error.ts'
import { buildHost } from './build-host.ts'
import { chooseAlternative, isDefault, isGiven, type Values, valueFor } from './choose-alternative.ts'
import { closestName } from './closest-name.ts'
import type { HostAlternative, HostPattern } from './host-pattern.ts'
import { PathBuilder, refuseChoice } from './path-builder.ts'
import { refuse } from './path-filler.ts'
import type { Alternative, Pattern } from './pattern.ts'
import { describeValue, quote } from './quote.ts'
import type { Rule } from './rule.ts'

/** The values of a URL for which none are given. */
export const NO_VALUES: Values = Object.freeze({})

/** Whether no values are given. */
export function isEmpty(params: Values): boolean {
  // To enumerate a frozen object takes three times as long as another one.
  if (params !== NO_VALUES) for (const _name in params) return false
  return true
}

/** How well values fit a rule; the smaller each is, the better. */
export interface Fit {
  /** Values that the rule needs and that are not given. */
  readonly missing: number
  /** Values that are given and stand in no parameter, nor are the rule's default. */
  readonly unknown: number
  /** Values that are given and contradict a default. */
  readonly contradicted: number
  /** Parameters that are filled. */
  readonly filled: number
  /** Defaults that are not given. */
  readonly assumed: number
}

/** Makes the URLs of one rule, below the prefixes under which its router is mounted. */
export class UrlTarget {
  readonly rule: Rule
  /** Of the rule, or of the innermost mount that has one; `undefined` for every host. */
  readonly host: HostPattern | undefined
  readonly defaults: Values | undefined
  /** The pattern with its prefixes. */
  readonly source: string
  /** The path, where there is only one, and neither host nor defaults. */
  readonly fixed: string | undefined
  /** The names of all parameters, those of the host too. */
  readonly names: ReadonlySet<string>
  readonly #paths: readonly PathBuilder[]
  readonly #only: PathBuilder | undefined
  readonly #isPlain: boolean

  /** `below` is what the rule is when its router is mounted by `mount`. */
  constructor(
    rule: Rule,
    below?: { readonly target: UrlTarget; readonly mount: Rule; readonly prefix: PathBuilder },
  ) {
    this.rule = rule
    this.host = below === undefined ? rule.parsedHost : (below.target.host ?? below.mount.parsedHost)
    this.defaults =
      below?.mount.defaults === undefined
        ? (below?.target ?? rule).defaults
        : { ...below.mount.defaults, ...below.target.defaults }
    this.#paths =
      below === undefined
        ? [new PathBuilder(rule.parsed, { matched: !rule.buildOnly })]
        : [below.prefix, ...below.target.#paths]
    this.#only = this.#paths.length === 1 ? this.#paths[0] : undefined
    this.source =
      this.#paths
        .map(({ pattern }) => (pattern.alternatives[0]?.segments.length === 0 ? '' : pattern.source))
        .join('') || '/'
    this.#isPlain = this.host === undefined && this.defaults === undefined && !rule.websocket
    this.fixed = this.#isPlain && this.#only?.isFixed ? this.#only.build({}, undefined) : undefined
    this.names = new Set(this.#patterns().flatMap(({ names }) => [...names]))
  }

  /** The path, percent-encoded in normal form. Throws a {@link BuildError} that names what is missing or does not fit. */
  path(params: Values): string {
    if (this.#only !== undefined) return this.#only.build(params, this.defaults)
    let path = ''
    for (let i = this.#paths.length - 1; i >= 0; i--) {
      const builder = this.#paths[i] as PathBuilder
      const part = builder.build(params, this.defaults)
      builder.checkBelow(part, path)
      path = part + path
    }
    return path
  }

  /**
   * The path, where just the values are given that the rule takes, and it has neither host nor defaults; `undefined` in any other case, also when
   * a value does not fit.
   */
  plainPath(params: Values): string | undefined {
    if (!this.#isPlain) return undefined
    if (this.fixed !== undefined) return isEmpty(params) ? this.fixed : undefined
    let given = 0
    for (const _name in params) given++
    try {
      if (this.#only !== undefined) return this.#only.buildExactly(params, given)
      return given === this.names.size ? this.path(params) : undefined
    } catch {
      return undefined
    }
  }

  /** The host without a port; `undefined` for a rule that answers on every host. Throws as {@link UrlTarget.path} does. */
  hostOf(params: Values): string | undefined {
    const { host, defaults } = this
    if (host === undefined) return undefined
    const choice = chooseAlternative(host, params, defaults)
    if (choice.alternative === undefined) throw refuseChoice(host, choice)
    const values: Record<string, unknown> = Object.create(null)
    for (const { name } of choice.alternative.captures) values[name] = valueFor(params, defaults, name)
    return buildHost(host, values)
  }

  /** Whether every value that is given has a place. */
  takes(params: Values): boolean {
    for (const name in params) {
      if (!this.names.has(name) && !this.#passesOver(params, name)) return false
    }
    return true
  }

  /** Whether a value that is given contradicts a default, so that it does not belong in the query either. */
  contradicts(params: Values): boolean {
    return (
      this.defaults !== undefined && Object.keys(this.rest(params)).some((name) => this.#hasDefault(name))
    )
  }

  /** The values that are given and have no place. */
  rest(params: Values): Record<string, unknown> {
    const rest: Record<string, unknown> = Object.create(null)
    for (const name of Object.keys(params)) {
      if (!this.names.has(name) && !this.#passesOver(params, name)) rest[name] = params[name]
    }
    return rest
  }

  /** How well values fit. */
  fit(params: Values): Fit {
    let [missing, filled, unknown, contradicted] = [0, 0, 0, 0]
    for (const pattern of this.#patterns()) {
      const choice = chooseAlternative<Alternative | HostAlternative>(pattern, params, this.defaults)
      filled += choice.alternative?.captures.length ?? 0
      if (choice.alternative === undefined) missing += choice.missing?.length ?? 1
    }
    for (const name of Object.keys(this.rest(params))) {
      if (this.#hasDefault(name)) contradicted++
      else unknown++
    }
    const assumed = Object.keys(this.defaults ?? {}).filter((name) => !isGiven(params, name)).length
    return { missing, unknown, contradicted, filled, assumed }
  }

  /** What is to be thrown for values that have no place. */
  refuseRest(params: Values): BuildError {
    const rest = Object.keys(this.rest(params))
    const contradicted = rest.find((each) => this.#hasDefault(each))
    const name = contradicted ?? rest[0] ?? ''
    if (contradicted !== undefined) {
      const value = describeValue(this.defaults?.[name])
      return refuse(this.source, `got ${describeValue(params[name])} for ${name}, which is ${value} there`)
    }
    const closest = closestName(name, this.names)
    const hint = closest === undefined ? '' : `; did you mean ${JSON.stringify(closest)}?`
    return refuse(this.source, `it has no parameter ${quote(name)}${hint}`)
  }

  /** The names that each way to fill the optional groups takes, as texts that are equal for equal sets. */
  parameterSets(): ReadonlySet<string> {
    let sets = new Set([''])
    for (const { alternatives } of this.#patterns()) {
      const ways = alternatives.map(({ captures }) => captures.map(({ name }) => JSON.stringify(name)))
      // Together after each pattern, so that the same sets count once.
      const wider = [...sets].flatMap((set) => ways.map((names) => [...set.split('\n'), ...names]))
      sets = new Set(wider.map((names) => [...new Set(names)].sort().join('\n')))
    }
    return sets
  }

  #patterns(): readonly (Pattern | HostPattern)[] {
    const patterns = this.#paths.map(({ pattern }) => pattern)
    return this.host === undefined ? patterns : [...patterns, this.host]
  }

  #hasDefault(name: string): boolean {
    return this.defaults !== undefined && Object.hasOwn(this.defaults, name)
  }

  #passesOver(params: Values, name: string): boolean {
    return !isGiven(params, name) || isDefault(params, this.defaults, name)
  }
}
