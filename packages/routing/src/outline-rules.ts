import { type Application, type Outlined, type OutlineNode, outline, outlineSymbol } from '@stapel/core'
import { describeRule, type Rule } from './rule.ts'

/** Makes the outline of an application list rules: method, pattern and name, with the application of each inside. */
export function outlineRules(app: Application, rules: Iterable<Rule>): Application {
  const outlined: Outlined = { [outlineSymbol]: () => Array.from(rules, nodeOf) }
  return Object.assign(app, outlined)
}

function nodeOf(rule: Rule): OutlineNode {
  const name = rule.name === undefined ? describeRule(rule) : `${describeRule(rule)} (${rule.name})`
  const inner = outline(rule.app).root
  // A function written in place has nothing to say.
  return inner.name === 'anonymous' && inner.children === undefined ? { name } : { name, children: [inner] }
}
