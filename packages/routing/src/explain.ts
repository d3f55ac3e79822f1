import { normalizeHost } from '@stapel/core/http'
import { compareHosts } from './compare-hosts.ts'
import type { Failure } from './explain-failure.ts'
import { labelBounds } from './host-labels.ts'
import type { HostAlternative } from './host-pattern.ts'
import { matchHost } from './match-host.ts'
import { countMisses } from './near-miss.ts'
import type { Rule } from './rule.ts'
import { type SlashOptions, toggleEnd, wants } from './slash-redirect.ts'
import { compareWays, type Way } from './specificity.ts'
import { splitPath, type Walk, walkAlternative } from './walk-alternative.ts'

/** What is asked of the rules; the flags are what they inherit. */
export interface ExplainedRequest extends SlashOptions {
  readonly method: string
  /** Percent-encoded in normal form, as `PATH_INFO` is. */
  readonly path: string
  /** The value of a `Host` header. */
  readonly host?: string | undefined
  /** Whether the request offers a WebSocket. @default false */
  readonly websocket?: boolean | undefined
  /** Where the router is mounted. @default '' */
  readonly scriptName?: string | undefined
}

/** A rule that was tried. */
export interface TriedRule {
  readonly rule: Rule
  /** The part of the path that its pattern matched, from the left. */
  readonly matched: string
  /** Why it does not answer; `undefined` for the rule that does. */
  readonly failure: Failure | undefined
}

/** What came of each rule. */
export interface TriedRules {
  /** In the order in which they are tried, the most specific first, at most {@link TRIED_LIMIT}. */
  readonly tried: readonly TriedRule[]
  /** Rules that were not tried, and would match if little of the request were different; the nearest first, at most {@link NEAR_LIMIT}. */
  readonly near: readonly TriedRule[]
  /** How many rules the limits left out; all of them for a path of more than {@link SEGMENT_LIMIT} segments. */
  readonly omitted: number
}

/** The most rules shown that were tried; those that matched least are left out. */
export const TRIED_LIMIT = 20
/** The most rules shown that were not tried. */
export const NEAR_LIMIT = 5
/** The most segments of a path whose rules are tried one by one; it costs that many steps for each rule that begins with a wildcard. */
export const SEGMENT_LIMIT = 1_000

/**
 * Tries all rules, one by one, as the matcher would: slow, and without a part of it. The first of `tried` that has no failure is the rule that
 * the matcher finds.
 */
export function tryRules(rules: Iterable<Rule>, request: ExplainedRequest): TriedRules {
  const segments = splitPath(request.path)
  if (segments === undefined) return { tried: [], near: [], omitted: 0 }
  if (segments.length > SEGMENT_LIMIT) return { tried: [], near: [], omitted: [...rules].length }
  const asked: Asked = {
    ...request,
    segments,
    normalHost: request.host === undefined ? undefined : normalizeHost(request.host),
    otherSlashes: otherSlashes(request),
  }
  const tried: Attempt[] = []
  const near: Attempt[] = []
  let index = 0
  for (const rule of rules) {
    const attempt = attemptRule(rule, asked, index++)
    if (attempt !== undefined) (attempt.near === undefined ? tried : near).push(attempt)
  }
  tried.sort(compareAttempts)
  const answering = tried.findIndex(({ failure, ends }) => failure === undefined || ends)
  const shown = tried.flatMap((attempt, i): Attempt[] => {
    if (answering === -1 || i <= answering) return [attempt]
    return attempt.failure === undefined ? [{ ...attempt, failure: { kind: 'later' } }] : []
  })
  near.sort((a, b) => (a.near as number) - (b.near as number) || compareAttempts(a, b))
  const kept = keepFurthest(shown)
  const nearest = near.slice(0, NEAR_LIMIT)
  return {
    tried: kept.map(toTried),
    near: nearest.map(toTried),
    omitted: shown.length - kept.length + near.length - nearest.length,
  }
}

