import type { Rule } from './rule.ts'

/** A rule that answers, and what it captured. */
export class Found {
  declare readonly rule: Rule
  /** Over the defaults of the rule; `NO_PARAMS` where there are neither. */
  declare readonly params: Readonly<Record<string, unknown>>
  /** What a mount moves to `SCRIPT_NAME`; `''` for other rules. */
  declare readonly scriptName: string
  /** What is left for the application. */
  declare readonly pathInfo: string

  constructor(rule: Rule, params: Readonly<Record<string, unknown>>, scriptName: string, pathInfo: string) {
    this.rule = rule
    this.params = params
    this.scriptName = scriptName
    this.pathInfo = pathInfo
  }
}
