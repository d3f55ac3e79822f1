import type { Alternative } from './pattern.ts'
import type { Segment } from './pattern-tokens.ts'
import { decodeText, formatSegment, takeSegment } from './take-segment.ts'

/** Why a path is none of a pattern; the texts of the path are percent-encoded where nothing else is said. */
export type PathFailure =
  /** A segment is another than the one of the pattern; `got` is empty between two slashes. */
  | { readonly kind: 'segment'; readonly expected: string; readonly got: string }
  /** A converter refused a text, which is decoded. */
  | {
      readonly kind: 'converter'
      readonly parameter: string
      readonly converter: string
      readonly text: string
    }
  /** A text cannot be decoded. */
  | { readonly kind: 'encoding'; readonly parameter: string; readonly text: string }
  /** The path is at its end, and the pattern is not: what it goes on with. */
  | { readonly kind: 'end'; readonly expected: string }
  /** The pattern is at its end, and the path is not: what it goes on with. */
  | { readonly kind: 'rest'; readonly got: string }

/** How far a path follows one alternative of a pattern. */
export interface Walk {
  /** How many segments of the path matched. */
  readonly segments: number
  /** How many segments each wildcard took, on the way that matched. */
  readonly wildcards: readonly number[]
  /** Where the way ended that led furthest; `undefined` when the path matches. */
  readonly failure: PathFailure | undefined
  /** What was captured and cannot be decoded; the request is then answered 400. */
  readonly undecodable: Extract<PathFailure, { kind: 'encoding' }> | undefined
}

/**
 * Follows one alternative as the search in the tree does, and keeps what it learns: of several ways to fill wildcards the first that
 * matches, the shorter ones first. The time is linear in the segments of the pattern and of the path, multiplied.
 */
export function walkAlternative(alternative: Alternative, path: readonly string[], mounted: boolean): Walk {
  return new Walker(alternative.segments, path, mounted).walk()
}

/** The segments of a path; `undefined` for what is no path (clause 2). */
export function splitPath(path: string): readonly string[] | undefined {
  if (path === '') return []
  return path.startsWith('/') ? path.slice(1).split('/') : undefined
}

class Walker {
  readonly #segments: readonly Segment[]
  readonly #path: readonly string[]
  readonly #mounted: boolean
  /** Places from which nothing matched, so that no two wildcards try them again. */
  readonly #failed: Set<number> = new Set()
  readonly #wildcards: number[] = []
  #index = -1
  #furthest = -1
  #end = 0
  /** Made once, since a long path may fail at each of its segments. */
  #failure: (() => PathFailure) | undefined

  constructor(segments: readonly Segment[], path: readonly string[], mounted: boolean) {
    this.#segments = segments
    this.#path = path
    this.#mounted = mounted
  }

  walk(): Walk {
    if (this.#walk(0, 0)) {
      return {
        segments: this.#end,
        wildcards: this.#wildcards,
        failure: undefined,
        undecodable: this.#findUndecodable(),
      }
    }
    return { segments: this.#furthest, wildcards: [], failure: this.#failure?.(), undecodable: undefined }
  }

  /** Whether the path from segment `at` on matches the pattern from segment `index` on. */
  #walk(index: number, at: number): boolean {
    const segment = this.#segments[index]
    const text = this.#path[at]
    if (segment === undefined) {
      if (text !== undefined && !this.#mounted)
        return this.#fail(index, at, () => ({ kind: 'rest', got: this.#rest(at) }))
      this.#end = at
      return true
    }
    if (text === undefined)
      return this.#fail(index, at, () => ({ kind: 'end', expected: this.#expected(index) }))
    if (segment.kind === 'wildcard') return this.#walkWildcard(index, at, text)
    const { failure } = takeSegment(segment, text)
    return failure === undefined ? this.#walk(index + 1, at + 1) : this.#fail(index, at, () => failure)
  }

  #walkWildcard(index: number, at: number, first: string): boolean {
    if (first === '') {
      return this.#fail(index, at, () => ({ kind: 'segment', expected: this.#source(index), got: '' }))
    }
    const slot = this.#wildcards.length
    for (let end = at + 1; end <= this.#path.length; end++) {
      const place = index * (this.#path.length + 1) + end
      if (this.#failed.has(place)) continue
      this.#wildcards.length = slot
      this.#wildcards.push(end - at)
      if (this.#walk(index + 1, end)) return true
      this.#failed.add(place)
    }
    this.#wildcards.length = slot
    return false
  }

  /**
   * What counts is how far in the pattern it was, and then in the path: a wildcard alone leads to the end of any path, and that the path ends there
   * tells less than what else stood there.
   */
  #fail(index: number, at: number, failure: () => PathFailure): false {
    const isFurther = index === this.#index && at > this.#furthest && at < this.#path.length
    if (index > this.#index || isFurther) {
      this.#index = index
      this.#furthest = at
      this.#failure = failure
    }
    return false
  }

  #findUndecodable(): Walk['undecodable'] {
    let at = 0
    let wildcard = 0
    for (const segment of this.#segments) {
      const count = segment.kind === 'wildcard' ? (this.#wildcards[wildcard++] as number) : 1
      for (const text of this.#path.slice(at, at + count)) {
        for (const [parameter, value] of takeSegment(segment, text).captures) {
          if (decodeText(value) === undefined) return { kind: 'encoding', parameter, text: value }
        }
      }
      at += count
    }
    return undefined
  }

  #rest(at: number): string {
    return this.#path.slice(at).map(withSlash).join('')
  }

  #expected(index: number): string {
    return this.#segments
      .slice(index)
      .map((segment) => withSlash(formatSegment(segment)))
      .join('')
  }

  #source(index: number): string {
    return formatSegment(this.#segments[index] as Segment)
  }
}

function withSlash(text: string): string {
  return `/${text}`
}
