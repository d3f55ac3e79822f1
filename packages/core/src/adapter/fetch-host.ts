import type { Environ } from '../protocol.ts'

/**
 * What a fetch handler gets after the request on a gateway that is no fetch host: the peer's address, as environ has it, where the handlers
 * of several hosts look for it.
 */
export class FetchHost {
  /** The request, as the layers outside left it. */
  readonly environ: Environ

  constructor(environ: Environ) {
    this.environ = environ
  }

  /** Where the handlers of Deno look. */
  get remoteAddr(): { transport: 'tcp'; hostname: string; port: number } {
    return { transport: 'tcp', hostname: this.#address ?? '', port: this.#port ?? 0 }
  }

  /** What the handlers of Bun call; `null` for a unix socket. */
  requestIP(): { address: string; family: 'IPv4' | 'IPv6'; port: number } | null {
    const address = this.#address
    return address === undefined ? null : { address, family: familyOf(address), port: this.#port ?? 0 }
  }

  /** Where handlers made for Hono's Node server look. */
  get incoming(): { socket: RemoteSocket } {
    const address = this.#address
    return {
      socket: {
        remoteAddress: address,
        remotePort: this.#port,
        remoteFamily: address === undefined ? undefined : familyOf(address),
      },
    }
  }

  get #address(): string | undefined {
    return this.environ.REMOTE_ADDR
  }

  get #port(): number | undefined {
    return this.environ.REMOTE_PORT === undefined ? undefined : Number(this.environ.REMOTE_PORT)
  }
}

/** The part of a Node socket that tells the peer. */
export interface RemoteSocket {
  /** `undefined` for a unix socket, as all of these. */
  readonly remoteAddress: string | undefined
  /** The port of the peer. */
  readonly remotePort: number | undefined
  /** Which kind of address it is. */
  readonly remoteFamily: 'IPv4' | 'IPv6' | undefined
}

function familyOf(address: string): 'IPv4' | 'IPv6' {
  return address.includes(':') ? 'IPv6' : 'IPv4'
}