/** What is asked, taken apart once for all rules. */
interface Asked extends ExplainedRequest {
  readonly segments: readonly string[]
  readonly normalHost: string | undefined
  readonly otherSlashes: readonly SlashForm[]
}

/** Another form of a path, and what must be allowed so that it is redirected to. */
interface SlashForm {
  readonly path: string
  readonly segments: readonly string[]
  readonly merges: boolean
  readonly toggles: boolean
}

/** One rule, and all that orders it among others. */
interface Attempt extends Way {
  readonly rule: Rule
  readonly index: number
  readonly path: readonly string[]
  readonly host: HostAlternative | undefined
  readonly method: number
  readonly matchedSegments: number
  readonly failure: Failure | undefined
  /** Whether nothing is tried after it, although it does not answer. */
  readonly ends: boolean
  /** How far from a match it is, for a rule that is not tried. */
  readonly near: number | undefined
}

function attemptRule(rule: Rule, request: Asked, index: number): Attempt | undefined {
  const { segments: path } = request
  const best = walkRule(rule, path)
  const matchedHost = hostOf(rule, request.normalHost)
  const onHost = rule.host === undefined || matchedHost !== undefined
  const method = rankMethod(rule, request.method)
  const attempt = {
    rule,
    index,
    path,
    host: matchedHost,
    method: method ?? 0,
    mounted: rule.mounted,
    segments: best.segments,
    wildcards: best.walk.wildcards,
    matchedSegments: best.walk.segments,
    ends: false,
  }
  const { failure } = best.walk
  if (failure === undefined) {
    if (rule.buildOnly) return { ...attempt, failure: { kind: 'build-only' }, near: 0 }
    if (!onHost) {
      return {
        ...attempt,
        failure: { kind: 'host', expected: rule.host as string, got: request.host },
        near: 0,
      }
    }
    const refusal = refusalOf(rule, request, method, best.walk.undecodable)
    return { ...attempt, failure: refusal, ends: refusal?.kind === 'encoding', near: undefined }
  }
  if (rule.buildOnly || !onHost) return undefined
  const forms = request.otherSlashes.filter(
    (form) => walkRule(rule, form.segments).walk.failure === undefined,
  )
  // `/` is `//` without the slash at its end, and with its slashes merged.
  const other = forms.find((form) => isAllowed(rule, request, form)) ?? forms[0]
  if (other !== undefined) {
    return { ...attempt, failure: slashFailure(rule, request, method, other), near: undefined }
  }
  if (attempt.matchedSegments > 0 || failure.kind === 'converter' || failure.kind === 'encoding') {
    return { ...attempt, failure, near: undefined }
  }
  const misses = rule.parsed.alternatives
    .map((alternative) => countMisses(alternative, path, rule.mounted))
    .filter((count) => count !== undefined)
  return misses.length === 0 ? undefined : { ...attempt, failure, near: Math.min(...misses) }
}

/** Why a rule whose path and host match does not answer. */
function refusalOf(
  rule: Rule,
  request: ExplainedRequest,
  method: number | undefined,
  undecodable: Walk['undecodable'],
): Failure | undefined {
  if (rule.websocket && request.websocket !== true) return { kind: 'websocket' }
  if (method === undefined) return { kind: 'method', methods: rule.methods as readonly string[] }
  return undecodable
}

interface RuleWalk {
  readonly segments: Way['segments']
  readonly walk: Walk
}

/** The way that the matcher would take through the optional groups of a rule, or else the one that leads furthest. */
function walkRule(rule: Rule, path: readonly string[]): RuleWalk {
  const walks = rule.parsed.alternatives.map((alternative): RuleWalk => {
    return { segments: alternative.segments, walk: walkAlternative(alternative, path, rule.mounted) }
  })
  return walks.reduce((best, next) => (isBetter(next, best, rule.mounted) ? next : best))
}

