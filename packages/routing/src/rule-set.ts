import { type Application, BadRequest } from '@stapel/core'
import { CanonicalUrls, type Moved } from './canonical-urls.ts'
import { NO_PARAMS } from './capture.ts'
import { Found } from './found.ts'
import type { HostPattern } from './host-pattern.ts'
import { type HostRules, Hosts } from './host-rules.ts'
import type { Matcher } from './matcher.ts'
import { NamedRules } from './named-rules.ts'
import type { OuterParams } from './outer-params.ts'
import type { Alternative } from './pattern.ts'
import { combineRefusals, type Refused } from './refuse.ts'
import { describeRule, type MountedRouter, Rule, type RuleInit } from './rule.ts'
import { ServerMethods } from './server-methods.ts'
import { findSlashForm, isFallback, type SlashOptions } from './slash-redirect.ts'

/** What a router looks at of a request; the flags are what its rules inherit. */
export interface Asked extends SlashOptions {
  readonly method: string
  /** Percent-encoded in normal form, as `PATH_INFO` is. */
  readonly path: string
  /** The value of a `Host` header. */
  readonly host: string | undefined
  /** Whether the request offers a WebSocket. */
  readonly websocket: boolean
  /** Where the router is mounted. */
  readonly scriptName: string
}

export type { Moved }

/** What comes of a request: a rule, another URL, or neither. */
export type Outcome = Found | ({ readonly rule: undefined; readonly status: 308 } & Moved) | Refused

/** The rules of a router, in the places where they are looked for. */
export class RuleSet {
  readonly names: NamedRules = new NamedRules()
  /** What answers nearly everything: the ordinary rules without a host. */
  readonly common: Matcher
  /** Whether no rule is elsewhere than in `common`. */
  isCommon = true
  /** `common`, while what it finds is all that can come of a request that is not mounted. */
  final: Matcher | undefined
  /** The parameters that come from where the router is mounted; set before there is a rule. */
  outer: OuterParams | undefined
  #hasFallback = false
  readonly #rules: Rule[] = []
  readonly #hosts: Hosts = new Hosts()
  readonly #canonical: CanonicalUrls
  readonly #methods: ServerMethods = new ServerMethods()
  #hasWebSockets = false
  /** Whether any rule may want the redirect, so that nothing is looked for in vain. */
  readonly #slashes = { redirectSlashes: false, mergeSlashes: false, slashEnds: false }
  #isSealed = false

  readonly #refusesHosts: boolean

  /** `refusesHosts`: whether a request for a host that no pattern matches is answered apart. */
  constructor({ redirectDefaults, refusesHosts }: { redirectDefaults: boolean; refusesHosts: boolean }) {
    this.#refusesHosts = refusesHosts
    this.common = this.#hosts.anywhere.ordinary
    this.#canonical = new CanonicalUrls(redirectDefaults)
  }

  /** In the order in which they were added. */
  get rules(): readonly Rule[] {
    return this.#rules
  }

  /**
   * Adds a rule; throws a TypeError when it is malformed or cannot be told from another, and then nothing is added. `parsedHost` is its host taken apart,
   * where that was done before; `needed` is what it takes of the parameters around it.
   */
  add(init: RuleInit, parsedHost?: HostPattern, needed?: OuterParams): void {
    if (this.#isSealed) {
      throw new TypeError(
        `Got the rule ${init.pattern} for a snapshot, to which nothing can be added; add it to the router and take another one.`,
      )
    }
    const rule = new Rule(init, parsedHost, this.outer)
    needed?.check(rule, this.outer)
    if (rule.mounted) ruleSetOf(rule.app)?.outer?.check(rule, this.outer)
    const matchers = rule.buildOnly ? [] : this.#matchersOf(rule)
    for (const matcher of matchers) matcher.check(rule.parsed, rule)
    if (rule.router === undefined) this.names.check(rule)
    else this.#mountNames(rule, rule.router)
    for (const matcher of matchers) matcher.add(rule.parsed, rule)
    if (rule.router === undefined) this.names.add(rule)
    this.#canonical.add(rule)
    this.#methods.add(rule)
    this.#hasWebSockets ||= rule.websocket
    this.#hasFallback ||=
      rule.mounted && rule.parsed.alternatives.some(({ segments }) => segments.length === 0)
    this.isCommon = !this.#hasWebSockets && !this.#hosts.isUsed
    const isFinal = this.isCommon && !this.#hasFallback && !this.#canonical.isUsed && !this.#refusesHosts
    this.final = isFinal ? this.common : undefined
    this.#slashes.redirectSlashes ||= rule.redirectSlashes ?? true
    this.#slashes.mergeSlashes ||= rule.mergeSlashes ?? true
    this.#slashes.slashEnds ||= rule.parsed.alternatives.some(endsInSlash)
    this.#rules.push(rule)
    rule.release()
  }

  /** Lets nothing be added any more. */
  seal(): void {
    this.#isSealed = true
  }

  /** Whether a host pattern matches. */
  knowsHost(host: string | undefined): boolean {
    return this.#hosts.matching(host).length > 0
  }

