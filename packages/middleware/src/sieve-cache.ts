/**
 * A cache that is bounded by weight and by number.
 *
 * The threat: whoever asks for many different things once, a crawler or an attacker, pushes out what everybody asks for all the time. Eviction
 * is SIEVE (Zhang and others, NSDI 2024): new entries come in at one end; a hand goes from the other end on, spares what was asked for since it came by, and
 * evicts the first that was not. What is asked for once goes first, and a hit costs a flag instead of a move in a list.
 *
 * @module
 */

/** The most that a {@link SieveCache} holds. */
export interface SieveLimits {
  /** The sum of the weights. */
  readonly maxWeight: number
  /** The number of entries. */
  readonly maxEntries: number
}

/** See the head of this file. */
export class SieveCache<V> {
  readonly #maxWeight: number
  readonly #maxEntries: number
  readonly #nodes = new Map<string, Node<V>>()
  #newest: Node<V> | undefined
  #oldest: Node<V> | undefined
  /** Where the hand goes on; `undefined` for the oldest. */
  #hand: Node<V> | undefined
  #weight = 0

  constructor({ maxWeight, maxEntries }: SieveLimits) {
    this.#maxWeight = maxWeight
    this.#maxEntries = maxEntries
  }

  /** How many entries there are. */
  get size(): number {
    return this.#nodes.size
  }

  /** The sum of their weights. */
  get weight(): number {
    return this.#weight
  }

  /** The value of a key, which counts as asked for. */
  get(key: string): V | undefined {
    const node = this.#nodes.get(key)
    if (node === undefined) return undefined
    node.asked = true
    return node.value
  }

  /** Puts a value in, in the place of the one that the key has; one that is heavier than all may be together is not kept. */
  set(key: string, value: V, weight: number): void {
    const known = this.#nodes.get(key)
    if (weight > this.#maxWeight || this.#maxEntries < 1) {
      if (known !== undefined) this.#remove(known)
      return
    }
    if (known !== undefined) {
      this.#weight += weight - known.weight
      known.value = value
      known.weight = weight
      // Not the one that was just put in, however much room is missing.
      this.#makeRoom(0, 0, known)
      return
    }
    this.#makeRoom(weight, 1, undefined)
    this.#add({ key, value, weight, asked: false, newer: undefined, older: undefined })
  }

  delete(key: string): void {
    const node = this.#nodes.get(key)
    if (node !== undefined) this.#remove(node)
  }

  #makeRoom(weight: number, entries: number, spared: Node<V> | undefined): void {
    while (this.#weight + weight > this.#maxWeight || this.#nodes.size + entries > this.#maxEntries) {
      let node = this.#hand ?? this.#oldest
      // Each turn takes one flag away, so that this ends after two rounds at most.
      while (node !== undefined && (node.asked || node === spared)) {
        node.asked = false
        node = node.newer ?? this.#oldest
      }
      if (node === undefined) return
      this.#hand = node.newer
      this.#remove(node)
    }
  }

  #add(node: Node<V>): void {
    this.#nodes.set(node.key, node)
    this.#weight += node.weight
    node.older = this.#newest
    if (this.#newest !== undefined) this.#newest.newer = node
    this.#newest = node
    this.#oldest ??= node
  }

  #remove(node: Node<V>): void {
    const { newer, older } = node
    if (newer === undefined) this.#newest = older
    else newer.older = older
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    if (this.#hand === node) this.#hand = newer
    this.#nodes.delete(node.key)
    this.#weight -= node.weight
  }
}

interface Node<V> {
  readonly key: string
  value: V
  weight: number
  /** Since the hand came by. */
  asked: boolean
  newer: Node<V> | undefined
  older: Node<V> | undefined
}