function isBetter(next: RuleWalk, best: RuleWalk, mounted: boolean): boolean {
  const nextMatches = next.walk.failure === undefined
  if (nextMatches !== (best.walk.failure === undefined)) return nextMatches
  if (!nextMatches) return next.walk.segments > best.walk.segments
  const [left, right] = [next, best].map(({ segments, walk }) => {
    return { segments, wildcards: walk.wildcards, mounted }
  }) as [Way, Way]
  return compareWays(left, right) < 0
}

/** The most specific way in which a rule's host pattern matches. */
function hostOf(rule: Rule, host: string | undefined): HostAlternative | undefined {
  if (rule.parsedHost === undefined || host === undefined) return undefined
  const bounds = labelBounds(host)
  return rule.parsedHost.alternatives
    .filter((alternative) => matchHost(alternative, host, bounds) !== undefined)
    .sort(compareHosts)[0]
}

/** 0 for a method that is named, 1 for HEAD where GET is, 2 for a rule for every method; `undefined` when it is not answered. */
function rankMethod({ methods }: Rule, method: string): number | undefined {
  if (methods === undefined) return 2
  if (methods.includes(method)) return 0
  return method === 'HEAD' && methods.includes('GET') ? 1 : undefined
}

function compareAttempts(a: Attempt, b: Attempt): number {
  return (
    Number(b.rule.websocket) - Number(a.rule.websocket) ||
    compareOptionalHosts(a.host, b.host) ||
    compareWays(a, b) ||
    a.method - b.method ||
    a.index - b.index
  )
}

function compareOptionalHosts(a: HostAlternative | undefined, b: HostAlternative | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  return compareHosts(a, b)
}

/** The other forms of a path that a redirect may lead to, the nearest first. */
function otherSlashes({ path, scriptName = '' }: ExplainedRequest): SlashForm[] {
  const toggle = (form: string): string => toggleEnd(form, scriptName === '') ?? form
  const merged = path.replace(/\/{2,}/g, '/')
  const merges = merged !== path
  const forms = [
    { path: toggle(path), merges: false, toggles: true },
    { path: merged, merges, toggles: false },
    { path: toggle(merged), merges, toggles: true },
  ]
  return forms
    .filter((form) => form.path !== path && !form.path.startsWith('//'))
    .map((form) => ({ ...form, segments: splitPath(form.path) ?? [] }))
}

function slashFailure(rule: Rule, request: Asked, method: number | undefined, form: SlashForm): Failure {
  const { path } = form
  if (!isAllowed(rule, request, form)) return { kind: 'slash', path, instead: { kind: 'off' } }
  const refusal = refusalOf(rule, request, method, undefined)
  if (refusal?.kind !== 'method' && refusal?.kind !== 'websocket') return { kind: 'slash', path }
  return { kind: 'slash', path, instead: refusal }
}

function isAllowed(rule: Rule, request: Asked, { merges, toggles }: SlashForm): boolean {
  return (
    (!merges || wants(rule, request, 'mergeSlashes')) && (!toggles || wants(rule, request, 'redirectSlashes'))
  )
}

/** Keeps the order. */
function keepFurthest(attempts: readonly Attempt[]): readonly Attempt[] {
  if (attempts.length <= TRIED_LIMIT) return attempts
  const furthest = [...attempts].sort((a, b) => rankOf(b) - rankOf(a)).slice(0, TRIED_LIMIT)
  const kept = new Set(furthest)
  return attempts.filter((attempt) => kept.has(attempt))
}

function rankOf({ failure, matchedSegments }: Attempt): number {
  return failure === undefined ? Infinity : matchedSegments
}

function toTried({ rule, path, matchedSegments, failure }: Attempt): TriedRule {
  const matched = path
    .slice(0, matchedSegments)
    .map((segment) => `/${segment}`)
    .join('')
  return { rule, matched, failure }
}
