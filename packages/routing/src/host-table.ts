/**
 * Finds what belongs to the host of a request.
 *
 * The threat: hosts made up by clients, long ones and each another one. A host beyond the length limit matches nothing; one within it is compared
 * once with each pattern that has the same static labels at its end; what is kept of hosts that were seen is bounded.
 *
 * @module
 */

import { normalizeHost } from '@stapel/core/http'
import { NO_PARAMS } from './capture.ts'
import { compareHosts } from './compare-hosts.ts'
import { labelBounds } from './host-labels.ts'
import type { HostAlternative, HostPattern } from './host-pattern.ts'
import { matchHost } from './match-host.ts'
import { refuse } from './pattern-tokens.ts'

/** What stands at a host pattern that matches, and what the pattern captured. */
export interface HostMatch<T> {
  readonly slot: T
  /** Frozen; `NO_PARAMS` where nothing is captured. */
  readonly params: Readonly<Record<string, unknown>>
}

/** How many hosts are kept with what matches them, so that the next request for one of them costs a look-up. */
export const SEEN_HOSTS_LIMIT = 64

/** Something of type `T`, a slot, for each host pattern. */
export class HostTable<T> {
  /** By shape; that of a pattern which captures nothing is the host. */
  readonly #entries: Map<string, Entry<T>> = new Map()
  /** Those that capture, by the static labels at their end; the more specific first. */
  readonly #bySuffix: Map<string, Entry<T>[]> = new Map()
  /** The most static labels at the end of a pattern that captures. */
  #deepest = 0
  /** By the header's value as it came. */
  readonly #seen: Map<string, readonly HostMatch<T>[]> = new Map()

  /** How many slots there are. */
  get size(): number {
    return this.#entries.size
  }

  /**
   * The slots of a pattern, one for each way to fill its optional groups; `create` makes those that are not there. Patterns that match the same
   * hosts share their slots, so that two rules which no request can tell apart meet in one.
   *
   * Throws a TypeError, and adds nothing, when a pattern that is there gives the same parameters other names.
   */
  add(pattern: HostPattern, create: () => T): readonly T[] {
    const { alternatives, source } = pattern
    if (new Set(alternatives.map(({ shape }) => shape)).size < alternatives.length) {
      throw refuse(
        source,
        'two ways to fill its optional groups match the same hosts; put one inside the other',
      )
    }
    for (const alternative of alternatives)
      checkNames(alternative, source, this.#entries.get(alternative.shape))
    this.#seen.clear()
    return alternatives.map((alternative) => {
      const known = this.#entries.get(alternative.shape)
      return known === undefined ? this.#insert(alternative, source, create()) : known.match.slot
    })
  }

  /**
   * What matches the value of a `Host` header, the more specific first; nothing for one that is absent or malformed. For a host that was seen
   * lately it is the same list again, unless it holds what a converter or a wildcard gave.
   */
  candidates(header: string | undefined): readonly HostMatch<T>[] {
    if (header === undefined) return NONE
    const seen = this.#seen.get(header)
    if (seen !== undefined) return seen
    const host = normalizeHost(header)
    return host === undefined ? NONE : this.#search(host, header)
  }

  #insert(alternative: HostAlternative, source: string, slot: T): T {
    const { captures, shape } = alternative
    const entry = { alternative, source, match: { slot, params: NO_PARAMS } }
    this.#entries.set(shape, entry)
    if (captures.length === 0) return slot
    const suffix = suffixOf(alternative)
    const beside = this.#bySuffix.get(suffix.join('.')) ?? []
    this.#bySuffix.set(suffix.join('.'), beside)
    beside.push(entry)
    beside.sort((a, b) => compareHosts(a.alternative, b.alternative))
    this.#deepest = Math.max(this.#deepest, suffix.length)
    return slot
  }

  #search(host: string, header: string): readonly HostMatch<T>[] {
    const matches: HostMatch<T>[] = []
    const exact = this.#entries.get(host)
    if (exact !== undefined) matches.push(exact.match)
    const bounds = labelBounds(host)
    const labels = bounds.length / 2
    let lasting = true
    // Of two patterns that match, the one with more static labels at its end is the more specific. Each captures one label at least.
    for (let depth = Math.min(labels - 1, this.#deepest); depth >= 0; depth--) {
      const suffix = depth === 0 ? '' : host.slice(bounds[(labels - depth) * 2])
      for (const { alternative, match } of this.#bySuffix.get(suffix) ?? []) {
        const params = matchHost(alternative, host, bounds)
        if (params !== undefined) matches.push({ slot: match.slot, params: Object.freeze(params) })
        // A converter may change its mind, and a list may be changed by who gets it.
        lasting &&= alternative.captures.every(({ kind }) => kind === 'text')
      }
    }
    if (lasting) this.#keep(header, matches)
    return matches
  }

  #keep(header: string, matches: readonly HostMatch<T>[]): void {
    if (this.#seen.size === SEEN_HOSTS_LIMIT) this.#seen.delete(this.#seen.keys().next().value as string)
    this.#seen.set(header, matches)
  }
}

interface Entry<T> {
  readonly alternative: HostAlternative
  /** The pattern that came first. */
  readonly source: string
  /** What matches where nothing is captured. */
  readonly match: HostMatch<T>
}

const NONE: readonly never[] = Object.freeze([])

function suffixOf({ labels }: HostAlternative): string[] {
  const suffix: string[] = []
  for (const label of labels.toReversed()) {
    if (label.kind !== 'static') break
    suffix.unshift(label.text)
  }
  return suffix
}

function checkNames<T>({ captures }: HostAlternative, source: string, known: Entry<T> | undefined): void {
  const there = known?.alternative.captures ?? []
  const i = there.findIndex(({ name }, at) => name !== captures[at]?.name)
  if (known === undefined || i === -1) return
  throw refuse(
    source,
    `${JSON.stringify(known.source)} matches the same hosts; call ${captures[i]?.name} ${there[i]?.name} here too`,
  )
}
