/**
 * The way of a request through proxies, as forwarding headers tell it: which value of each header is taken.
 *
 * Place 1 of a header is its right end, which the proxy that connects to us wrote; place 2 was written by the one before it, and so on. A
 * place is taken either by count, or by walking: as long as the address that stands at a place is that of a trusted proxy, the
 * place to its left was written by somebody trusted, too.
 *
 * @module
 */
import type { Environ } from '@stapel/core'
import { type ForwardedElement, parseForwarded } from '@stapel/core/http'
import type { PeerCheck } from './proxy-fix-peers.ts'
import {
  type ForwardedAddress,
  parseForwardedAddress,
  parseForwardedFor,
  parseForwardedHost,
  parseForwardedPort,
  parseForwardedPrefix,
  parseForwardedScheme,
  valuesFromRight,
} from './proxy-fix-values.ts'

/** How many proxies set a header: a count, or as many as are among the peers. */
export type Hops = number | 'peers'

/** The hops of each header. */
export type HopsByHeader = Readonly<Record<'for' | 'proto' | 'host' | 'port' | 'prefix', Hops>>

/** What is known of the request; `undefined` where nothing is. */
export interface ForwardedRequest {
  readonly client: ForwardedAddress | undefined
  readonly scheme: 'http' | 'https' | undefined
  readonly host: string | undefined
  readonly port: string | undefined
  readonly prefix: string | undefined
}

/** The most proxies that are walked past. */
export const HOPS_LIMIT = 100

/** Reads `X-Forwarded-*`. Each is a list of its own, which may be shorter than that of the addresses. Without `isPeer`, all hops are counts. */
export function readXForwarded(environ: Environ, hops: HopsByHeader, isPeer?: PeerCheck): ForwardedRequest {
  const walked = isPeer === undefined ? 0 : walkAddresses(environ.HTTP_X_FORWARDED_FOR, isPeer)
  const at = (list: string | undefined, count: Hops): string | undefined => places(list, count, walked).at(-1)
  return {
    client: parseForwardedAddress(at(environ.HTTP_X_FORWARDED_FOR, hops.for)),
    scheme: parseForwardedScheme(at(environ.HTTP_X_FORWARDED_PROTO, hops.proto)),
    host: parseForwardedHost(at(environ.HTTP_X_FORWARDED_HOST, hops.host)),
    port: parseForwardedPort(at(environ.HTTP_X_FORWARDED_PORT, hops.port)),
    prefix: joinPrefixes(places(environ.HTTP_X_FORWARDED_PREFIX, hops.prefix, walked)),
  }
}

/** Reads `Forwarded` (RFC 7239), of which each element is one proxy's. Without `isPeer`, all hops are counts. */
export function readForwarded(environ: Environ, hops: HopsByHeader, isPeer?: PeerCheck): ForwardedRequest {
  const elements = parseForwarded(environ.HTTP_FORWARDED ?? '')?.reverse() ?? []
  const walked =
    isPeer === undefined
      ? 0
      : walk(elements.length, (place) => isPeer(parseForwardedFor(elements[place - 1]?.for)?.address ?? ''))
  const at = (count: Hops): ForwardedElement | undefined => elements[(count === 'peers' ? walked : count) - 1]
  return {
    client: parseForwardedFor(at(hops.for)?.for),
    scheme: parseForwardedScheme(at(hops.proto)?.proto),
    host: parseForwardedHost(at(hops.host)?.host),
    port: undefined,
    prefix: undefined,
  }
}

function walkAddresses(list: string | undefined, isPeer: PeerCheck): number {
  const nodes = valuesFromRight(list, HOPS_LIMIT)
  return walk(nodes.length, (place) => isPeer(peerAddress(nodes[place - 1] as string)))
}

/** The place of the client: behind all that are trusted in a row, and not beyond the end of the list. */
function walk(length: number, isTrusted: (place: number) => boolean): number {
  let place = 1
  while (place < length && isTrusted(place)) place++
  return place
}

/** The values of trusted proxies from the right; none when the list is shorter than the count. */
function places(list: string | undefined, hops: Hops, walked: number): string[] {
  if (hops === 0) return []
  const values = valuesFromRight(list, hops === 'peers' ? walked : hops)
  return hops === 'peers' || values.length === hops ? values : []
}

/** nginx writes `unix:` for what reaches it over a unix socket. */
function peerAddress(value: string): string | undefined {
  return value === 'unix:' ? undefined : (parseForwardedAddress(value)?.address ?? '')
}

/** Each proxy adds what it stripped: the outermost prefix stands first. */
function joinPrefixes(values: readonly string[]): string | undefined {
  let joined: string | undefined
  for (const value of values) {
    const prefix = parseForwardedPrefix(value)
    if (prefix === undefined) return undefined
    joined = prefix + (joined ?? '')
  }
  return joined
}
