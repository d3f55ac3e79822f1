import { BuildError } from './build-error.ts'
import { canonicalRule, mayRedirect } from './default-redirect.ts'
import type { Found } from './matcher.ts'
import type { Rule } from './rule.ts'
import { UrlTarget } from './url-target.ts'

/** Where a request is redirected to. */
export interface Moved {
  /** Below the mount of the router, percent-encoded. */
  readonly path: string
  /** `undefined` for the host that was asked. */
  readonly host: string | undefined
}

/** Finds out which rules give way to another one of their name. */
export class CanonicalUrls {
  readonly #siblings: Map<string, Rule[]> = new Map()
  readonly #targets: Map<Rule, UrlTarget> = new Map()
  readonly #redirectDefaults: boolean

  constructor(redirectDefaults: boolean) {
    this.#redirectDefaults = redirectDefaults
  }

  /** Takes a rule in, and marks those that may have to give way from now on. */
  add(rule: Rule): void {
    if (rule.name === undefined || rule.router !== undefined) return
    const siblings = this.#siblings.get(rule.name)
    if (siblings === undefined) {
      this.#siblings.set(rule.name, [rule])
      return
    }
    siblings.push(rule)
    for (const each of siblings) if (mayRedirect(each, siblings, this.#redirectDefaults)) each.givesWay = true
  }

  /** Where the request belongs; `undefined` where it is, and where what it captured fits nothing else. */
  find({ rule, params }: Found): Moved | undefined {
    if (!rule.givesWay) return undefined
    const canonical = canonicalRule(rule, params, this.#siblings.get(rule.name as string) ?? [])
    if (canonical === undefined) return undefined
    let target = this.#targets.get(canonical)
    if (target === undefined) {
      target = new UrlTarget(canonical)
      this.#targets.set(canonical, target)
    }
    try {
      const host = canonical.host === rule.host ? undefined : target.hostOf(params)
      return { path: target.path(params), host }
    } catch (error) {
      // What was captured is the client's, and the other rule may refuse it.
      if (error instanceof BuildError) return undefined
      throw error
    }
  }
}
