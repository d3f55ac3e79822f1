import type { HostAlternative } from './host-pattern.ts'
import { matchMixed } from './mixed-segment.ts'
import type { Parameter, Segment } from './pattern.ts'

/**
 * What an alternative captures from a host in its one form, whose labels lie in `bounds`; `undefined` when it does not match. Converters get the
 * text in lower case. Linear in the length of the host.
 */
export function matchHost(
  { labels, wildcard }: HostAlternative,
  host: string,
  bounds: readonly number[],
): Record<string, unknown> | undefined {
  // What the wildcard takes beyond one label.
  const spare = bounds.length / 2 - labels.length
  if (spare < 0 || (spare > 0 && wildcard === -1)) return undefined
  const params: Record<string, unknown> = {}
  for (let i = 0; i < labels.length; i++) {
    const at = wildcard !== -1 && i > wildcard ? i + spare : i
    const end = i === wildcard ? at + spare : at
    const text = host.slice(bounds[at * 2], bounds[end * 2 + 1])
    if (!matchLabel(labels[i] as Segment, text, params)) return undefined
  }
  return params
}

function matchLabel(label: Segment, text: string, params: Record<string, unknown>): boolean {
  switch (label.kind) {
    case 'static':
      return text === label.text
    case 'parameter':
      return capture(label.parameter, text, params)
    case 'wildcard':
      // The only label of an address has dots that separate nothing.
      params[label.name] = text.startsWith('[') ? [text] : text.split('.')
      return true
    case 'mixed':
      return matchMixedLabel(label.parts, text, params)
  }
}

function matchMixedLabel(
  parts: readonly (string | Parameter)[],
  text: string,
  params: Record<string, unknown>,
): boolean {
  const spans: number[] = []
  if (text.startsWith('[') || !matchMixed(parts, text, spans, 0, 0)) return false
  let at = 0
  for (const part of parts) {
    if (typeof part === 'string') continue
    if (!capture(part, text.slice(spans[at], spans[at + 1]), params)) return false
    at += 2
  }
  return true
}

function capture({ name, converter }: Parameter, text: string, params: Record<string, unknown>): boolean {
  const value = converter === undefined ? text : converter.parse(text)
  if (value === undefined) return false
  params[name] = value
  return true
}
