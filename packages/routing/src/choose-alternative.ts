import type { Capture } from './capture.ts'
import { equalValues } from './equal-values.ts'

/** Values by the names of parameters. */
export type Values = Readonly<Record<string, unknown>>

/** The alternative to fill, or what the nearest one lacks; neither where none has just the parameters that are given. */
export interface Choice<A> {
  readonly alternative?: A
  readonly missing?: readonly string[]
}

/**
 * The way to fill the optional groups of a pattern for a set of values. Every value that is given must be in it, but for one that is the
 * default anyway; a value that is not given may be the default. Of several ways the one with the fewest parameters.
 */
export function chooseAlternative<A extends { readonly captures: readonly Capture[] }>(
  { alternatives, names }: { readonly alternatives: readonly A[]; readonly names: ReadonlySet<string> },
  params: Values,
  defaults: Values | undefined,
): Choice<A> {
  const required = [...names].filter((name) => isGiven(params, name) && !isDefault(params, defaults, name))
  let best: A | undefined
  let nearest: string[] | undefined
  for (const alternative of alternatives) {
    const captured = alternative.captures.map(({ name }) => name)
    if (!required.every((name) => captured.includes(name))) continue
    const missing = captured.filter((name) => valueFor(params, defaults, name) === undefined)
    if (missing.length > 0) {
      if (nearest === undefined || missing.length < nearest.length) nearest = missing
    } else if (best === undefined || captured.length < best.captures.length) best = alternative
  }
  if (best !== undefined) return { alternative: best }
  return nearest === undefined ? {} : { missing: nearest }
}

/** The value of a parameter: the one that is given, otherwise the default; `undefined` without either. */
export function valueFor(params: Values, defaults: Values | undefined, name: string): unknown {
  if (isGiven(params, name)) return params[name]
  return defaults !== undefined && Object.hasOwn(defaults, name) ? defaults[name] : undefined
}

/** Whether a value is given; `undefined` is none. */
export function isGiven(params: Values, name: string): boolean {
  return params[name] !== undefined && Object.hasOwn(params, name)
}

/** Whether the value that is given is the default. */
export function isDefault(params: Values, defaults: Values | undefined, name: string): boolean {
  return defaults !== undefined && Object.hasOwn(defaults, name) && equalValues(defaults[name], params[name])
}
