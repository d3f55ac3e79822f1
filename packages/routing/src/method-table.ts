import type { Found } from './found.ts'
import { type Candidate, describeRule, type Rule } from './rule.ts'

/** Which rule answers which method, for rules of one shape. */
export class MethodTable {
  /** What GET finds each time, where the path is one and the same; made when it is first found. Without the way by its candidate a match takes 11 ns for 12. */
  found: Found | undefined
  #get: Candidate | undefined
  #any: Candidate | undefined
  // Two lists, because a Map for each of ten thousand rules costs more than a search among three methods; made anew for a method, because
  // one that grows is given room for seventeen. The first is that of the rule where there is one rule.
  #methods: readonly string[] = NONE
  #candidates: readonly Candidate[] = NONE

  /** Throws a TypeError that names both rules when one of the methods is taken. */
  check(rule: Rule): void {
    const { methods } = rule
    const taken = this.#any ?? (methods === undefined ? this.#candidates[0] : this.#pickFirst(methods))
    if (taken === undefined) return
    const rules = [rule, taken.rule]
    const hasGroups = rules.some(({ parsed, parsedHost }) => {
      return parsed.alternatives.length > 1 || (parsedHost?.alternatives.length ?? 1) > 1
    })
    const alike = hasGroups ? ': one way to fill the braces gives the same path' : ''
    throw new TypeError(
      `No request can tell ${describeRule(rule)} from ${describeRule(taken.rule)}, which is there already${alike}; ` +
        'change its path or its methods.',
    )
  }

  /** Adds a rule that was checked. */
  add(candidate: Candidate): void {
    const { methods } = candidate.rule
    if (methods === undefined) this.#any = candidate
    else {
      const added = methods.length === 1 ? [candidate] : methods.map(() => candidate)
      const isFirst = this.#methods.length === 0
      this.#methods = isFirst ? methods : [...this.#methods, ...methods]
      this.#candidates = isFirst ? added : [...this.#candidates, ...added]
    }
    this.#get = this.#pickNamed('GET') ?? this.#any
    this.found = undefined
  }

  /** The rule that answers a method; HEAD is answered by the rule for GET (RFC 9110 section 9.3.2). */
  pick(method: string): Candidate | undefined {
    if (method === 'GET') return this.#get
    return this.#pickNamed(method) ?? (method === 'HEAD' ? this.#get : this.#any)
  }

  /** Who answers which methods, as {@link pick} says; without methods: all that are not named. */
  *entries(): Generator<readonly [candidate: Candidate, methods: readonly string[] | undefined]> {
    for (const candidate of new Set(this.#candidates)) {
      const methods = this.#methods.filter((_, i) => this.#candidates[i] === candidate)
      const addsHead = methods.includes('GET') && !this.#methods.includes('HEAD')
      yield [candidate, addsHead ? [...methods, 'HEAD'] : methods]
    }
    if (this.#any !== undefined) yield [this.#any, undefined]
  }

  /** Adds the methods that rules ask for by name. */
  collect(methods: Set<string>): void {
    for (const method of this.#methods) methods.add(method)
  }

  #pickNamed(method: string): Candidate | undefined {
    const methods = this.#methods
    for (let i = 0; i < methods.length; i++) if (methods[i] === method) return this.#candidates[i]
    return undefined
  }

  #pickFirst(methods: readonly string[]): Candidate | undefined {
    for (const method of methods) {
      const candidate = this.#pickNamed(method)
      if (candidate !== undefined) return candidate
    }
    return undefined
  }
}

const NONE: readonly never[] = Object.freeze([])

/** Whether a rule answers a method, HEAD where it answers GET. */
export function answersMethod({ methods }: Pick<Rule, 'methods'>, method: string): boolean {
  if (methods === undefined || methods.includes(method)) return true
  return method === 'HEAD' && methods.includes('GET')
}

/** What `Allow` lists: HEAD with GET, and OPTIONS always; sorted. */
export function allowedMethods(tables: readonly MethodTable[]): string[] {
  const methods = new Set<string>(['OPTIONS'])
  for (const table of tables) table.collect(methods)
  return sortMethods(methods)
}

/** Methods as `Allow` lists them: HEAD with GET, sorted. */
export function sortMethods(methods: ReadonlySet<string>): string[] {
  return (methods.has('GET') ? [...new Set([...methods, 'HEAD'])] : [...methods]).sort()
}
