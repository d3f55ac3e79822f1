import { BuildError } from './build-error.ts'
import { chooseAlternative, isDefault, type Values } from './choose-alternative.ts'
import type { Alternative, Pattern } from './pattern.ts'
import type { Rule } from './rule.ts'
import { UrlTarget } from './url-target.ts'
import { splitPath, walkAlternative } from './walk-alternative.ts'

/** A rule with defaults for what stands in its optional groups: a path of `/posts{/:page}` may spell the page that is meant without it. */
export class SpeltDefaults {
  readonly #target: UrlTarget
  readonly #pattern: Pattern
  readonly #defaults: Values
  readonly #names: readonly string[]

  /** `undefined` for a rule whose paths spell no defaults. */
  static of(rule: Rule): SpeltDefaults | undefined {
    const { defaults, parsed } = rule
    if (defaults === undefined || parsed.alternatives.length === 1 || rule.mounted || rule.buildOnly)
      return undefined
    const names = Object.keys(defaults).filter((name) => isOptional(name, parsed.alternatives))
    return names.length === 0 ? undefined : new SpeltDefaults(rule, parsed, defaults, names)
  }

  private constructor(rule: Rule, pattern: Pattern, defaults: Values, names: readonly string[]) {
    this.#target = new UrlTarget(rule)
    this.#pattern = pattern
    this.#defaults = defaults
    this.#names = names
  }

  /** The path of the same parameters without what is default; `undefined` where the path has nothing to leave out. */
  shorten(path: string, params: Values): string | undefined {
    if (!this.#names.some((name) => isDefault(params, this.#defaults, name))) return undefined
    const { alternative } = chooseAlternative(this.#pattern, params, this.#defaults)
    const shorter = alternative === undefined ? undefined : this.#build(params)
    if (alternative === undefined || shorter === undefined || shorter === path) return undefined
    // Another path of the same parameters may only be written in another way, as a UUID in upper case is.
    const segments = splitPath(path) ?? []
    const spells = this.#pattern.alternatives.some(
      (each) =>
        each.captures.length > alternative.captures.length &&
        walkAlternative(each, segments, false).failure === undefined,
    )
    return spells ? shorter : undefined
  }

  #build(params: Values): string | undefined {
    try {
      return this.#target.path(params)
    } catch (error) {
      // What was captured is the client's, and the shorter path may be one of other values.
      if (error instanceof BuildError) return undefined
      throw error
    }
  }
}

/** Whether some ways to fill the optional groups have a parameter, and others do not. */
function isOptional(name: string, alternatives: readonly Alternative[]): boolean {
  const having = alternatives.filter(({ captures }) => captures.some((capture) => capture.name === name))
  return having.length > 0 && having.length < alternatives.length
}
