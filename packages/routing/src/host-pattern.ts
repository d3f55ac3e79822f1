/**
 * Patterns of hosts in path-to-regexp's syntax, with labels in place of segments: `:tenant.example.org`, `*any.example.org`, `[::1]`.
 *
 * Text is brought to the one form of a host; a pattern that no host can match is refused.
 *
 * @module
 */

import { canonicalAddress, HOST_LENGTH_LIMIT } from '@stapel/core/http'
import type { Token } from 'path-to-regexp'
import type { Capture } from './capture.ts'
import { type Converter, type Converters, readConverters } from './converter.ts'
import { normalizeLabel } from './host-labels.ts'
import {
  checkLength,
  type FlatToken,
  fillGroups,
  type Part,
  parseTokens,
  refuse,
  type Segment,
  shapeOf,
  splitTokens,
  toSegment,
} from './pattern-tokens.ts'
import { describeValue } from './quote.ts'

/** One way to fill the optional groups of a host pattern. */
export interface HostAlternative {
  /** From left to right; an IPv6 address is one label. */
  readonly labels: readonly Segment[]
  /** Where the wildcard stands among the labels; -1 when there is none. */
  readonly wildcard: number
  /** The same for two alternatives that match the same hosts; the host itself where nothing is captured. */
  readonly shape: string
  /** What is captured, in the order of the host. */
  readonly captures: readonly Capture[]
}

/** A host pattern taken apart. */
export interface HostPattern {
  readonly source: string
  readonly alternatives: readonly HostAlternative[]
  /** The names of all parameters and wildcards. */
  readonly names: ReadonlySet<string>
  readonly wildcards: ReadonlySet<string>
  readonly converters: ReadonlyMap<string, Converter<unknown>>
}

/**
 * Takes a host pattern apart. Of the converters, those for other names are left to the path.
 *
 * Throws a TypeError for one that is malformed, names a port, has two wildcards, or can match nothing.
 */
export function parseHostPattern(source: string, convert?: Converters): HostPattern {
  if (typeof source !== 'string')
    throw new TypeError(`Got ${describeValue(source)}; expected a host pattern.`)
  checkLength(source)
  const given = readConverters(convert)
  const alternatives = source.startsWith('[')
    ? [toAddress(source)]
    : fillGroups(parseHostTokens(source), source).map((tokens) => toAlternative(tokens, source, given))
  const captures = alternatives.flatMap((alternative) => alternative.captures)
  const names = new Set(captures.map(({ name }) => name))
  const wildcards = new Set(captures.flatMap(({ name, kind }) => (kind === 'list' ? [name] : [])))
  const converters = new Map([...given].filter(([name]) => names.has(name)))
  for (const name of converters.keys()) {
    if (wildcards.has(name))
      throw refuse(source, `no converter takes the list that the wildcard ${name} gives`)
  }
  return { source, alternatives, names, wildcards, converters }
}

function toAddress(source: string): HostAlternative {
  const address = canonicalAddress(source)
  if (address === undefined) {
    throw refuse(source, 'it is no IPv6 address in brackets without a port, as [::1] is')
  }
  return { labels: [{ kind: 'static', text: address }], wildcard: -1, shape: address, captures: [] }
}

function parseHostTokens(source: string): readonly Token[] {
  if (source === '') throw refuse(source, 'it is empty; leave the host out where every host will do')
  if (source.includes('/')) throw refuse(source, "it holds '/', and a host has neither a scheme nor a path")
  if (/^[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*$/i.test(source)) {
    throw refuse(source, `an IPv6 address stands in brackets here; write [${source}]`)
  }
  if (/^\*\./.test(source)) {
    throw refuse(
      source,
      `a wildcard has a name here; write *any${source.slice(1)}, or :name${source.slice(1)} for one label`,
    )
  }
  if (/(?<!\\):\d+$/.test(source)) {
    throw refuse(source, 'it names a port; leave it out, since a host matches whatever its port is')
  }
  return parseTokens(source)
}

function toAlternative(
  tokens: readonly FlatToken[],
  source: string,
  converters: ReadonlyMap<string, Converter<unknown>>,
): HostAlternative {
  const { rows, captures } = splitTokens(tokens.map(withPlainDots), '.', source, converters)
  if (rows.length > 1 && rows.at(-1)?.length === 0) rows.pop()
  const labels = rows.map((row) => toSegment(normalizeRow(row, source), source))
  if (captures.filter(({ kind }) => kind === 'list').length > 1) {
    throw refuse(source, 'it has two wildcards, and no host tells where one of them ends')
  }
  const texts = labels.flatMap((label) => (label.kind === 'static' ? label.text : 'x'))
  if (texts.join('.').length > HOST_LENGTH_LIMIT) {
    throw refuse(source, `no host has more than ${HOST_LENGTH_LIMIT} characters`)
  }
  return {
    labels,
    captures,
    wildcard: labels.findIndex(({ kind }) => kind === 'wildcard'),
    shape: labels.map(shapeOf).join('.'),
  }
}

/** IDNA takes three other characters for a dot (UTS 46 section 4, RFC 3490 section 3.1). */
function withPlainDots(token: FlatToken): FlatToken {
  if (token.type !== 'text') return token
  return { type: 'text', value: token.value.replace(/[\u3002\uFF0E\uFF61]/g, '.') }
}

function normalizeRow(row: readonly Part[], source: string): Part[] {
  if (row.length === 0) {
    throw refuse(
      source,
      'it has an empty label; a dot beside what may be absent stands inside of the braces, {www.}',
    )
  }
  return row.map((part) => {
    if (typeof part !== 'string') return part
    const label = normalizeLabel(part)
    if (label === undefined) throw refuse(source, `${JSON.stringify(part)} can stand in no host`)
    if (row.length > 1 && label !== part.toLowerCase()) {
      throw refuse(
        source,
        `${JSON.stringify(part)} shares a label with a parameter, and IDNA encodes whole labels`,
      )
    }
    return label
  })
}
