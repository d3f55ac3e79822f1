import { sortMethods } from './method-table.ts'
import type { Rule } from './rule.ts'

/** The methods that the rules of a router name, and those of the routers that are mounted in it: the answer to `OPTIONS *` (RFC 9110 section 9.3.7). */
export class ServerMethods {
  readonly #named: Set<string> = new Set(['OPTIONS'])
  readonly #mounted: Set<ServerMethods> = new Set()
  #last: Rule['methods']

  /** Adds those that a rule names. */
  add({ methods, websocket, buildOnly }: Rule): void {
    // Rules of one method share its list.
    if (methods === undefined || methods === this.#last || websocket || buildOnly) return
    this.#last = methods
    for (const method of methods) this.#named.add(method)
  }

  /** Adds those of a router that is mounted, also of rules that it gets later. */
  mount(methods: ServerMethods): void {
    this.#mounted.add(methods)
  }

  /** As `Allow` lists them: HEAD with GET, sorted. */
  list(): string[] {
    const found = new Set<string>()
    this.#collect(found, new Set())
    return sortMethods(found)
  }

  #collect(methods: Set<string>, seen: Set<ServerMethods>): void {
    // One router may be mounted in several places.
    if (seen.has(this)) return
    seen.add(this)
    for (const method of this.#named) methods.add(method)
    for (const mounted of this.#mounted) mounted.#collect(methods, seen)
  }
}
