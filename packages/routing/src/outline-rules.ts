import {
  type Application,
  type Outlined,
  type OutlineNode,
  type OutlineRow,
  outline,
  outlineSymbol,
} from '@stapel/core'
import { describeRule, type Rule } from './rule.ts'

/** Makes the outline of an application list rules as a table; those of a router inside a mount stand below it, with its prefix. */
export function outlineRules(app: Application, rules: Iterable<Rule>): Application {
  let open = false
  const outlined: Outlined = {
    [outlineSymbol]: () => {
      // A router that is mounted inside itself has no end.
      if (open) return []
      open = true
      try {
        return Array.from(rules, nodeOf)
      } finally {
        open = false
      }
    },
  }
  return Object.assign(app, outlined)
}

function nodeOf(rule: Rule): OutlineNode {
  const name = rule.name === undefined ? describeRule(rule) : `${describeRule(rule)} (${rule.name})`
  const { layers, inner } = peel(outline(rule.app).root)
  const row: OutlineRow = {
    ...(rule.methods && { methods: rule.methods }),
    ...(rule.mounted && { kind: 'mount' }),
    pattern: rule.pattern,
    ...(rule.name !== undefined && { name: rule.name }),
    application: inner.name,
    ...(layers.length > 0 && { layers }),
  }
  if (inner.children === undefined) return { name, row }
  const prefix = rule.pattern === '/' ? '' : rule.pattern
  return { name, row, children: rule.mounted ? below(prefix, inner.children) : inner.children }
}

/** Takes the layers off an application, down to what answers or chooses. */
function peel(node: OutlineNode): { layers: string[]; inner: OutlineNode } {
  const layers: string[] = []
  let inner = node
  for (;;) {
    const [only, ...others] = inner.children ?? []
    if (only === undefined || others.length > 0 || only.row !== undefined) return { layers, inner }
    layers.push(inner.name)
    inner = only
  }
}

/** The rows with their patterns as seen from outside the mount. */
function below(prefix: string, nodes: readonly OutlineNode[]): OutlineNode[] {
  return nodes.map((node) => ({
    ...node,
    ...(node.row && { row: { ...node.row, pattern: prefix + node.row.pattern } }),
    ...(node.children && { children: below(prefix, node.children) }),
  }))
}
