import { existsSync } from 'node:fs'
import type { Server } from 'node:net'
import { dirname } from 'node:path'
import { checkSocketPath, listen, systemdSockets, urlOf } from '@stapel/core/node'
import { listenMessage } from '../reload/listen-error.ts'
import { CommandError } from './command-error.ts'
import { DEFAULT_PORT } from './options.ts'
import type { Settings } from './settings.ts'

/**
 * Listens on the socket that systemd passes, or else where the settings say; gives the address for a person to read. Rejects with a {@link CommandError}
 * with exit code 1 where it cannot be had.
 */
export async function listenOn(
  server: Server,
  { host, port = DEFAULT_PORT, socket }: Pick<Settings, 'host' | 'port' | 'socket'>,
  scheme: 'http' | 'https',
): Promise<string> {
  const [fd, ...more] = systemdSockets()
  if (more.length > 0) throw new CommandError(`Got ${more.length + 1} sockets from systemd; expected one.`, 1)
  if (fd === undefined && socket !== undefined) checkSocket(socket)
  try {
    await listen(server, { fd, path: socket, host, port })
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new CommandError(
      fd === undefined
        ? listenMessage(cause as NodeJS.ErrnoException, { host, port, path: socket })
        : `Cannot listen on descriptor ${fd}, which systemd passed: ${passedErrors.get(code ?? '') ?? message}.`,
      1,
      { cause },
    )
  }
  // Node cannot tell the path of a unix socket that was passed.
  return urlOf(server, scheme) || 'the unix socket that systemd passed'
}

/** Throws a {@link CommandError} for the path of a unix socket that is too long, or in no directory, which the system calls a lack of permission. */
export function checkSocket(path: string): void {
  if (process.platform === 'win32') return
  try {
    checkSocketPath(path)
  } catch (cause) {
    throw new CommandError((cause as RangeError).message, 2, { cause })
  }
  if (!existsSync(dirname(path)))
    throw new CommandError(`Cannot listen on ${path}: there is no directory ${dirname(path)}.`, 1)
}

const passedErrors: ReadonlyMap<string, string> = new Map([
  ['EINVAL', 'it is no socket that takes connections; expected ListenStream= in the socket unit'],
  ['EBADF', 'nothing is open there'],
])
