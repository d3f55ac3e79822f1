/**
 * Builds the paths of a pattern from values.
 *
 * The threat: a path that, matched, gives other values than those it was built from. `/:from-:to` with `a-b` and `c` is read as `a` and `b-c`; so
 * the paths of patterns in which values can run into each other are matched before they are given out.
 *
 * @module
 */
import type { BuildError } from './build-error.ts'
import { type Choice, chooseAlternative, type Values, valueFor } from './choose-alternative.ts'
import { equalValues } from './equal-values.ts'
import { Matcher } from './matcher.ts'
import { PathFiller, refuse, refuseMissing } from './path-filler.ts'
import type { Alternative, Pattern } from './pattern.ts'
import { Rule } from './rule.ts'

/** Makes the paths of one pattern; what can be done once is done when the first of them is asked for. */
export class PathBuilder {
  readonly pattern: Pattern
  readonly #single: PathFiller | undefined
  readonly #fillers: Map<Alternative, PathFiller> = new Map()
  readonly #doubtful: boolean
  #matcher: Matcher | undefined

  /** `matched` is false for a pattern whose paths nobody matches; then nothing is proved. */
  constructor(pattern: Pattern, { matched = true }: { matched?: boolean } = {}) {
    this.pattern = pattern
    this.#doubtful = matched && isDoubtful(pattern)
    const [first] = pattern.alternatives
    if (pattern.alternatives.length === 1 && !this.#doubtful) {
      this.#single = new PathFiller(first as Alternative, pattern.source)
    }
  }

  /** The path, percent-encoded in normal form. Throws a {@link BuildError} that names what is missing or does not fit. */
  build(params: Values, defaults: Values | undefined): string {
    return this.#single === undefined ? this.#choose(params, defaults) : this.#single.fill(params, defaults)
  }

  #choose(params: Values, defaults: Values | undefined): string {
    const choice = chooseAlternative(this.pattern, params, defaults)
    const { alternative } = choice
    if (alternative === undefined) throw refuseChoice(this.pattern, choice)
    let filler = this.#fillers.get(alternative)
    if (filler === undefined) {
      filler = new PathFiller(alternative, this.pattern.source)
      this.#fillers.set(alternative, filler)
    }
    const path = filler.fill(params, defaults)
    if (this.#doubtful) this.#prove(path, alternative, params, defaults)
    return path
  }

  #prove(path: string, { captures }: Alternative, params: Values, defaults: Values | undefined): void {
    if (this.#matcher === undefined) {
      const { source, converters } = this.pattern
      this.#matcher = new Matcher()
      this.#matcher.add(
        this.pattern,
        new Rule({ pattern: source, convert: Object.fromEntries(converters), app: () => '' }),
      )
    }
    const read = this.#matcher.find(path, 'GET')?.params ?? {}
    const same = captures.every(({ name }) =>
      this.#isSame(name, valueFor(params, defaults, name), read[name]),
    )
    if (same && Object.keys(read).length === captures.length) return
    throw refuse(
      this.pattern.source,
      `${JSON.stringify(path)} would be read as ${JSON.stringify(read)}, which are other values`,
    )
  }

  #isSame(name: string, given: unknown, read: unknown): boolean {
    const converter = this.pattern.converters.get(name)
    if (converter === undefined || read === undefined) return equalValues(given, read)
    return converter.format(converter.parse(converter.format(given))) === converter.format(read)
  }
}

/** Why no alternative of a pattern can be filled. */
export function refuseChoice(
  { source, names }: Pick<Pattern, 'source' | 'names'>,
  { missing }: Choice<unknown>,
): BuildError {
  if (missing !== undefined) return refuseMissing(source, missing)
  return refuse(
    source,
    `of its parameters ${[...names].join(', ')}, no alternative has just those that are given`,
  )
}

/** Whether values can be told apart in another way than they were put together. */
function isDoubtful({ alternatives }: Pattern): boolean {
  const lengths = new Set<number>()
  let wild = false
  for (const { segments } of alternatives) {
    let wildcards = 0
    for (const segment of segments) {
      if (segment.kind === 'wildcard') wildcards++
      if (segment.kind === 'mixed' && segment.parts.filter((part) => typeof part !== 'string').length > 1)
        return true
    }
    if (wildcards > 1) return true
    wild ||= wildcards === 1
    lengths.add(segments.length)
  }
  return alternatives.length > 1 && (wild || lengths.size < alternatives.length)
}
