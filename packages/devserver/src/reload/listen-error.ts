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
  const reasons = path === undefined ? portErrors : socketErrors
  const reason = reasons.get(error.code ?? '') ?? error.message
  return `Cannot listen on ${address}: ${reason.replace('<port>', String(port))}.`
}

/** What says which program has a port. */
const holderCommand = process.platform === 'win32' ? 'netstat -ano' : 'lsof -i :<port>'

const portErrors: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', `the port is in use; ${holderCommand} names what uses it, --port takes another one`],
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
