/**
 * Fills one alternative of a pattern with values.
 *
 * The threat: a value that changes which path the result is. Each value is percent-encoded, so none ends a segment or begins a query; values that
 * no encoding protects (`.` and `..` as a whole segment, NUL, an empty first segment, which would name a host) are refused.
 *
 * What is fixed is put together when the filler is made; measured, that and the way out for values that need no encoding make it faster than
 * path-to-regexp's `compile`, which has none of these checks.
 *
 * @module
 */
import { BuildError } from './build-error.ts'
import { type Values, valueFor } from './choose-alternative.ts'
import type { Converter } from './converter.ts'
import { encodePart, encodeSegment, isDotSegment } from './encode-segment.ts'
import type { Alternative } from './pattern.ts'
import type { Segment } from './pattern-tokens.ts'
import { describeValue, showValue } from './quote.ts'

/** Makes the paths of one alternative. */
export class PathFiller {
  /** The names of the values it takes. */
  readonly names: readonly string[]
  /** Whether the path that was filled last can be read in one way only, as far as its segments tell. */
  isCertain = true
  readonly #source: string
  readonly #head: string
  readonly #slots: readonly Slot[]

  constructor(alternative: Alternative, source: string) {
    const { head, slots } = toSlots(alternative.segments)
    this.names = slots.map(({ name }) => name)
    this.#source = source
    this.#head = head
    this.#slots = slots
  }

