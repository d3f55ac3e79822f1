import type { TracedRule } from '@stapel/core'
import { statusLine } from '@stapel/core/http'
import { isDecodable } from './capture.ts'
import { type ExplainedRequest, type TriedRule, type TriedRules, tryRules } from './explain.ts'
import { type Failure, formatFailure, quotePath } from './explain-failure.ts'
import { quote } from './quote.ts'
import { describeRule, type Rule } from './rule.ts'
import { wants } from './slash-redirect.ts'

/** What the router answers, as `match` gives it. */
export interface ExplainedAnswer {
  readonly rule: Rule | undefined
  /** Whether `unknownHost` answers, since no host pattern matches. */
  readonly unknownHost?: boolean | undefined
  /** What the rule captured. */
  readonly params?: Readonly<Record<string, unknown>> | undefined
  /** What a mount moves to `SCRIPT_NAME`. */
  readonly scriptName?: string | undefined
  /** What is left of the path for what is mounted. */
  readonly pathInfo?: string | undefined
  /** The status, where no rule answers. */
  readonly status?: number | undefined
  /** What `Allow` lists. */
  readonly allow?: readonly string[] | undefined
  /** Where a redirect leads, below where the router is mounted. */
  readonly location?: string | undefined
}

/** As JSON: a rule that was tried. */
export interface TriedRuleJSON {
  readonly rule: TracedRule
  readonly matched: string
  readonly failure?: Failure
}

/** As JSON: what {@link Explanation} tells. */
export interface ExplanationJSON {
  readonly method: string
  readonly path: string
  readonly host?: string
  readonly rule?: TracedRule
  readonly unknownHost?: true
  readonly params?: Readonly<Record<string, unknown>>
  readonly status?: number
  readonly allow?: readonly string[]
  readonly location?: string
  readonly tried: readonly TriedRuleJSON[]
  readonly near: readonly TriedRuleJSON[]
  readonly omitted: number
  /** Of the router that is mounted where the rule answers. */
  readonly inner?: ExplanationJSON
}

/** Explains what a router answers; calls no application, and the converters of rules that the matcher may have passed over. */
export function explain(
  rules: Iterable<Rule>,
  request: ExplainedRequest,
  answer: ExplainedAnswer,
): Explanation {
  const { tried, ...rest } = tryRules(rules, request)
  if (answer.rule !== undefined) return new Explanation(request, answer, { tried, ...rest })
  const kind = answer.status === 308 ? 'redirect' : 'unknown-host'
  const failed = tried.map((each): TriedRule => {
    return each.failure === undefined ? { ...each, failure: { kind } } : each
  })
  return new Explanation(request, answer, { tried: failed, ...rest })
}

