import type { Socket } from 'node:net'

/** So many connections wait for a worker at most; more are closed. */
export const WAITING_LIMIT = 1_024
/** So long a connection waits, in milliseconds; then it is closed. */
export const WAITING_TIMEOUT_MS = 30_000

/** Connections that no worker can take, since none is there at this moment. */
export class WaitingConnections {
  readonly #timers = new Map<Socket, NodeJS.Timeout>()

  add(socket: Socket): void {
    if (this.#timers.size >= WAITING_LIMIT) {
      socket.destroy()
      return
    }
    const timer = setTimeout(() => {
      this.#timers.delete(socket)
      socket.destroy()
    }, WAITING_TIMEOUT_MS)
    this.#timers.set(socket, timer)
  }

  /** All of them, in their order; they wait no more. */
  take(): Socket[] {
    const sockets = [...this.#timers.keys()]
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    return sockets
  }

  /** Closes all of them. */
  end(): void {
    for (const socket of this.take()) socket.destroy()
  }
}
