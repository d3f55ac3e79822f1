/**
 * Builds the host of a pattern from values.
 *
 * The threat: a value that makes a URL lead elsewhere (`evil.org/`, `user@evil.org`, `a.b` for one label). Each value must be a label and is brought
 * to lower case and to the ASCII form of IDNA; one that a match would not give back is refused.
 *
 * @module
 */

import { canonicalAddress, HOST_LENGTH_LIMIT } from '@stapel/core/http'
import { BuildError } from './build-error.ts'
import type { Converter } from './converter.ts'
import { normalizeLabel } from './host-labels.ts'
import type { HostAlternative, HostPattern } from './host-pattern.ts'
import { splitLabel } from './match-host.ts'
import type { Parameter, Segment } from './pattern-tokens.ts'
import { describeValue, quote } from './quote.ts'

/**
 * The host for a set of values, in its one form. Only the values of the pattern's own names are looked at; the alternative whose parameters
 * are those given is taken.
 *
 * Throws a {@link BuildError} that names what is missing or does not fit.
 */
export function buildHost(pattern: HostPattern, params: Readonly<Record<string, unknown>>): string {
  const given = [...pattern.names].filter((name) => ownValue(params, name) !== undefined)
  const { labels } = chooseAlternative(pattern, given)
  // An address can only be the whole host.
  const isWhole = labels.length === 1
  const host = labels.map((label) => formatLabel(pattern, label, params, isWhole)).join('.')
  if (host.length <= HOST_LENGTH_LIMIT) return host
  throw refuse(pattern, `${quote(host)} has more than ${HOST_LENGTH_LIMIT} characters`)
}

function refuse(pattern: HostPattern, reason: string): BuildError {
  return new BuildError(`No host of ${JSON.stringify(pattern.source)} can be built: ${reason}.`)
}

function chooseAlternative(pattern: HostPattern, given: readonly string[]): HostAlternative {
  // The first alternative has all parameters, so that there is one in any case.
  let nearest: string[] | undefined
  for (const alternative of pattern.alternatives) {
    const names = alternative.captures.map(({ name }) => name)
    if (!given.every((name) => names.includes(name))) continue
    const missing = names.filter((name) => !given.includes(name))
    if (missing.length === 0) return alternative
    if (nearest === undefined || missing.length < nearest.length) nearest = missing
  }
  throw refuse(pattern, `a value is missing for ${nearest?.join(', ')}`)
}

function formatLabel(
  pattern: HostPattern,
  label: Segment,
  params: Readonly<Record<string, unknown>>,
  isWhole: boolean,
): string {
  switch (label.kind) {
    case 'static':
      return label.text
    case 'parameter':
      return formatParameter(pattern, label.parameter, ownValue(params, label.parameter.name), isWhole)
    case 'wildcard':
      return formatList(pattern, label.name, ownValue(params, label.name))
    case 'mixed':
      return formatMixed(pattern, label.parts, params)
  }
}

function formatParameter(
  pattern: HostPattern,
  { name, converter }: Parameter,
  value: unknown,
  isWhole: boolean,
): string {
  const text = textOf(value, converter)
  const label = normalizeLabel(text) ?? (isWhole ? canonicalAddress(text) : undefined)
  if (label === undefined) throw refuseValue(pattern, name, value)
  checkAccepted(pattern, name, converter, label, value)
  return label
}

function formatList(pattern: HostPattern, name: string, value: unknown): string {
  const labels = Array.isArray(value) ? value.map((each) => normalizeLabel(textOf(each, undefined))) : []
  if (labels.length === 0 || labels.includes(undefined)) {
    throw refuse(pattern, `got ${describeValue(value)} for ${name}, expected a list of labels`)
  }
  return labels.join('.')
}

function formatMixed(
  pattern: HostPattern,
  parts: readonly (string | Parameter)[],
  params: Readonly<Record<string, unknown>>,
): string {
  const texts = parts.map((part) => {
    if (typeof part === 'string') return part
    const value = ownValue(params, part.name)
    const text = textOf(value, part.converter).toLowerCase()
    // IDNA encodes whole labels, so that nothing but ASCII can be part of one.
    if (normalizeLabel(text) !== text) throw refuseValue(pattern, part.name, value)
    checkAccepted(pattern, part.name, part.converter, text, value)
    return text
  })
  const label = texts.join('')
  const taken = splitLabel(parts, label)?.texts
  const values = texts.filter((_, i) => typeof parts[i] !== 'string')
  if (values.some((text, i) => taken?.[i] !== text)) {
    throw refuse(pattern, `${quote(label)} would be taken apart in another way`)
  }
  return label
}

/** Not what every object inherits: a parameter may be called `constructor`. */
function ownValue(params: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(params, name) ? params[name] : undefined
}

function textOf(value: unknown, converter: Converter<unknown> | undefined): string {
  const text = converter === undefined ? value : converter.format(value)
  return typeof text === 'string' ? text : ''
}

function checkAccepted(
  pattern: HostPattern,
  name: string,
  converter: Converter<unknown> | undefined,
  text: string,
  value: unknown,
): void {
  if (converter !== undefined && converter.parse(text) === undefined) {
    throw refuse(pattern, `got ${describeValue(value)} for ${name}, which ${converter.name} does not accept`)
  }
}

function refuseValue(pattern: HostPattern, name: string, value: unknown): BuildError {
  return refuse(pattern, `got ${describeValue(value)} for ${name}, expected a label of a host, without dots`)
}