/** Why a router answers a request as it does; `toString()` and `console.log` print it, `toJSON()` gives plain data. */
export class Explanation {
  static {
    // What `console.log` asks for on Node, Deno and Bun.
    Object.defineProperty(Explanation.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: Explanation): string {
        return this.toString()
      },
    })
  }

  readonly request: ExplainedRequest
  /** The rule that answers with what it captured, the redirect, or the refusal. */
  readonly answer: ExplainedAnswer
  /** The rules that were tried, the most specific first; behind the one that answers, those that match too. */
  readonly tried: readonly TriedRule[]
  /** Rules that were not tried, and are near to a match; the nearest first. */
  readonly near: readonly TriedRule[]
  /** How many rules were left out, because there are too many to show. */
  readonly omitted: number

  constructor(request: ExplainedRequest, answer: ExplainedAnswer, { tried, near, omitted }: TriedRules) {
    this.request = request
    this.answer = answer
    this.tried = tried
    this.near = near
    this.omitted = omitted
  }

  /** What the router says that is mounted where the rule answers; `undefined` when no router was given to `mount`. */
  get inner(): Explanation | undefined {
    const { method, host, websocket, scriptName = '' } = this.request
    const { rule, pathInfo } = this.answer
    if (rule === undefined || pathInfo === undefined) return undefined
    return rule.router?.explain(method, pathInfo, host, {
      websocket,
      scriptName: scriptName + (this.answer.scriptName ?? ''),
      redirectSlashes: wants(rule, this.request, 'redirectSlashes'),
      mergeSlashes: wants(rule, this.request, 'mergeSlashes'),
    })
  }

  toString(): string {
    return this.#print(this.request.scriptName ?? '')
  }

  #print(mount: string): string {
    const { method, path, host } = this.request
    const place = mount === '' ? '' : `, mounted at ${bare(mount)}`
    const asked = `${method} ${host === undefined ? '' : bare(host)}${bare(mount)}${bare(path)}${place}`
    const lines = [`${asked}: ${describeAnswer(this.answer, path)}`]
    if (this.tried.length > 0) lines.push('Tried, the most specific first:', ...table(this.tried))
    if (this.near.length > 0) lines.push('Near to it:', ...table(this.near))
    const shown = this.tried.length + this.near.length
    if (shown === 0 && this.omitted === 0) lines.push('No rule is like it.')
    if (shown === 0 && this.omitted > 0) lines.push('The path is too long to try the rules one by one.')
    if (shown > 0 && this.omitted > 0) lines.push(`${this.omitted} more left out`)
    const { rule } = this.answer
    const { inner } = this
    if (rule !== undefined && inner !== undefined) {
      lines.push(`In ${labelOf(rule)}:`, inner.#print('').replace(/^/gm, '  '))
    }
    return lines.join('\n')
  }

  toJSON(): ExplanationJSON {
    const { method, path, host } = this.request
    const { rule, unknownHost, params, status, allow, location } = this.answer
    const { inner } = this
    return {
      method,
      path,
      ...(host !== undefined && { host }),
      ...(rule && { rule: ruleJSON(rule) }),
      ...(unknownHost && { unknownHost }),
      ...(params && { params }),
      ...(status !== undefined && { status }),
      ...(allow && allow.length > 0 && { allow }),
      ...(location !== undefined && { location }),
      tried: this.tried.map(triedJSON),
      near: this.near.map(triedJSON),
      omitted: this.omitted,
      ...(inner && { inner: inner.toJSON() }),
    }
  }
}

function describeAnswer(answer: ExplainedAnswer, path: string): string {
  const { rule, unknownHost, params = {}, status = 404, allow = [], location } = answer
  if (unknownHost) return 'unknownHost answers, since no host pattern matches'
  if (rule !== undefined) {
    const captured = Object.entries(params).map(([name, value]) => `${name} = ${formatValue(value)}`)
    return `${labelOf(rule)} answers${captured.length === 0 ? '' : `, ${captured.join(', ')}`}`
  }
  const line = statusLine(status).trimEnd()
  if (location !== undefined) return `${line}, to ${quotePath(location)}`
  if (status === 400 && !isDecodable(path)) return `${line}, the path is no valid percent-encoding of UTF-8`
  return allow.length === 0 ? line : `${line}, Allow: ${allow.join(', ')}`
}

function labelOf(rule: Rule): string {
  return rule.name === undefined ? describeRule(rule) : `${describeRule(rule)} (${rule.name})`
}

function table(rules: readonly TriedRule[]): string[] {
  const width = Math.max(...rules.map(({ rule }) => labelOf(rule).length))
  return rules.map(({ rule, matched, failure }) => {
    const text = failure === undefined ? 'answers' : formatFailure(failure, matched)
    return `  ${labelOf(rule).padEnd(width)}  ${text}`
  })
}

/** As it is, without the quotes. */
function bare(text: string): string {
  return quote(text).slice(1, -1)
}

function formatValue(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`
  return bare(String(value))
}

function triedJSON({ rule, matched, failure }: TriedRule): TriedRuleJSON {
  return { rule: ruleJSON(rule), matched, ...(failure && { failure }) }
}

/** What a rule is, as plain data. */
export function ruleJSON({ pattern, methods, host, name }: Rule): TracedRule {
  return {
    pattern,
    ...(methods && { methods }),
    ...(host !== undefined && { host }),
    ...(name !== undefined && { name }),
  }
}
