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
  const outlined: Outlined = { [outlineSymbol]: () => Array.from(rules, nodeOf) }
  return Object.assign(app, outlined)
}

function nodeOf(rule: Rule): OutlineNode {
  const name = rule.name === undefined ? describeRule(rule) : `${describeRule(rule)} (${rule.name})`
  const { layers, inner } = peel(outline(rule.layered).root)
  const kind = kindOf(rule)
  const row: OutlineRow = {
    ...(rule.methods && { methods: rule.methods }),
    ...(kind !== undefined && { kind }),
    pattern: rule.pattern,
    ...(rule.host !== undefined && { host: rule.host }),
    ...(rule.name !== undefined && { name: rule.name }),
    ...(!rule.buildOnly && { application: inner.name }),
    ...(layers.length > 0 && { layers }),
  }
  if (inner.children === undefined) return { name, row }
  return { name, row, children: rule.mounted ? below(rule, inner.children) : inner.children }
}

function kindOf({ buildOnly, mounted, websocket, alias }: Rule): string | undefined {
  if (buildOnly) return 'build-only'
  if (mounted) return 'mount'
  if (websocket) return 'websocket'
  return alias ? 'alias' : undefined
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

/** The rows with their patterns as seen from outside the mount, and with the names by which `url` of the outer router knows them. */
function below(mount: Rule, nodes: readonly OutlineNode[]): OutlineNode[] {
  const prefix = mount.pattern === '/' ? '' : mount.pattern
  const names = mount.router === undefined ? '' : (mount.name ?? '')
  return nodes.map(({ row, children, name }) => ({
    name,
    ...(row && {
      row: {
        ...row,
        pattern: prefix + row.pattern,
        ...(row.name !== undefined && { name: names + row.name }),
      },
    }),
    ...(children && { children: below(mount, children) }),
  }))
}
