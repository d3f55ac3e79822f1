import { type Candidate, describeRule } from './rule.ts'

/** Which rule answers which method, for rules of one shape. */
export class MethodTable {
  #get: Candidate | undefined
  #any: Candidate | undefined
  readonly #byMethod: Map<string, Candidate> = new Map()

  /** Throws a TypeError that names both rules when one of the methods is taken. */
  check(candidate: Candidate): void {
    const { methods } = candidate.rule
    const [first] = this.#byMethod.values()
    const taken =
      this.#any ??
      (methods === undefined
        ? first
        : methods.map((method) => this.#byMethod.get(method)).find((other) => other !== undefined))
    if (taken !== undefined) throw conflict(candidate, taken)
  }

  add(candidate: Candidate): void {
    this.check(candidate)
    const { methods } = candidate.rule
    if (methods === undefined) this.#any = candidate
    else for (const method of methods) this.#byMethod.set(method, candidate)
    this.#get = this.#byMethod.get('GET') ?? this.#any
  }

  /** The rule that answers a method; HEAD is answered by the rule for GET (RFC 9110 section 9.3.2). */
  pick(method: string): Candidate | undefined {
    if (method === 'GET') return this.#get
    const candidate = this.#byMethod.get(method)
    if (candidate !== undefined) return candidate
    return method === 'HEAD' ? this.#get : this.#any
  }

  /** Adds the methods that rules ask for by name. */
  collect(methods: Set<string>): void {
    for (const method of this.#byMethod.keys()) methods.add(method)
  }
}

/** What `Allow` lists: HEAD with GET, and OPTIONS always; sorted. */
export function allowedMethods(tables: readonly MethodTable[]): string[] {
  const methods = new Set<string>(['OPTIONS'])
  for (const table of tables) table.collect(methods)
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods].sort()
}

function conflict(candidate: Candidate, taken: Candidate): TypeError {
  const [added, present] = [describeRule(candidate.rule), describeRule(taken.rule)]
  if (candidate.rule === taken.rule) {
    return new TypeError(
      `Two ways to fill the optional groups of ${present} match the same paths; put one group inside the other.`,
    )
  }
  return new TypeError(
    `No request can tell ${added} from ${present}, which is there already; change its path or its methods.`,
  )
}
