import type { OuterParams } from './outer-params.ts'
import type { Rule } from './rule.ts'

/** What a redirect has to know of its rule. */
export type RedirectingRule = Pick<Rule, 'app' | 'pattern' | 'parsed' | 'parsedHost' | 'defaults' | 'mounted'>

/** Makes the application that a rule has of one that it was given; `outer` is what the router has around it. */
export type Binding = (rule: RedirectingRule, outer: OuterParams | undefined) => Rule['app']

/** The application, of which is noted how it is made one of a rule. */
export function noteBinding(app: Rule['app'], bind: Binding): Rule['app'] {
  bindings.set(app, bind)
  return app
}

/**
 * The application of a rule: a redirect learns the converters of the rule, others stay as they are. Throws a TypeError for a redirect with
 * parameters that neither the rule nor a mount around its router captures.
 */
export function bindRedirect(rule: RedirectingRule, outer: OuterParams | undefined): Rule['app'] {
  return bindings.get(rule.app)?.(rule, outer) ?? rule.app
}

const bindings: WeakMap<Rule['app'], Binding> = new WeakMap()
