import type { AddressInfo } from 'node:net'
import { type NodeServer, listen as startListening } from '@stapel/core/node'
import { CommandError } from '../command/command-error.ts'
import { DEFAULT_PORT } from '../command/options.ts'
import { listenMessage } from './listen-error.ts'

/** Where the development server listens. */
export interface Address {
  readonly host: string
  /** `undefined` for the default, or one of the next where it is in use. */
  readonly port: number | undefined
  /** A unix socket, in place of a port. */
  readonly socket?: string | undefined
}

/** So many ports are tried, the default and those after it, where none was asked for. */
export const PORT_ATTEMPTS = 10

/** Listens; gives the ports that were in use. Rejects with a {@link CommandError} that says in one line why it cannot. */
export async function listen(server: NodeServer, { host, port, socket }: Address): Promise<number[]> {
  const taken: number[] = []
  for (;;) {
    const attempt = port ?? DEFAULT_PORT + taken.length
    try {
      await startListening(server, { host, port: attempt, path: socket })
      // What fails from here on fails for one connection.
      server.on('error', () => {})
      return taken
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      const isTaken = port === undefined && socket === undefined && code === 'EADDRINUSE'
      if (isTaken) taken.push(attempt)
      if (isTaken && taken.length < PORT_ATTEMPTS) continue
      throw new CommandError(
        isTaken
          ? `Cannot listen on ${host}: the ports ${DEFAULT_PORT} to ${attempt} are in use; take another one with --port.`
          : listenMessage(cause as NodeJS.ErrnoException, { host, port: attempt, path: socket }),
        1,
        { cause },
      )
    }
  }
}

/** Where a browser on this machine finds the server; of a unix socket its path. */
export function urlOf(server: NodeServer, host: string, scheme: 'http' | 'https' = 'http'): string {
  const address = server.address() as AddressInfo | string
  if (typeof address === 'string') return address
  const local = host === '::' ? '::1' : host
  const shown = local === '0.0.0.0' ? '127.0.0.1' : local
  return `${scheme}://${shown.includes(':') ? `[${shown}]` : shown}:${address.port}/`
}
