import { equalValues } from './equal-values.ts'
import type { Rule } from './rule.ts'

/**
 * The rule whose URL is the canonical one for what another rule of the same name captured: an alias gives way to any other rule that can be built,
 * and a rule that captured the defaults of another one gives way to that one. `undefined` for the canonical rule itself.
 */
export function canonicalRule(
  rule: Rule,
  params: Readonly<Record<string, unknown>>,
  siblings: readonly Rule[],
): Rule | undefined {
  const fitting = siblings.filter((other) => {
    if (other === rule || other.alias || other.buildOnly) return false
    return rule.alias ? canBeBuilt(other, params) : providesDefaults(other, rule, params)
  })
  return fitting.reduce<Rule | undefined>(
    (best, other) => (best === undefined || isCloser(other, best, params) ? other : best),
    undefined,
  )
}

/** Whether a rule may have to give way to one of the others, so that they are compared for each request. */
export function mayRedirect(rule: Rule, siblings: readonly Rule[], redirectDefaults: boolean): boolean {
  if (rule.alias) return true
  return redirectDefaults && siblings.some((other) => isMoreSpecific(other, rule))
}

/** The names of all parameters of a rule, of its path and its host. */
export function parameterNames({ parsed, parsedHost }: Rule): Set<string> {
  return new Set([...parsed.names, ...(parsedHost?.names ?? [])])
}

function providesDefaults(other: Rule, rule: Rule, params: Readonly<Record<string, unknown>>): boolean {
  return isMoreSpecific(other, rule) && hasDefaults(other, params, rule)
}

/** Whether a rule has a place for more of what was captured, or has more of it fixed. */
function isCloser(other: Rule, best: Rule, params: Readonly<Record<string, unknown>>): boolean {
  const difference = countPlaced(other, params) - countPlaced(best, params)
  return difference > 0 || (difference === 0 && countFixed(other) > countFixed(best))
}

function countPlaced(rule: Rule, params: Readonly<Record<string, unknown>>): number {
  return [...givenNames(rule)].filter((name) => Object.hasOwn(params, name)).length
}

function canBeBuilt(other: Rule, params: Readonly<Record<string, unknown>>): boolean {
  const given = new Set(Object.keys(params))
  return [...requiredNames(other)].every((name) => given.has(name)) && hasDefaults(other, params, other)
}

/** Whether both give the same parameters, and the other one has more of them fixed. So no two rules give way to each other. */
function isMoreSpecific(other: Rule, rule: Rule): boolean {
  if (other === rule || other.alias || other.buildOnly || countFixed(other) <= countFixed(rule)) return false
  const [names, otherNames] = [givenNames(rule), givenNames(other)]
  return names.size === otherNames.size && [...names].every((name) => otherNames.has(name))
}

/** Whether what was captured, as far as the rule has no parameter for it, are its defaults. */
function hasDefaults(rule: Rule, params: Readonly<Record<string, unknown>>, by: Rule): boolean {
  const names = parameterNames(rule)
  return Object.entries(rule.defaults ?? {}).every(([name, value]) => {
    if (names.has(name) || !Object.hasOwn(params, name)) return true
    const converter = by.parsed.converters.get(name)
    const captured = params[name]
    return (
      equalValues(captured, value) ||
      (converter !== undefined &&
        sameText(
          () => converter.format(captured),
          () => converter.format(value),
        ))
    )
  })
}

function sameText(left: () => string, right: () => string): boolean {
  try {
    return left() === right()
  } catch {
    // A default that the converter cannot format is no value of the parameter.
    return false
  }
}

function requiredNames(rule: Rule): Set<string> {
  const names = parameterNames(rule)
  const [first, ...others] = rule.parsed.alternatives.map(
    ({ captures }) => new Set(captures.map(({ name }) => name)),
  )
  for (const name of rule.parsed.names) {
    const optional = [first, ...others].some((captured) => captured !== undefined && !captured.has(name))
    if (optional || Object.hasOwn(rule.defaults ?? {}, name)) names.delete(name)
  }
  return names
}

function givenNames(rule: Rule): Set<string> {
  return new Set([...parameterNames(rule), ...Object.keys(rule.defaults ?? {})])
}

/** How many parameters have their value from the defaults alone. */
function countFixed(rule: Rule): number {
  const names = parameterNames(rule)
  return Object.keys(rule.defaults ?? {}).filter((name) => !names.has(name)).length
}
