import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** How often connections that have become idle are looked for, in milliseconds. */
const SWEEP_MS = 20

/**
 * Returns a function that closes a server: connections without a request at once, the others when their answer is complete, or after
 * `timeoutMs`. To be called before the server listens.
 */
export function closerOf(server: Server): (timeoutMs: number) => Promise<void> {
  // Node counts a connection that has sent nothing as busy; clients open such ones in advance.
  const silent = new Set<Socket>()
  server.on('connection', (socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  const heard = (req: { socket: Socket }): void => void silent.delete(req.socket)
  server.on('request', heard)
  server.on('checkContinue', heard)
  return (timeoutMs) =>
    new Promise((resolve) => {
      const cut = setTimeout(() => server.closeAllConnections(), timeoutMs)
      const closeIdle = (): void => {
        for (const socket of silent) socket.destroy()
        server.closeIdleConnections()
      }
      const sweep = setInterval(closeIdle, SWEEP_MS)
      server.close(() => {
        clearTimeout(cut)
        clearInterval(sweep)
        resolve()
      })
      closeIdle()
    })
}
