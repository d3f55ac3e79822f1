import { chmod, lstat, unlink } from 'node:fs/promises'
import { type AddressInfo, connect, type ListenOptions as NodeListenOptions, type Server } from 'node:net'
import { checkSocketPath } from './socket-path.ts'

/** Where a server listens: `port` and `host`, or `path`, or `fd`. */
export interface ListenOptions {
  /** The port to listen on; 0 takes a free one. @default 8000 */
  port?: number | undefined
  /** The address to listen on. @default '127.0.0.1' */
  host?: string | undefined
  /**
   * A unix socket (a named pipe on Windows) to listen on instead. A socket that nobody listens on any more, as a process that was killed leaves
   * it, is replaced; anything else of that name is not touched. At most 107 bytes on Linux, 103 elsewhere.
   */
  path?: string | undefined
  /** The permissions of `path`, as in `0o660`; to connect needs that of writing. @default as the umask of the process has it */
  mode?: number | undefined
  /** A file descriptor that listens already, as systemd passes it (the first is 3); see {@link systemdSockets}. */
  fd?: number | undefined
  /** How many connections may wait to be accepted. @default 511 */
  backlog?: number | undefined
}

/** Starts listening; rejects with Node's error when the address cannot be had, with a RangeError for a path that is too long. */
export async function listen(server: Server, options: ListenOptions): Promise<void> {
  if (options.path !== undefined && process.platform !== 'win32') {
    checkSocketPath(options.path)
    await removeStale(options.path)
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(addressOf(options), () => {
      server.off('error', reject)
      resolve()
    })
  })
  if (options.path !== undefined && options.mode !== undefined && process.platform !== 'win32') {
    await chmod(options.path, options.mode)
  }
}

/**
 * The file descriptors that systemd has passed to this process (`sd_listen_fds(3)`), for `serve(app, { fd })`; empty when there are none.
 *
 * @example
 * ```ts
 * import { systemdSockets } from '@stapel/core/node'
 *
 * const [fd] = systemdSockets()
 * console.log(fd === undefined ? 'started by hand' : `socket ${fd}`)
 * ```
 */
export function systemdSockets(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): number[] {
  const count = Number(variables.LISTEN_FDS)
  // Meant for another process where it is not ours: a child inherits the variables, not the sockets.
  if (variables.LISTEN_PID !== String(process.pid) || !Number.isInteger(count) || count < 1) return []
  return Array.from({ length: Math.min(count, MOST_SOCKETS) }, (_, index) => FIRST_SOCKET + index)
}

/** `'http://127.0.0.1:8000'`; of a unix socket its path, empty when it does not listen. */
export function urlOf(server: Server, scheme: 'http' | 'https'): string {
  const address = server.address() as AddressInfo | string | null
  // A passed descriptor of a unix socket has no address that Node can tell.
  if (address === null) return ''
  if (typeof address === 'string') return address
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `${scheme}://${host}:${address.port}`
}

/** The port of a server; 0 on a unix socket. */
export function portOf(server: Server): number {
  const address = server.address() as AddressInfo | string | null
  return typeof address === 'object' && address !== null ? address.port : 0
}

const FIRST_SOCKET = 3
const MOST_SOCKETS = 64

function addressOf(options: ListenOptions): NodeListenOptions & { fd?: number } {
  const { backlog = 511 } = options
  if (options.fd !== undefined) return { fd: options.fd, backlog }
  if (options.path === undefined) {
    return { port: options.port ?? 8000, host: options.host ?? '127.0.0.1', backlog }
  }
  return { path: options.path, backlog }
}

/** Removes a socket that refuses connections: its process has ended without removing it. */
async function removeStale(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined)
  if (stats?.isSocket() !== true) return
  const refused = await new Promise<boolean>((resolve) => {
    const socket = connect(path)
    socket.on('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  })
  if (refused) await unlink(path).catch(() => {})
}
