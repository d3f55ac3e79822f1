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
import { type Converter, describeValue } from './converter.ts'
import { encodePart, encodeSegment, isDotSegment } from './encode-segment.ts'
import type { Alternative, Segment } from './pattern.ts'

/** Makes the paths of one alternative. */
export class PathFiller {
  readonly #source: string
  readonly #head: string
  readonly #slots: readonly Slot[]
  /** Whether a dot segment may come of several parts. */
  readonly #mixed: boolean

  constructor(alternative: Alternative, source: string) {
    const { head, slots } = toSlots(alternative.segments)
    this.#source = source
    this.#head = head
    this.#slots = slots
    this.#mixed = alternative.segments.some(({ kind }) => kind === 'mixed')
  }

  /** The path, percent-encoded in normal form. Throws a {@link BuildError} that names what is missing or does not fit. */
  fill(params: Values, defaults: Values | undefined): string {
    let path = this.#head
    for (const slot of this.#slots) {
      const value = params[slot.name]
      const encoded =
        typeof value === 'string' && slot.kind === 'segment' && slot.converter === undefined
          ? encodeWhole(value)
          : this.#encode(slot, valueFor(params, defaults, slot.name))
      if (encoded === undefined) throw this.#refuse(slot, params, defaults)
      path += encoded + slot.behind
    }
    if (this.#mixed && dotSegment.test(path)) {
      throw refuse(this.#source, `${JSON.stringify(path)} has a dot segment, which no URL keeps`)
    }
    return path
  }

  #encode({ kind, name, converter }: Slot, value: unknown): string | undefined {
    if (value === undefined) return undefined
    if (kind === 'list') return encodeList(value)
    const text = converter === undefined ? value : this.#convert(name, value, converter)
    if (typeof text !== 'string') return undefined
    return kind === 'segment' ? encodeWhole(text) : encodePart(text) || undefined
  }

  #convert(name: string, value: unknown, converter: Converter<unknown>): string {
    const text = converter.format(value)
    if (typeof text === 'string' && text !== '' && converter.parse(text) !== undefined) return text
    throw refuse(
      this.#source,
      `got ${describeValue(value)} for ${name}, which ${converter.name} does not accept`,
    )
  }

  #refuse({ kind, name }: Slot, params: Values, defaults: Values | undefined): BuildError {
    const missing = this.#slots.filter((slot) => valueFor(params, defaults, slot.name) === undefined)
    if (missing.length > 0)
      return refuseMissing(
        this.#source,
        missing.map((slot) => slot.name),
      )
    const value = valueFor(params, defaults, name)
    const got = `got ${Array.isArray(value) ? JSON.stringify(value) : describeValue(value)} for ${name}`
    const texts: unknown[] = Array.isArray(value) ? value : [value]
    for (const text of texts) {
      if (typeof text !== 'string') continue
      if (isDotSegment(text)) return refuse(this.#source, `${got}, a dot segment, which no URL keeps`)
      if (text.includes('\0')) return refuse(this.#source, `${got}, and no path holds NUL`)
    }
    const expected =
      kind === 'list'
        ? 'a list of texts, the first not empty'
        : 'a text that is not empty, and has a form in UTF-8'
    return refuse(this.#source, `${got}, expected ${expected}`)
  }
}

/** What is thrown when values do not make a path of a pattern. */
export function refuse(source: string, reason: string): BuildError {
  return new BuildError(`No URL of ${JSON.stringify(source)} can be built: ${reason}.`)
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
  readonly converter: Converter<unknown> | undefined
  behind: string
}

const dotSegment = /\/\.\.?(?:\/|$)/

function toSlots(segments: readonly Segment[]): { head: string; slots: Slot[] } {
  const slots: Slot[] = []
  let head = ''
  const addText = (text: string): void => {
    const last = slots.at(-1)
    if (last === undefined) head += text
    else last.behind += text
  }
  for (const segment of segments) {
    addText('/')
    switch (segment.kind) {
      case 'static':
        addText(segment.text)
        break
      case 'parameter':
        slots.push({ ...segment.parameter, kind: 'segment', behind: '' })
        break
      case 'wildcard':
        slots.push({ name: segment.name, kind: 'list', converter: undefined, behind: '' })
        break
      case 'mixed':
        for (const part of segment.parts) {
          if (typeof part === 'string') addText(part)
          else slots.push({ name: part.name, kind: 'part', converter: part.converter, behind: '' })
        }
    }
  }
  return { head, slots }
}

function encodeWhole(text: string): string | undefined {
  return text === '' || isDotSegment(text) ? undefined : encodeSegment(text)
}

function encodeList(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0 || value[0] === '') return undefined
  const encoded: string[] = []
  for (const text of value as unknown[]) {
    const segment = typeof text === 'string' && !isDotSegment(text) ? encodeSegment(text) : undefined
    if (segment === undefined) return undefined
    encoded.push(segment)
  }
  return encoded.join('/')
}
