import { BuildError } from './build-error.ts'
import type { Found } from './found.ts'
import { answersMethod } from './method-table.ts'
import type { Rule } from './rule.ts'
import { Sibling } from './sibling.ts'
import { SpeltDefaults } from './spelt-defaults.ts'
import { UrlTarget } from './url-target.ts'

/** Where a request is redirected to. */
export interface Moved {
  /** Below the mount of the router, percent-encoded. */
  readonly path: string
  /** `undefined` for the host that was asked. */
  readonly host: string | undefined
}

/** What a router finds for another path, and for another host where there is one. */
export type Look = (path: string, host: string | undefined) => Found | undefined

/** Finds out which rules give way to another one of their name, or to a shorter path of their own. */
export class CanonicalUrls {
  /** The first rule of a name, or all where there are several. */
  readonly #siblings: Map<string, Rule | Sibling[]> = new Map()
  /** What a rule may give way to. */
  readonly #others: Map<Rule, { readonly self: Sibling; readonly others: Sibling[] }> = new Map()
  /** Rules that have defaults in optional groups. */
  readonly #spelt: Map<Rule, SpeltDefaults> = new Map()
  readonly #targets: Map<Rule, UrlTarget> = new Map()
  readonly #redirectDefaults: boolean

  constructor(redirectDefaults: boolean) {
    this.#redirectDefaults = redirectDefaults
  }

  /** Whether any rule may have to give way. */
  get isUsed(): boolean {
    return this.#others.size > 0 || this.#spelt.size > 0
  }

  /** Takes a rule in, and marks those that may have to give way from now on. */
  add(rule: Rule): void {
    const spelt = this.#redirectDefaults ? SpeltDefaults.of(rule) : undefined
    if (spelt !== undefined) {
      this.#spelt.set(rule, spelt)
      rule.givesWay = true
    }
    if (rule.name === undefined || rule.mounted) return
    const known = this.#siblings.get(rule.name)
    if (known === undefined) {
      this.#siblings.set(rule.name, rule)
      return
    }
    const siblings = Array.isArray(known) ? known : [new Sibling(known)]
    if (siblings !== known) this.#siblings.set(rule.name, siblings)
    const added = new Sibling(rule)
    for (const sibling of siblings) {
      this.#compare(sibling, added)
      this.#compare(added, sibling)
    }
    siblings.push(added)
  }

  /**
   * Where a request of a method belongs; `undefined` where it is, where what it captured fits nothing else, and where the path that it fits is one of
   * another rule.
   */
  find(found: Found, method: string, look: Look): Moved | undefined {
    const { rule, params, pathInfo } = found
    const known = this.#others.get(rule)
    const others = known?.others.filter((other) => answersMethod(other.rule, method)) ?? []
    const canonical = known?.self.chooseAmong(others, params)?.rule
    if (canonical !== undefined) return this.#move(found, canonical, look)
    const path = this.#spelt.get(rule)?.shorten(pathInfo, params)
    if (path === undefined || look(path, undefined)?.rule !== rule) return undefined
    return { path, host: undefined }
  }

  #move({ rule, params }: Found, canonical: Rule, look: Look): Moved | undefined {
    const target = this.#targetOf(canonical)
    try {
      const host = canonical.host === rule.host ? undefined : target.hostOf(params)
      const path = target.path(params)
      return look(path, host)?.rule === canonical ? { path, host } : undefined
    } catch (error) {
      // What was captured is the client's, and the other rule may refuse it.
      if (error instanceof BuildError) return undefined
      throw error
    }
  }

  #compare(self: Sibling, other: Sibling): void {
    if (!self.mayGiveWayTo(other, this.#redirectDefaults)) return
    const known = this.#others.get(self.rule)
    if (known === undefined) this.#others.set(self.rule, { self, others: [other] })
    else known.others.push(other)
    self.rule.givesWay = true
  }

  #targetOf(rule: Rule): UrlTarget {
    let target = this.#targets.get(rule)
    if (target === undefined) {
      target = new UrlTarget(rule)
      this.#targets.set(rule, target)
    }
    return target
  }
}
