import type { OutlineNode } from '@stapel/core'
import { normalizePath } from '@stapel/core/http'

/** So many rules are asked. */
export const RULE_LIMIT = 200

/** Paths that the rules of an outline match, with made-up parameters; of rules that take GET alone, which changes nothing (RFC 9110 section 9.2.1). */
export function pathsOf(root: OutlineNode): string[] {
  const paths = new Set<string>()
  collect(root, paths)
  return [...paths].slice(0, RULE_LIMIT)
}

function collect({ row, children = [] }: OutlineNode, paths: Set<string>): void {
  if (row !== undefined && row.kind === undefined && (row.methods?.includes('GET') ?? true))
    paths.add(pathFor(row.pattern))
  for (const child of children) collect(child, paths)
}

/** A path for a pattern: `/users/:id{/*rest}` gives `/users/1/a/b`. */
export function pathFor(pattern: string): string {
  const path = pattern.replace(
    /\\(.)|([:*])(?:"[^"]*"|[\p{ID_Continue}$]+)|[{}]/gu,
    (_all, escaped, mark) => {
      if (escaped !== undefined) return encodeURIComponent(escaped)
      if (mark === undefined) return ''
      return mark === ':' ? '1' : 'a/b'
    },
  )
  return normalizePath(path.startsWith('/') ? path : `/${path}`) ?? '/'
}
