/** `'closed'`: requests pass. `'open'`: none does. `'half-open'`: one at a time passes, to see whether the application answers again. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** What an admitted request came to; `undefined` where it says nothing of the application, as when the client left. */
export type Outcome = 'success' | 'failure' | undefined

export interface CircuitOptions {
  readonly failures: number
  readonly ratio: number
  readonly window: number
  readonly cooldown: number
  readonly probes: number
  readonly now: () => number
  readonly onChange: (state: BreakerState, previous: BreakerState) => void
}

/** The parts of the window that are counted, and forgotten, together. */
export const BUCKETS = 10

/** The state of a breaker: counts of the last while, in memory that does not grow, and a clock that is given. */
export class Circuit {
  readonly #options: CircuitOptions
  readonly #successes: number[] = new Array(BUCKETS).fill(0)
  readonly #failures: number[] = new Array(BUCKETS).fill(0)
  /** The number of the bucket of the last count, from the beginning of time. */
  #bucket = 0
  #isOpen = false
  #openedAt = 0
  /** Until when the request that passed last, while half open, is waited for. */
  #probeUntil = Number.NEGATIVE_INFINITY
  #passed = 0
  // Only outcomes of its own time count: what began before the breaker opened says nothing of the application now.
  #generation = 0
  #told: BreakerState = 'closed'

  constructor(options: CircuitOptions) {
    this.#options = options
  }

  get state(): BreakerState {
    if (!this.#isOpen) return 'closed'
    return this.#remaining() > 0 ? 'open' : 'half-open'
  }

  /** Whole seconds until a request may pass, at least 1; 0 while closed. */
  get retryAfter(): number {
    return this.#isOpen ? Math.max(1, Math.ceil(this.#remaining() / 1000)) : 0
  }

  /** A ticket for {@link record}; `undefined` where the request does not pass. */
  admit(): number | undefined {
    if (!this.#isOpen) return this.#generation
    const now = this.#options.now()
    // One that never comes back must not keep the breaker open for ever.
    if (this.#remaining(now) > 0 || now < this.#probeUntil) return undefined
    this.#probeUntil = now + this.#options.cooldown
    this.#generation++
    this.#tell('half-open')
    return this.#generation
  }

  /** Notes what became of an admitted request. */
  record(ticket: number, outcome: Outcome): void {
    if (ticket !== this.#generation) return
    if (this.#isOpen) this.#recordProbe(outcome)
    else if (outcome !== undefined) this.#count(outcome)
  }

  /** Closes the breaker, and forgets all counts. */
  reset(): void {
    this.#isOpen = false
    this.#generation++
    this.#passed = 0
    this.#successes.fill(0)
    this.#failures.fill(0)
    this.#tell('closed')
  }

  #recordProbe(outcome: Outcome): void {
    this.#probeUntil = Number.NEGATIVE_INFINITY
    if (outcome === 'failure') this.#open()
    else if (outcome === 'success' && ++this.#passed >= this.#options.probes) this.reset()
  }

  #count(outcome: 'success' | 'failure'): void {
    this.#advance()
    const counts = outcome === 'success' ? this.#successes : this.#failures
    counts[this.#bucket % BUCKETS] = (counts[this.#bucket % BUCKETS] as number) + 1
    if (outcome === 'success') return
    const failed = sum(this.#failures)
    const { failures, ratio } = this.#options
    if (failed >= failures && failed >= ratio * (failed + sum(this.#successes))) this.#open()
  }

  /** Forgets the buckets that have left the window. */
  #advance(): void {
    const bucket = Math.floor((this.#options.now() / this.#options.window) * BUCKETS)
    const steps = Math.min(bucket - this.#bucket, BUCKETS)
    for (let step = 0; step < steps; step++) {
      this.#successes[(bucket - step) % BUCKETS] = 0
      this.#failures[(bucket - step) % BUCKETS] = 0
    }
    if (steps > 0) this.#bucket = bucket
  }

  #open(): void {
    this.#isOpen = true
    this.#openedAt = this.#options.now()
    this.#passed = 0
    this.#generation++
    this.#tell('open')
  }

  #remaining(now: number = this.#options.now()): number {
    return this.#openedAt + this.#options.cooldown - now
  }

  #tell(state: BreakerState): void {
    const previous = this.#told
    if (state === previous) return
    this.#told = state
    this.#options.onChange(state, previous)
  }
}

function sum(counts: readonly number[]): number {
  let total = 0
  for (const count of counts) total += count
  return total
}
