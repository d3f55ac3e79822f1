import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:http'

/** What an application does that calls `listen()` itself, as the first example of many frameworks does. */
export interface OwnListening {
  /** Where, in words: `'port 3000'`; empty while it does not. */
  readonly places: readonly string[]
  /** No more is noted. */
  end(): void
}

/** So many places are noted. */
const PLACE_LIMIT = 5

/** Notes from now on where servers for requests listen. Node tells it on a channel; nothing is patched. */
export function watchOwnListening(): OwnListening {
  const places: string[] = []
  const onListen = (message: unknown): void => {
    const { server, options } = message as { server: Server; options?: { port?: unknown; path?: unknown } }
    if (server.listenerCount('request') === 0 || places.length >= PLACE_LIMIT) return
    const { port, path } = options ?? {}
    places.push(path === undefined ? `port ${port ?? 0}` : `${path}`)
  }
  subscribe(CHANNEL, onListen)
  return { places, end: () => unsubscribe(CHANNEL, onListen) }
}

const CHANNEL = 'tracing:net.server.listen:asyncStart'
