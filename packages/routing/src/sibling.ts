import { equalValues } from './equal-values.ts'
import type { HostPattern } from './host-pattern.ts'
import type { Pattern } from './pattern.ts'
import type { Rule } from './rule.ts'

/** What a request's path and host gave. */
type Params = Readonly<Record<string, unknown>>

/** One of several rules of a name, of which the canonical one for some parameters is looked for. */
export class Sibling {
  readonly rule: Rule
  /** The names of all parameters, of the path and the host. */
  readonly #names: ReadonlySet<string>
  /** Those without which no URL of the rule can be built. */
  readonly #required: readonly string[]
  /** The defaults of which the rule captures no other value. */
  readonly #fixed: readonly (readonly [name: string, value: unknown])[]

  constructor(rule: Rule) {
    const { parsed, parsedHost, defaults = {} } = rule
    this.rule = rule
    this.#names = new Set([...parsed.names, ...(parsedHost?.names ?? [])])
    this.#fixed = Object.entries(defaults).filter(([name]) => !this.#names.has(name))
    const always = [
      ...alwaysCaptured(parsed),
      ...(parsedHost === undefined ? [] : alwaysCaptured(parsedHost)),
    ]
    this.#required = always.filter((name) => !Object.hasOwn(defaults, name))
  }

  /**
   * Whether what the rule captures may belong to another one: an alias to any, another rule to one that gives the same parameters and has more of
   * them fixed. So no two rules that are no aliases give way to each other.
   */
  mayGiveWayTo(other: Sibling, redirectDefaults: boolean): boolean {
    if (other === this || other.rule.alias || other.rule.buildOnly) return false
    if (this.rule.alias) return true
    if (!redirectDefaults || other.#fixed.length <= this.#fixed.length) return false
    const [given, otherGiven] = [this.#given(), other.#given()]
    return given.size === otherGiven.size && [...given].every((name) => otherGiven.has(name))
  }

  /** The canonical one among others that it may give way to; `undefined` where none of them takes what was captured. */
  chooseAmong(others: readonly Sibling[], params: Params): Sibling | undefined {
    let best: Sibling | undefined
    for (const other of others) {
      if (other.#takes(params, this.rule) && (best === undefined || other.#isCloser(best, params)))
        best = other
    }
    return best
  }

  /** Whether the values of a request have a place or are what is fixed, and nothing is missing. */
  #takes(params: Params, by: Rule): boolean {
    return (
      this.#required.every((name) => Object.hasOwn(params, name)) &&
      this.#fixed.every(
        ([name, value]) => !Object.hasOwn(params, name) || isSame(params[name], value, name, by),
      )
    )
  }

  /** Whether it has a place for more of the values, or has more of them fixed. */
  #isCloser(other: Sibling, params: Params): boolean {
    const difference = this.#countPlaced(params) - other.#countPlaced(params)
    return difference > 0 || (difference === 0 && this.#fixed.length > other.#fixed.length)
  }

  #countPlaced(params: Params): number {
    return [...this.#given()].filter((name) => Object.hasOwn(params, name)).length
  }

  #given(): Set<string> {
    return new Set([...this.#names, ...this.#fixed.map(([name]) => name)])
  }
}

/** The parameters that stand in no optional group. */
function alwaysCaptured({ names, alternatives }: Pattern | HostPattern): string[] {
  return [...names].filter((name) =>
    alternatives.every(({ captures }) => captures.some((capture) => capture.name === name)),
  )
}

/** Whether a captured value is a default: as a value, or as the text that the converter writes. */
function isSame(captured: unknown, value: unknown, name: string, by: Rule): boolean {
  if (equalValues(captured, value)) return true
  const converter = by.parsed.converters.get(name) ?? by.parsedHost?.converters.get(name)
  if (converter === undefined) return false
  try {
    return converter.format(captured) === converter.format(value)
  } catch {
    // A default that the converter cannot write is no value of the parameter.
    return false
  }
}
