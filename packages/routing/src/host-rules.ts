import type { Environ } from '@stapel/core'
import type { HostPattern } from './host-pattern.ts'
import { type HostMatch, HostTable } from './host-table.ts'
import { Matcher } from './matcher.ts'

/** The rules of one host pattern, or those without a host. */
export class HostRules {
  /** Rules that answer any request. */
  readonly ordinary: Matcher = new Matcher()
  #websocket: Matcher | undefined

  /** Rules that answer only requests which offer a WebSocket. */
  get websocket(): Matcher {
    this.#websocket ??= new Matcher()
    return this.#websocket
  }
}

/** The rules of all hosts. */
export class Hosts {
  /** Rules without a host. */
  readonly anywhere: HostRules = new HostRules()
  readonly #table: HostTable<HostRules> = new HostTable()
  #isUsed = false

  /** Whether any rule has a host. */
  get isUsed(): boolean {
    return this.#isUsed
  }

  /** Where the rules of a host pattern stand, once for each way to fill its optional groups. */
  slotsOf(host: HostPattern | undefined): readonly HostRules[] {
    if (host === undefined) return [this.anywhere]
    const slots = this.#table.add(host, () => new HostRules())
    this.#isUsed = true
    return slots
  }

  /** The rules of the host patterns that match, of the more specific pattern first; those without a host come after them. */
  matching(host: string | undefined): readonly HostMatch<HostRules>[] {
    return this.#isUsed ? this.#table.candidates(host) : noMatches
  }
}

/** The host that a request is for: that of its URL, or of the listening side where it names none. */
export function hostOf({ HTTP_HOST, SERVER_NAME }: Environ): string {
  if (HTTP_HOST !== undefined) return HTTP_HOST
  return SERVER_NAME.includes(':') && !SERVER_NAME.startsWith('[') ? `[${SERVER_NAME}]` : SERVER_NAME
}

const noMatches: readonly HostMatch<HostRules>[] = []