  /** What comes of a request; calls no application. */
  resolve(asked: Asked): Outcome {
    try {
      return this.settle(this.find(asked), asked)
    } catch (error) {
      return refuseUndecodable(error)
    }
  }

  /**
   * The rule that takes a request, or the same one with another path: of those for WebSockets first where one is offered, and of the more specific host first.
   *
   * Throws a BadRequest when a parameter is no valid percent-encoding of UTF-8.
   */
  find(asked: Asked, path: string = asked.path): Found | undefined {
    if (this.isCommon) return this.common.find(path, asked.method)
    const forWebSocket = asked.websocket ? this.#findAmong('websocket', asked, path) : undefined
    return forWebSocket ?? this.#findAmong('ordinary', asked, path)
  }

  /** What comes of a request for which `find` just gave this. */
  settle(found: Found | undefined, asked: Asked): Outcome {
    if (found !== undefined && !isFallback(found)) {
      const moved = found.rule.givesWay ? this.#canonicalOf(found, asked) : undefined
      return moved === undefined ? found : { rule: undefined, status: 308, ...moved }
    }
    const refusal = found === undefined ? this.#refusal(asked) : undefined
    if (refusal === undefined || mayRedirect(refusal)) {
      const isWhole = asked.scriptName === ''
      const look = (form: string): Found | undefined => this.#look(asked, form)
      const path = findSlashForm(asked.path, isWhole, this.#slashes, asked, look)
      if (path !== undefined) return { rule: undefined, status: 308, path, host: undefined }
    }
    return found ?? (refusal as Refused)
  }

  #canonicalOf(found: Found, asked: Asked): Moved | undefined {
    return this.#canonical.find(found, asked.method, (path, host) =>
      this.#look(host === undefined ? asked : { ...asked, host }, path),
    )
  }

  #look(asked: Asked, path: string): Found | undefined {
    try {
      return this.find(asked, path)
    } catch (error) {
      if (error instanceof BadRequest) return undefined
      throw error
    }
  }

  #refusal(asked: Asked): Refused {
    const { path, method, host, websocket } = asked
    const tried = [...this.#hosts.matching(host).map(({ slot }) => slot.ordinary), this.common]
    const refused = combineRefusals(tried.map((matcher) => matcher.refusal(path, method)))
    if (refused.status === 404 && isForServer(asked))
      return { rule: undefined, status: 204, allow: this.#methods.list() }
    if (refused.status !== 404 || websocket || !this.#hasWebSockets) return refused
    const needsWebSocket = this.#findAmong('websocket', asked, path) !== undefined
    return needsWebSocket ? { ...refused, status: 400, needsWebSocket } : refused
  }

  #findAmong(kind: keyof HostRules, { host, method }: Asked, path: string): Found | undefined {
    for (const { slot, params } of this.#hosts.matching(host)) {
      const found = slot[kind].find(path, method)
      if (found === undefined) continue
      // Names of the host are none of the path, so that they only go over defaults.
      if (params === NO_PARAMS) return found
      return new Found(found.rule, { ...found.params, ...params }, found.scriptName, found.pathInfo)
    }
    return this.#hosts.anywhere[kind].find(path, method)
  }

  #matchersOf({ parsedHost, websocket }: Rule): Matcher[] {
    return this.#hosts.slotsOf(parsedHost).map((slot) => (websocket ? slot.websocket : slot.ordinary))
  }

  #mountNames(rule: Rule, router: MountedRouter): void {
    const inner = ruleSetOf(router.app)
    if (inner === undefined) {
      throw new TypeError(
        `Got a router for ${describeRule(rule)} that is none of this package; mount its \`app\`, whose names are not taken over.`,
      )
    }
    this.names.mount(rule, inner.names)
    this.#methods.mount(inner.#methods)
  }
}

function endsInSlash({ segments }: Alternative): boolean {
  const last = segments.at(-1)
  return segments.length > 1 && last?.kind === 'static' && last.text === ''
}

/** Of the requests to a router that is not mounted, `OPTIONS *` alone has an empty path (clause 2). */
function isForServer({ method, path, scriptName }: Asked): boolean {
  return method === 'OPTIONS' && path === '' && scriptName === ''
}

/** The refusal for a path that cannot be decoded; throws whatever else was thrown. */
export function refuseUndecodable(error: unknown): Refused {
  if (error instanceof BadRequest) return { rule: undefined, status: 400, allow: [] }
  throw error
}

/** Another form of the path may take what this one does not; OPTIONS is answered here, and what cannot be decoded has no form. */
function mayRedirect({ status, needsWebSocket }: Refused): boolean {
  return status === 404 || status === 405 || needsWebSocket === true
}

/** Notes whose rules an application has, for the router that it may be mounted in. */
export function noteRuleSet(app: Application, rules: RuleSet): void {
  ruleSets.set(app, rules)
}

/** The rules of a router's application. */
export function ruleSetOf(app: Application): RuleSet | undefined {
  return ruleSets.get(app)
}

const ruleSets: WeakMap<Application, RuleSet> = new WeakMap()
