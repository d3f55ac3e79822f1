import type { Environ } from '@stapel/core'
import type { HostPattern } from './host-pattern.ts'
import { HostTable } from './host-table.ts'
import { Matcher, NO_PARAMS } from './matcher.ts'

/** The rules of one host pattern, or those without a host. */
export class HostRules {
  /** Rules that answer any request. */
  readonly ordinary: Matcher = new Matcher()
  /** Rules that answer only requests which offer a WebSocket. */
  readonly websocket: Matcher = new Matcher()
}

/** The rules that a host has, and what the host pattern captured. */
export interface RulesOfHost {
  readonly slot: HostRules
  readonly params: Readonly<Record<string, unknown>>
}

/** The rules of all hosts. */
export class Hosts {
  /** Rules without a host. */
  readonly anywhere: HostRules = new HostRules()
  readonly #anywhere: RulesOfHost = { slot: this.anywhere, params: NO_PARAMS }
  readonly #table: HostTable<HostRules> = new HostTable()

  /** Whether any rule has a host. */
  get isUsed(): boolean {
    return this.#table.size > 0
  }

  /** Where the rules of a host pattern stand, once for each way to fill its optional groups. */
  slotsOf(host: HostPattern | undefined): readonly HostRules[] {
    return host === undefined ? [this.anywhere] : this.#table.add(host, () => new HostRules())
  }

  /** Whether a host pattern matches. */
  knows(host: string | undefined): boolean {
    return this.#table.candidates(host).length > 0
  }

  /** The rules for a host, of the more specific pattern first; those without a host come last. */
  rulesFor(host: string | undefined): readonly RulesOfHost[] {
    return [...this.#table.candidates(host), this.#anywhere]
  }
}

/** The host that a request is for: that of its URL, or of the listening side where it names none. */
export function hostOf({ HTTP_HOST, SERVER_NAME }: Environ): string {
  if (HTTP_HOST !== undefined) return HTTP_HOST
  return SERVER_NAME.includes(':') && !SERVER_NAME.startsWith('[') ? `[${SERVER_NAME}]` : SERVER_NAME
}
