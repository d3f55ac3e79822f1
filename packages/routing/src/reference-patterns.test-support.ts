/**
 * Patterns as the README describes them, slow and obvious: the optional groups are filled in every way, and every way is tried to take a path apart.
 *
 * @module
 */

export interface Converted {
  readonly name: string
  readonly weight?: number | undefined
  parse(text: string): unknown
  format(value: never): string
}
export type Param = { readonly param: string; readonly converter?: Converted }
export type Token = string | Param | { readonly wildcard: string } | { readonly group: readonly Token[] }
type Flat = Exclude<Token, { group: unknown }>
type Segment = readonly Flat[]

export interface Given {
  readonly id: number
  readonly tokens: readonly Token[]
  readonly methods: readonly string[] | undefined
  readonly mounted: boolean
  /** Which of `hostPatterns`; `undefined` for every host. */
  readonly host: number | undefined
  readonly websocket: boolean
  readonly redirectSlashes: boolean
  readonly mergeSlashes: boolean
}

/** One way to match: how specific each step is, what is captured (not decoded), where a mount ends. */
export interface Way {
  readonly given: Given
  readonly order: readonly (readonly (number | string)[])[]
  readonly captured: Readonly<Record<string, unknown>>
  readonly end: number
}

// What a pattern is.

export function sourceOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (typeof token === 'string') return token
      if ('group' in token) return `{${sourceOf(token.group)}}`
      return 'param' in token ? `:"${token.param}"` : `*"${token.wildcard}"`
    })
    .join('')
}

export function fillGroups([first, ...rest]: readonly Token[]): Flat[][] {
  if (first === undefined) return [[]]
  const others = fillGroups(rest)
  if (typeof first === 'string' || !('group' in first)) return others.map((other) => [first, ...other])
  return [
    ...fillGroups(first.group).flatMap((inside) => others.map((other) => [...inside, ...other])),
    ...others,
  ]
}

export function segmentsOf(tokens: readonly Flat[]): Segment[] {
  const segments: Flat[][] = [[]]
  for (const token of tokens) {
    if (typeof token !== 'string') segments.at(-1)?.push(token)
    else {
      token.split('/').forEach((text, i) => {
        if (i > 0) segments.push([])
        const last = segments.at(-1) as Flat[]
        if (typeof last.at(-1) === 'string') last.push(`${last.pop()}${text}`)
        else if (text !== '') last.push(text)
      })
    }
  }
  return segments.slice(1)
}

export function shapeOf(segments: readonly Segment[], mounted: boolean): string {
  const shape = segments.map((segment) =>
    segment.map((part) => {
      if (typeof part === 'string') return part
      return 'param' in part ? [part.converter?.name ?? ''] : ['', '*']
    }),
  )
  return JSON.stringify([shape, mounted])
}

// What matches.

function* waysOf(given: Given, segments: readonly Segment[], path: string): Generator<Way> {
  const parts = path === '' ? [] : path.slice(1).split('/')
  function* walk(at: number, part: number, order: Way['order'], captured: Way['captured']): Generator<Way> {
    const segment = segments[at]
    if (segment === undefined) {
      const end = parts.slice(0, part).reduce((length, text) => length + 1 + text.length, 0)
      if (given.mounted) yield { given, order: [...order, [5]], captured, end }
      else if (part === parts.length) yield { given, order: [...order, [-1]], captured, end }
      return
    }
    const text = parts[part]
    if (text === undefined) return
    const [first] = segment
    if (typeof first === 'object' && 'wildcard' in first) {
      if (text === '') return
      for (let count = 1; part + count <= parts.length; count++) {
        const list = parts.slice(part, part + count)
        yield* walk(at + 1, part + count, [...order, [4, count]], { ...captured, [first.wildcard]: list })
      }
      return
    }
    const values = matchSegment(segment as (string | Param)[], text)
    if (values !== undefined) {
      yield* walk(at + 1, part + 1, [...order, rankOf(segment as (string | Param)[])], {
        ...captured,
        ...values,
      })
    }
  }
  yield* walk(0, 0, [], {})
}

/** The values of a segment, of which the converted ones are `{ value }`: those of the first way to take it apart that no converter refuses. */
function matchSegment(
  segment: readonly (string | Param)[],
  text: string,
): Record<string, unknown> | undefined {
  // An escape is one unit, so that no text stands inside of it.
  for (const texts of splitsOf(segment, unitsOf(text))) {
    const values = convert(segment, texts)
    if (values !== undefined) return values
  }
  return undefined
}

function unitsOf(text: string): string[] {
  return text.match(/%[0-9A-Fa-f]{2}|./gsu) ?? []
}

/** Every way to take a segment apart, the one with the shortest first value first. */
function* splitsOf(
  [first, ...rest]: readonly (string | Param)[],
  units: readonly string[],
): Generator<string[]> {
  if (first === undefined) {
    if (units.length === 0) yield []
  } else if (typeof first === 'string') {
    const length = unitsOf(first).length
    if (units.slice(0, length).join('') === first) yield* splitsOf(rest, units.slice(length))
  } else {
    for (let length = 1; length <= units.length; length++) {
      const text = units.slice(0, length).join('')
      for (const others of splitsOf(rest, units.slice(length))) yield [text, ...others]
    }
  }
}

function convert(
  segment: readonly (string | Param)[],
  texts: readonly string[],
): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {}
  const params = segment.filter((part) => typeof part !== 'string')
  for (const [i, { param, converter }] of params.entries()) {
    const text = texts[i] as string
    if (converter === undefined) values[param] = text
    else {
      const decoded = decode(text)
      const value = decoded === undefined ? undefined : converter.parse(decoded)
      if (value === undefined) return undefined
      values[param] = { value }
    }
  }
  return values
}

export function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

// Which is taken.

/** Static text, text with parameters (more text first), converted (greater weight first), plain; ties by name. */
function rankOf(segment: readonly (string | Param)[]): (number | string)[] {
  const texts = segment.filter((part) => typeof part === 'string').join('')
  const params = segment.filter((part) => typeof part !== 'string')
  if (params.length === 0) return [0]
  const weight = params.reduce((sum, { converter }) => sum + (converter?.weight ?? 0), 0)
  if (segment.length > 1) {
    const name = segment.map((part) => (typeof part === 'string' ? part : [part.converter?.name]))
    return [1, -texts.length, -weight, JSON.stringify(name)]
  }
  const [only] = params
  return only?.converter === undefined ? [3] : [2, -weight, only.converter.name]
}

export function compareOrder(a: Way['order'], b: Way['order']): number {
  const left = a.flat()
  const right = b.flat()
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return (left[i] as number) < (right[i] as number) ? -1 : 1
  }
  return 0
}

export function methodRank({ methods }: Given, method: string): number {
  if (methods === undefined) return 2
  if (methods.includes(method)) return 0
  return method === 'HEAD' && methods.includes('GET') ? 1 : Infinity
}

export function waysOfRule(given: Given, path: string): Way[] {
  return fillGroups(given.tokens).flatMap((tokens) => [...waysOf(given, segmentsOf(tokens), path)])
}
