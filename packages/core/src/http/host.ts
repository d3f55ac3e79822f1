/**
 * A host with its port, as `Host`, `:authority` and `Forwarded` carry it (RFC 9110 section 7.2, RFC 3986 section 3.2.2).
 *
 * The threat: whatever a URL may hold besides a host (`user@host`, `host/path`, `host?query`, controls) moves, once it is put into a URL or
 * compared with a list, what the reader takes for the host. Only characters of names and addresses are taken, and no user information.
 *
 * @module
 */

/** A host taken apart. */
export interface Host {
  /** In lower case; an IPv6 address has its brackets. */
  readonly name: string
  /** From 0 to 65535; `undefined` when none is named. */
  readonly port: number | undefined
}

/**
 * The parts of `name`, `name:port`, `192.0.2.1:port` or `[2001:db8::1]:port`; `undefined` for anything else. That an address is a possible one
 * is not checked.
 *
 * @example
 * ```ts
 * import { parseHost } from '@stapel/core/http'
 *
 * parseHost('Example.org:8080') // { name: 'example.org', port: 8080 }
 * ```
 */
export function parseHost(text: string): Host | undefined {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const port = match[2] === undefined ? undefined : Number(match[2])
  if (port !== undefined && port > 65_535) return undefined
  return { name: (match[1] as string).toLowerCase(), port }
}

/** `name` or `name:port`. Throws a RangeError for what {@link parseHost} would not give. */
export function formatHost({ name, port }: Host): string {
  const text = port === undefined ? name : `${name}:${port}`
  const parsed = parseHost(text)
  if (parsed?.name === name && parsed.port === port) return text
  throw new RangeError(
    `Got the host ${JSON.stringify(name)} with the port ${String(port)}; expected a name in lower case or an address, and 0 to 65535.`,
  )
}

const pattern = /^([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?$/
