/**
 * Redirects a path that no rule has to the one with other slashes that a rule has.
 *
 * The threat: `//host/path` as a Location leads to another site. Whatever the path of the request was, what is made of it here starts
 * with exactly one slash, and no backslash follows, which browsers take for one. Locations stay on the host that was asked.
 *
 * @module
 */
import type { Mounts } from './external-url.ts'
import type { Found } from './found.ts'
import { localPath } from './redirect-target.ts'

/** Which redirects there are. */
export interface SlashFlags {
  readonly redirectSlashes: boolean
  readonly mergeSlashes: boolean
}

/** What the rules of a router want, and have. */
export interface SlashNeeds extends SlashFlags {
  /** Whether any rule has a slash at its end, but for the one of the root. */
  readonly slashEnds: boolean
}

/** Which redirects a rule, or whoever mounted the router, wants; what is `undefined` is left to what is around. */
export type SlashOptions = { readonly [Flag in keyof SlashFlags]?: boolean | undefined }

/** What the mounts that a request came through say, the innermost first; true where none of them says anything. */
export function inheritedFlag(mounts: Mounts | undefined, flag: keyof SlashFlags): boolean {
  for (let mount = mounts; mount !== undefined; mount = mount.outer) {
    const said = mount.slashes[flag]
    if (said !== undefined) return said
  }
  return true
}

/**
 * The path that a rule has when runs of slashes are merged, or the slash at the end is added or taken away; the nearest one first, and each only
 * if the rule says so, or says nothing and `inherited` does. `isWhole` says that the path is the whole path of the request, whose first slash cannot be
 * taken away. `needs` are false for what no rule wants. `look` finds what takes the request with another path.
 */
export function findSlashForm(
  path: string,
  isWhole: boolean,
  needs: SlashNeeds,
  inherited: SlashOptions,
  look: (path: string) => Found | undefined,
): string | undefined {
  const toggled = formOf(path, isWhole, needs)
  const isTaken = (form: string, needed: SlashFlags): boolean => takes(form, needed, inherited, look)
  if (toggled !== undefined && isTaken(toggled, { redirectSlashes: true, mergeSlashes: false }))
    return toggled
  if (!needs.mergeSlashes || !path.includes('//')) return undefined
  const merged = path.replace(/\/{2,}/g, '/')
  if (isTaken(merged, { redirectSlashes: false, mergeSlashes: true })) return merged
  // Whatever the rules end in: a rule that wants no merging may have kept this path from a wildcard that has it with a slash, too.
  const both = needs.redirectSlashes ? toggleEnd(merged, isWhole) : undefined
  return both !== undefined && isTaken(both, needs) ? both : undefined
}

/** Whether there is a redirect to a rule: what it says itself, or else what it inherits. */
export function wants(rule: SlashOptions, inherited: SlashOptions, flag: keyof SlashFlags): boolean {
  return rule[flag] ?? inherited[flag] ?? true
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

function takes(
  form: string,
  needed: SlashFlags,
  inherited: SlashOptions,
  look: (path: string) => Found | undefined,
): boolean {
  // What starts with two slashes is another path once it stands in a Location.
  if (form.startsWith('//')) return false
  const found = look(form)
  if (found === undefined || isFallback(found)) return false
  return (
    (!needed.mergeSlashes || wants(found.rule, inherited, 'mergeSlashes')) &&
    (!needed.redirectSlashes || wants(found.rule, inherited, 'redirectSlashes'))
  )
}

/**
 * The path with a slash more or less at its end, unless no rule has it. A slash at the end is only taken by static text, and by a wildcard or a mount
 * that takes the path without it too.
 */
function formOf(path: string, isWhole: boolean, needs: SlashNeeds): string | undefined {
  if (!needs.redirectSlashes || !(needs.slashEnds || path === '' || path.endsWith('/'))) return undefined
  return toggleEnd(path, isWhole)
}

/** The path with a slash more or less at its end. The whole path of a request is never empty but for `OPTIONS *`, which is no path. */
export function toggleEnd(path: string, isWhole: boolean): string | undefined {
  if (isWhole && (path === '' || path === '/')) return undefined
  return path.endsWith('/') ? path.slice(0, -1) : `${path}/`
}
