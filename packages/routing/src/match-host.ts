import { splitConverted } from './converted-segment.ts'
import type { HostAlternative } from './host-pattern.ts'
import type { Parameter, Segment } from './pattern-tokens.ts'

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
    case 'mixed': {
      const split = splitLabel(label.parts, text)
      if (split === undefined) return false
      Object.assign(params, split.params)
      return true
    }
  }
}

/** What the parameters of a label take of it: their texts, and what their converters make of them; `undefined` when it does not match. */
export function splitLabel(
  parts: readonly (string | Parameter)[],
  label: string,
): { texts: string[]; params: Record<string, unknown> } | undefined {
  const texts: string[] = []
  const params: Record<string, unknown> = {}
  const accept = (parameter: Parameter, index: number, start: number, end: number): boolean => {
    const text = label.slice(start, end)
    texts[index] = text
    return capture(parameter, text, params)
  }
  // The bracket of an address belongs to no name.
  const matches = !label.startsWith('[') && splitConverted({ parts, segment: label, accept })
  return matches ? { texts, params } : undefined
}

function capture({ name, converter }: Parameter, text: string, params: Record<string, unknown>): boolean {
  const value = converter === undefined ? text : converter.parse(text)
  if (value === undefined) return false
  params[name] = value
  return true
}
