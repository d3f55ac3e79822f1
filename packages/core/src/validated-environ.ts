import type { Environ } from './protocol.ts'
import type { Call } from './validate-call.ts'

/**
 * The environ that one application gets: a copy, so that it is known who changed what. What the application assigns or deletes is done to
 * the original, too, when control goes outside, as it would be without a validator; but what clause 2 keeps from the layers outside is
 * refused.
 */
export class ValidatedEnviron {
  /** What the application got. */
  readonly handed: Environ
  readonly extensions: readonly string[]
  readonly #call: Call
  readonly #original: Record<string, unknown>
  // What it got, in the order of its keys: two lists are compared several times faster than two objects.
  readonly #keys: readonly string[]
  readonly #values: readonly unknown[]
  #byKey: ReadonlyMap<string, unknown> | undefined
  /** What it was when control last went outside. */
  #last: readonly unknown[]
  #lastKeys: readonly string[]

  /** `replaced` has the keys that the application gets in place of those of `environ`. */
  constructor(environ: Environ, replaced: Partial<Environ>, extensions: readonly string[], call: Call) {
    this.handed = { ...environ, ...replaced }
    this.extensions = extensions
    this.#call = call
    this.#original = environ as unknown as Record<string, unknown>
    this.#keys = Object.keys(this.handed)
    this.#values = Object.values(this.handed)
    this.#last = this.#values
    this.#lastKeys = this.#keys
  }

  /** Whether the application got this value under this key, which is number `index` of another environ. */
  knows(key: string, value: unknown, index: number): boolean {
    if (this.#keys[index] === key) return this.#values[index] === value
    this.#byKey ??= new Map(this.#keys.map((name, i) => [name, this.#values[i]]))
    return this.#byKey.get(key) === value && (value !== undefined || this.#byKey.has(key))
  }

  /** Does to the original what the application has done to its copy. */
  handOut(): void {
    const now = Object.values(this.handed)
    const last = this.#last
    if (now.length === last.length && now.every((value, index) => value === last[index])) return
    const before = new Map(this.#lastKeys.map((key, index) => [key, last[index]]))
    const keys = Object.keys(this.handed)
    this.#last = now
    this.#lastKeys = keys
    keys.forEach((key, index) => {
      const value = now[index]
      const changed = !before.has(key) || before.get(key) !== value
      if (changed && this.#mayChange(key)) this.#original[key] = value
      before.delete(key)
    })
    for (const key of before.keys()) if (this.#mayChange(key)) delete this.#original[key]
  }

  #mayChange(key: string): boolean {
    if (!copied.has(key)) return true
    // Clause 2: the layers outside still see the original.
    this.#call.app('2', `Changed ${key} in the environ that it got; hand on a copy that has the new value.`)
    return false
  }
}

/** What a layer changes in a copy. */
const copied: ReadonlySet<string> = new Set(['SCRIPT_NAME', 'PATH_INFO', 'stapel.context'])
