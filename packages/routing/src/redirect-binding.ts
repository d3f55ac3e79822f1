import type { Rule } from './rule.ts'

/** What a redirect has to know of its rule. */
export type RedirectingRule = Pick<Rule, 'app' | 'pattern' | 'parsed' | 'parsedHost' | 'defaults' | 'mounted'>

/** The application, of which is noted how it is made one of a rule. */
export function noteBinding(app: Rule['app'], bind: (rule: RedirectingRule) => Rule['app']): Rule['app'] {
  bindings.set(app, bind)
  return app
}

/**
 * The application of a rule: a redirect learns the converters of the rule, others stay as they are. Throws a TypeError for a redirect with
 * parameters that the rule does not capture.
 */
export function bindRedirect(rule: RedirectingRule): Rule['app'] {
  return bindings.get(rule.app)?.(rule) ?? rule.app
}

const bindings: WeakMap<Rule['app'], (rule: RedirectingRule) => Rule['app']> = new WeakMap()
