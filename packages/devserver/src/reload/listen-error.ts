import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { portHolder } from './port-holder.ts'

/** Where a server was to listen. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
  /** A unix socket. */
  readonly path?: string | undefined
}

/** Why a server cannot listen, in one sentence that says what to do. */
export function listenMessage(error: NodeJS.ErrnoException, { host, port, path }: ListenAddress): string {
  const address = path ?? `${host.includes(':') ? `[${host}]` : host}:${port}`
  const reason = path === undefined ? portReason(error, port) : socketReason(error, path)
  return `Cannot listen on ${address}: ${reason}.`
}

function portReason(error: NodeJS.ErrnoException, port: number): string {
  if (error.code !== 'EADDRINUSE') return portErrors.get(error.code ?? '') ?? error.message
  const holder = portHolder(port)
  if (holder !== undefined) {
    return `the port is in use by process ${holder.pid} (${holder.command}); stop that, or take another port with --port`
  }
  const command = process.platform === 'win32' ? 'netstat -ano' : `lsof -i :${port}`
  return `the port is in use; ${command} names what uses it, --port takes another one`
}

function socketReason(error: NodeJS.ErrnoException, path: string): string {
  // libuv says so of a directory that is not there, too.
  const code = error.code === 'EACCES' && !existsSync(dirname(resolve(path))) ? 'ENOENT' : error.code
  return socketErrors.get(code ?? '') ?? error.message
}

const portErrors: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied; ports below 1024 often need more rights, take another one with --port'],
  ['EADDRNOTAVAIL', 'this machine has no such address'],
  ['ENOTFOUND', 'there is no host of this name'],
  ['EAI_AGAIN', 'the name of the host could not be looked up'],
])

const socketErrors: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'somebody listens on it, or it is another file; stop that, or take another path'],
  ['EACCES', 'permission denied; take a path in a directory that this user may write to'],
  ['ENOENT', 'its directory is not there'],
  ['EINVAL', 'the path of a unix socket may have about a hundred bytes'],
])
