/**
 * Builds the paths of a pattern from values.
 *
 * The threat: a path that, matched, gives other values than those it was built from. `/:from-:to` with `a-b` and `c` is read as `a` and `b-c`; so
 * the paths of patterns in which values can run into each other are matched before they are given out.
 *
 * @module
 */
import type { BuildError } from './build-error.ts'
import { type Choice, chooseAlternative, isGiven, type Values, valueFor } from './choose-alternative.ts'
import { equalValues } from './equal-values.ts'
import type { Found } from './found.ts'
import { Matcher } from './matcher.ts'
import { PathFiller, refuse, refuseMissing } from './path-filler.ts'
import type { Alternative, Pattern } from './pattern.ts'
import { quote, showValue } from './quote.ts'
import { Rule } from './rule.ts'

/** Makes the paths of one pattern; what can be done once is done when the first of them is asked for. */
export class PathBuilder {
  readonly pattern: Pattern
  /** Whether there is only one path. */
  readonly isFixed: boolean
  /** The only way to fill the pattern; `undefined` when it has optional groups. */
  readonly #single: PathFiller | undefined
  readonly #doubt: Doubt
  readonly #isPrefix: boolean
  readonly #names: readonly string[]
  readonly #fillers: Map<Alternative, PathFiller> = new Map()
  /** The same by the names that they take, a bit each. */
  readonly #byNames: Map<number, PathFiller> = new Map()
  #matcher: Matcher | undefined

  /**
   * `matched` is false for a pattern whose paths nobody matches; then nothing is proved. `mounted` is true for a prefix, which matches the paths
   * below it too.
   */
  constructor(
    pattern: Pattern,
    { matched = true, mounted = false }: { matched?: boolean; mounted?: boolean } = {},
  ) {
    const { alternatives, source } = pattern
    this.pattern = pattern
    this.#isPrefix = mounted
    this.#doubt = matched ? doubtOf(pattern) : 'none'
    this.#names = [...pattern.names]
    this.isFixed = alternatives.length === 1 && pattern.names.size === 0
    this.#single =
      alternatives.length === 1 ? new PathFiller(alternatives[0] as Alternative, source) : undefined
  }

  /** The path, percent-encoded in normal form. Throws a {@link BuildError} that names what is missing or does not fit. */
  build(params: Values, defaults: Values | undefined): string {
    return this.#fill(this.#single ?? this.#choose(params, defaults), params, defaults)
  }

  /** As `build`, for just so many values, and without defaults; `undefined` where the pattern takes another number of them. */
  buildExactly(params: Values, count: number): string | undefined {
    const filler = this.#single ?? this.#choose(params, undefined)
    return filler.names.length === count ? this.#fill(filler, params, undefined) : undefined
  }

  /**
   * Checks that a path below a mount of this pattern is not read as one below another of its ways: of `/:tenant{/:lang}`, `/acme/users` has the
   * language `users`. Throws a {@link BuildError} otherwise.
   */
  checkBelow(prefix: string, below: string): void {
    if (!this.#isPrefix || this.pattern.alternatives.length === 1) return
    const read = this.#read(prefix + below)
    if (read?.scriptName === prefix) return
    throw refuse(
      this.pattern.source,
      `${quote(prefix + below)} would be read as mounted at ${showValue(read?.scriptName)}`,
    )
  }

  #fill(filler: PathFiller, params: Values, defaults: Values | undefined): string {
    const path = filler.fill(params, defaults)
    if (this.#doubt !== 'none' && (this.#doubt === 'always' || !filler.isCertain)) {
      this.#prove(path, filler, params, defaults)
    }
    return path
  }

  #choose(params: Values, defaults: Values | undefined): PathFiller {
    // With defaults, the names that are given do not tell which way it is.
    const isTold = defaults === undefined && this.#names.length <= MASK_BITS
    const given = isTold ? this.#maskOf(params) : 0
    const known = isTold ? this.#byNames.get(given) : undefined
    if (known !== undefined) return known
    const choice = chooseAlternative(this.pattern, params, defaults)
    const { alternative } = choice
    if (alternative === undefined) throw refuseChoice(this.pattern, choice)
    const filler = this.#fillers.get(alternative) ?? new PathFiller(alternative, this.pattern.source)
    this.#fillers.set(alternative, filler)
    if (isTold) this.#byNames.set(given, filler)
    return filler
  }

  #maskOf(params: Values): number {
    let mask = 0
    for (let i = 0; i < this.#names.length; i++) {
      if (isGiven(params, this.#names[i] as string)) mask |= 1 << i
    }
    return mask
  }

  #prove(path: string, filler: PathFiller, params: Values, defaults: Values | undefined): void {
    const read = this.#read(path)?.params
    // So many texts part there that the matcher gives up.
    if (read === undefined) throw refuse(this.pattern.source, `${quote(path)} would match nothing`)
    const names = new Set([...filler.names, ...Object.keys(read)])
    if ([...names].every((name) => this.#isSame(name, valueFor(params, defaults, name), read[name]))) return
    throw refuse(
      this.pattern.source,
      `${quote(path)} would be read as ${showValue(read)}, which are other values`,
    )
  }

  #read(path: string): Found | undefined {
    if (this.#matcher === undefined) {
      const { source, converters } = this.pattern
      const convert = Object.fromEntries(converters)
      const mounted = this.#isPrefix
      this.#matcher = new Matcher()
      this.#matcher.add(this.pattern, new Rule({ pattern: source, convert, mounted, app: () => '' }))
    }
    return this.#matcher.find(path, 'GET')
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

/**
 * When it is doubtful that a path is read as it was put together: always, because it may be one of another alternative or its wildcards may take from
 * each other; where a value holds what parts it from the next one in its segment; or never.
 */
type Doubt = 'always' | 'parts' | 'none'

function doubtOf({ alternatives }: Pattern): Doubt {
  const lengths = new Set(alternatives.map(({ segments }) => segments.length))
  const wildcards = alternatives.map(
    ({ segments }) => segments.filter(({ kind }) => kind === 'wildcard').length,
  )
  if (Math.max(...wildcards) > 1) return 'always'
  if (alternatives.length > 1 && (wildcards.includes(1) || lengths.size < alternatives.length))
    return 'always'
  return alternatives.some(({ segments }) => segments.some(({ kind }) => kind === 'mixed')) ? 'parts' : 'none'
}

/** The most names whose presence a number of 32 bits tells. */
const MASK_BITS = 31
