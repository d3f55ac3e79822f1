/**
 * Redirects a path that no rule has to the one with other slashes that a rule has.
 *
 * The threat: `//host/path` as a Location leads to another site. Whatever the path of the request was, what is made of it here starts
 * with exactly one slash, and no backslash follows, which browsers take for one. Locations stay on the host that was asked.
 *
 * @module
 */
import type { Found } from './matcher.ts'
import { localPath } from './redirect-target.ts'
import type { Rule } from './rule.ts'

/** Which redirects there are. */
export type SlashFlags = Pick<Rule, 'redirectSlashes' | 'mergeSlashes'>

/**
 * The path that a rule has when runs of slashes are merged, or the slash at the end is added or taken away; the nearest one first, and each only
 * if the rule says so. `isWhole` says that the path is the whole path of the request, whose first slash cannot be taken away. `flags` are false for
 * what no rule says. `look` finds what takes the request with another path.
 */
export function findSlashForm(
  path: string,
  isWhole: boolean,
  flags: SlashFlags,
  look: (path: string) => Found | undefined,
): string | undefined {
  const { redirectSlashes } = flags
  const toggled = redirectSlashes ? toggleEnd(path, isWhole) : undefined
  if (toggled !== undefined && isTaken(toggled, { redirectSlashes, mergeSlashes: false }, look))
    return toggled
  if (!flags.mergeSlashes || !path.includes('//')) return undefined
  const merged = path.replace(/\/{2,}/g, '/')
  if (isTaken(merged, { redirectSlashes: false, mergeSlashes: true }, look)) return merged
  const both = redirectSlashes ? toggleEnd(merged, isWhole) : undefined
  return both !== undefined && isTaken(both, flags, look) ? both : undefined
}

/** A fallback takes whatever path there is, so that it says nothing about slashes. */
export function isFallback({ rule, scriptName }: Found): boolean {
  return rule.mounted && scriptName === ''
}

/** Where a path of the router is, as the value of `Location`: below the mount, with the query. */
export function formatLocation(scriptName: string, path: string, query: string): string {
  const whole = localPath(scriptName + path) ?? '/'
  return query === '' ? whole : `${whole}?${query}`
}

function isTaken(form: string, needed: SlashFlags, look: (path: string) => Found | undefined): boolean {
  // What starts with two slashes is another path once it stands in a Location.
  if (form.startsWith('//')) return false
  const found = look(form)
  if (found === undefined || isFallback(found)) return false
  const { mergeSlashes, redirectSlashes } = found.rule
  return (mergeSlashes || !needed.mergeSlashes) && (redirectSlashes || !needed.redirectSlashes)
}

/** The whole path of a request is never empty but for `OPTIONS *`, which is no path. */
function toggleEnd(path: string, isWhole: boolean): string | undefined {
  if (isWhole && (path === '' || path === '/')) return undefined
  return path.endsWith('/') ? path.slice(0, -1) : `${path}/`
}
