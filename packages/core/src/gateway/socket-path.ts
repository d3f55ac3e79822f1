/** The longest path of a unix socket, in bytes: what `sun_path` holds (108 on Linux, 104 on the systems that come from BSD) but for the one that ends it. */
export const SOCKET_PATH_LIMIT: number = process.platform === 'linux' ? 107 : 103

/**
 * Throws a RangeError for a path that no unix socket can have. Node 20 cuts it off and listens on what is left, later versions say `EINVAL`.
 * Windows, where a path is a named pipe, takes any. `serve` and `listen` call it; before `listen()` of a server that `attach` was given, it is yours to call.
 */
export function checkSocketPath(path: string): void {
  if (process.platform === 'win32') return
  const length = Buffer.byteLength(path)
  if (length <= SOCKET_PATH_LIMIT) return
  throw new RangeError(
    `Got a path of ${length} bytes for a unix socket; expected at most ${SOCKET_PATH_LIMIT}. Take a shorter one, or one relative to the working directory.`,
  )
}