  /** The path, percent-encoded in normal form. Throws a {@link BuildError} that names what is missing or does not fit. */
  fill(params: Values, defaults: Values | undefined): string {
    const slots = this.#slots
    let path = this.#head
    let isCertain = true
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as Slot
      const value = params[slot.name]
      const isText = typeof value === 'string'
      // Object.prototype has nothing of these types.
      const given = isText || typeof value === 'number' ? value : valueFor(params, defaults, slot.name)
      const encoded = isText && slot.isPlain ? encodeWhole(value) : this.#encode(slot, given)
      if (encoded === undefined) throw this.#refuse(slot, params, defaults)
      path += encoded
      if (slot.behind !== '') path += slot.behind
      isCertain &&= slot.separator === undefined || endsAt(encoded, slot.separator)
    }
    this.isCertain = isCertain
    return path
  }

  #encode({ kind, name, converter, hasDot }: Slot, value: unknown): string | undefined {
    if (value === undefined) return undefined
    if (kind === 'list') return encodeList(value)
    const text = converter === undefined ? value : this.#convert(name, value, converter)
    if (typeof text !== 'string') return undefined
    if (kind === 'segment') return encodeWhole(text)
    return hasDot && text === '.' ? undefined : encodePart(text) || undefined
  }

  #convert(name: string, value: unknown, converter: Converter<unknown>): string {
    let thrown: unknown
    try {
      const text = converter.format(value)
      if (typeof text === 'string' && text !== '' && converter.parse(text) !== undefined) return text
    } catch (error) {
      // One that expects a date, for example, throws when it gets none.
      thrown = error
    }
    const reason = `got ${describeValue(value)} for ${name}, which ${converter.name} does not accept`
    throw refuse(this.#source, reason, thrown)
  }

  #refuse({ kind, name, converter }: Slot, params: Values, defaults: Values | undefined): BuildError {
    const missing = this.#slots.filter((slot) => valueFor(params, defaults, slot.name) === undefined)
    if (missing.length > 0)
      return refuseMissing(
        this.#source,
        missing.map((slot) => slot.name),
      )
    const value = valueFor(params, defaults, name)
    const shown = Array.isArray(value) ? showValue(value) : describeValue(value)
    const text = converter?.format(value)
    const written =
      converter === undefined ? '' : `, which ${converter.name} writes as ${describeValue(text)}`
    const got = `got ${shown} for ${name}${written}`
    const texts: unknown[] = converter === undefined ? [value].flat() : [text]
    for (const each of texts) {
      if (typeof each !== 'string') continue
      if (isDotSegment(each)) return refuse(this.#source, `${got}, a dot segment, which no URL keeps`)
      if (each.includes('\0')) return refuse(this.#source, `${got}, and no path holds NUL`)
    }
    const expected =
      kind === 'list'
        ? 'a list of texts, the first not empty'
        : 'a text that is not empty, and has a form in UTF-8'
    if (
      kind !== 'list' &&
      converter === undefined &&
      (typeof value === 'number' || typeof value === 'bigint')
    ) {
      return refuse(
        this.#source,
        `${got}, expected ${expected}; give it a converter, as int(), or write '${value}'`,
      )
    }
    return refuse(this.#source, `${got}, expected ${expected}`)
  }
}

/** What is thrown when values do not make a path of a pattern. */
export function refuse(source: string, reason: string, cause?: unknown): BuildError {
  const message = `No URL of ${JSON.stringify(source)} can be built: ${reason}${reason.endsWith('?') ? '' : '.'}`
  return new BuildError(message, cause === undefined ? undefined : { cause })
}

/** What is thrown when values are missing. */
export function refuseMissing(source: string, names: readonly string[]): BuildError {
  return refuse(source, `a value is missing for ${names.join(', ')}`)
}

/** A value's place, and the static text behind it. */
interface Slot {
  readonly name: string
  /** A segment of its own, a part of one, or a list of segments. */
  readonly kind: 'segment' | 'part' | 'list'
  /** Whether it is a segment without a converter, as most are. */
  readonly isPlain: boolean
  readonly converter: Converter<unknown> | undefined
  /** Whether its segment has just a dot besides, so that another one makes a dot segment. */
  readonly hasDot: boolean
  /** The text between it and the next parameter of its segment. */
  readonly separator: string | undefined
  behind: string
}

function toSlots(segments: readonly Segment[]): { head: string; slots: Slot[] } {
  const slots: Slot[] = []
  let head = ''
  const addText = (text: string): void => {
    const last = slots.at(-1)
    if (last === undefined) head += text
    else last.behind += text
  }
  const addSlot = (kind: Slot['kind'], name: string, more: Partial<Slot> = {}): void => {
    const { converter, hasDot = false, separator } = more
    const isPlain = kind === 'segment' && converter === undefined
    slots.push({ name, kind, isPlain, converter, hasDot, separator, behind: '' })
  }
  for (const segment of segments) {
    addText('/')
    if (segment.kind === 'static') addText(segment.text)
    else if (segment.kind === 'parameter') addSlot('segment', segment.parameter.name, segment.parameter)
    else if (segment.kind === 'wildcard') addSlot('list', segment.name)
    else {
      const { parts } = segment
      const hasDot = parts.length === 2 && parts.includes('.')
      for (const [i, part] of parts.entries()) {
        const separator = i + 2 < parts.length ? (parts[i + 1] as string) : undefined
        if (typeof part === 'string') addText(part)
        else addSlot('part', part.name, { converter: part.converter, hasDot, separator })
      }
    }
  }
  return { head, slots }
}

/** Whether a separator is found behind a value where it was put, and not before, neither in the value nor half in it. */
function endsAt(encoded: string, separator: string): boolean {
  if (separator.length === 1) return encoded.indexOf(separator, 1) === -1
  return `${encoded}${separator}`.indexOf(separator, 1) === encoded.length
}

function encodeWhole(text: string): string | undefined {
  return text === '' || isDotSegment(text) ? undefined : encodeSegment(text)
}

function encodeList(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0 || value[0] === '') return undefined
  let encoded = ''
  for (let i = 0; i < value.length; i++) {
    const text: unknown = value[i]
    const segment = typeof text === 'string' && !isDotSegment(text) ? encodeSegment(text) : undefined
    if (segment === undefined) return undefined
    encoded += i === 0 ? segment : `/${segment}`
  }
  return encoded
}
